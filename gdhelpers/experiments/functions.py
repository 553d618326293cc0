"""The two functions of one variable that the lecture differentiates, with their derivatives worked out on paper."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Function:
    """A function of one variable, its derivative and its second derivative.

    All three take numbers, arrays, tensors and complex numbers alike, and keep their dtype.
    """

    formula: str
    value: Callable[[Any], Any]
    slope: Callable[[Any], Any]
    curvature: Callable[[Any], Any]
    minimum: float
    """Where the slope is zero, among positive numbers if the function has a pole at zero."""

    def largest_stable_lr(self) -> float:
        """Return 2 / f''(x*): with a larger learning rate gradient descent cannot stay at the minimum x*.

        A step multiplies a small distance to the minimum by 1 - lr f''(x*), which is below -1 from there on.

        >>> PARABOLA.largest_stable_lr(), round(QUOTIENT.largest_stable_lr(), 4)
        (1.0, 0.866)
        """
        return 2 / float(self.curvature(self.minimum))


PARABOLA = Function(
    formula="x^2 + 4x",
    value=lambda x: x * x + 4 * x,
    slope=lambda x: 2 * x + 4,
    curvature=lambda x: 2 + 0 * x,
    minimum=-2.0,
)
"""x^2 + 4x. Its third derivative is zero, so that a central difference has no truncation error."""

QUOTIENT = Function(
    formula="750/x + 10x",
    value=lambda x: 750 / x + 10 * x,
    slope=lambda x: 10 - 750 / (x * x),
    curvature=lambda x: 1500 / (x * x * x),
    minimum=75**0.5,
)
"""750/x + 10x, least at the square root of 75 among positive numbers, and without a minimum among negative ones."""
