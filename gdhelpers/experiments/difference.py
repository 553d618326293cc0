"""Derivatives measured by nudging: difference quotients, and how wrong they are.

The formulas and their errors: Nocedal and Wright, "Numerical Optimization" (2006), section 8.1; the complex step:
Squire and Trapp, "Using Complex Variables to Estimate Derivatives of Real Functions" (1998).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from gdhelpers.experiments.functions import Function

Array = NDArray[np.float64]


def forward(f: Callable[[Any], Any], x: Any, h: Any) -> Any:
    """Return (f(x + h) - f(x)) / h, the slope of the secant from x to x + h; its error shrinks like h.

    >>> forward(lambda x: x * x + 4 * x, 3.0, np.array([4.0, 2.0, 1.0]))
    array([14., 12., 11.])
    """
    return (f(x + h) - f(x)) / h


def central(f: Callable[[Any], Any], x: Any, h: Any) -> Any:
    """Return (f(x + h) - f(x - h)) / 2h; its error shrinks like h^2 times the third derivative.

    >>> central(lambda x: x * x + 4 * x, 3.0, 1.0)
    10.0
    """
    return (f(x + h) - f(x - h)) / (2 * h)


def complex_step(f: Callable[[Any], Any], x: Any, h: Any) -> Any:
    """Return Im f(x + ih) / h: nothing is subtracted, so nothing cancels; f has to take complex numbers.

    >>> complex_step(lambda x: x * x + 4 * x, 3.0, 1e-200)
    10.0
    """
    return np.imag(f(x + 1j * h)) / h


METHODS = {"forward": forward, "central": central, "complex step": complex_step}
"""By the names that the figures show."""


def errors(function: Function, x: float, h: ArrayLike, dtype: DTypeLike = np.float64) -> dict[str, Array]:
    """Return for each method, and for each step of h, how far it is from the slope at x.

    x, h and all intermediate results have the dtype. In float32 there are two methods: the complex step needs no other.

    >>> from gdhelpers.experiments.functions import PARABOLA
    >>> found = errors(PARABOLA, 3.0, [1.0, 0.5])
    >>> found["forward"].tolist(), found["central"].tolist()
    ([1.0, 0.5], [0.0, 0.0])
    """
    at, steps = np.asarray(x, dtype)[()], np.asarray(h, dtype)
    methods = METHODS if at.dtype == np.float64 else {name: METHODS[name] for name in ("forward", "central")}
    exact = float(function.slope(x))
    return {name: np.abs(method(function.value, at, steps) - exact) for name, method in methods.items()}
