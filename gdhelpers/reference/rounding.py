"""How far float32 arithmetic may carry a computation away from its exact value.

`Rounded` is running error analysis (Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., SIAM 2002,
section 3.3): a float64 value travels with a bound on the error that float32 arithmetic has collected on the way to
it. Every operation adds what it can lose itself, one unit roundoff of its result, to what it inherits. Sums and
products of n terms lose at most gamma_n = n u / (1 - n u) of the sum of the absolute terms (sections 3.1 and 4.2),
in whatever order they are added. So a bound is relative to the terms that were summed and not to their sum, which
may be next to zero.

>>> total = Rounded(1.0) + Rounded(-0.999999)
>>> bool(total.error < 1e-7)  # next to the result, 1e-6, that is much; next to the terms, one rounding
True
"""

from __future__ import annotations

from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

UNIT = 2.0**-24
"""The unit roundoff of float32."""

UNDERFLOW = 2.0**-126
"""The smallest normal float32: frameworks may flush what is smaller to zero."""

ELEMENTARY = 4.0
"""Errors of the frameworks' vectorised exp, log, tanh, sin and cos, in units of roundoff."""


def gamma(terms: int) -> float:
    """Return Higham's gamma_n, the relative bound on a sum or dot product of n terms."""
    return terms * UNIT / (1.0 - terms * UNIT)


class Rounded:
    """An array of exact values with a bound on the float32 error of each.

    `value` and `error` are float64 arrays of one shape. `of(x)` takes a number that float32 cannot hold exactly,
    such as a learning rate of 0.1; `Rounded(x)` takes one that is a float32 already.
    """

    __array_ufunc__ = None  # so that NumPy leaves `array @ rounded` to __rmatmul__

    def __init__(self, value: ArrayLike, error: ArrayLike = 0.0) -> None:
        self.value: Array = np.asarray(value, dtype=np.float64)
        self.error: Array = np.zeros(self.value.shape) + np.asarray(error, dtype=np.float64)

    @classmethod
    def _made(cls, value: Array, error: Array) -> Rounded:
        """Return what an operation made: two arrays of one shape, which need no second look."""
        made = cls.__new__(cls)
        made.value, made.error = value, error
        return made

    @classmethod
    def of(cls, value: ArrayLike) -> Rounded:
        """Round a Python float to float32."""
        exact = np.asarray(value, dtype=np.float64)
        return cls._made(exact, UNIT * np.abs(exact))

    @property
    def T(self) -> Rounded:  # noqa: N802 - as NumPy calls it
        """The transpose."""
        return Rounded._made(self.value.T, self.error.T)

    @property
    def size(self) -> Array:
        """The largest absolute value that the computation may have held here."""
        return np.abs(self.value) + self.error

    def __add__(self, other: Rounded | ArrayLike) -> Rounded:
        return self._combine(other, 1.0)

    __radd__ = __add__

    def __sub__(self, other: Rounded | ArrayLike) -> Rounded:
        return self._combine(other, -1.0)

    def __rsub__(self, other: Rounded | ArrayLike) -> Rounded:
        return -self + other

    def __neg__(self) -> Rounded:
        return Rounded._made(-self.value, self.error)

    def __mul__(self, other: Rounded | ArrayLike) -> Rounded:
        other = lift(other)
        inherited = self.size * other.error + self.error * np.abs(other.value)
        return _rounded(self.value * other.value, inherited)

    __rmul__ = __mul__

    def __truediv__(self, other: Rounded | ArrayLike) -> Rounded:
        other = lift(other)
        value = self.value / other.value
        distance = np.maximum(np.abs(other.value) - other.error, UNDERFLOW)
        return _rounded(value, (self.error + np.abs(value) * other.error) / distance)

    def __rtruediv__(self, other: Rounded | ArrayLike) -> Rounded:
        return lift(other) / self

    def __pow__(self, exponent: int) -> Rounded:
        value = self.value**exponent
        inherited = abs(exponent) * np.abs(self.value) ** (exponent - 1) * self.error
        return _rounded(value, inherited, ELEMENTARY)

    def __matmul__(self, other: Rounded | ArrayLike) -> Rounded:
        other = lift(other)
        terms = self.value.shape[-1]
        inherited = self.size @ other.error + self.error @ np.abs(other.value)
        lost = gamma(terms) * (self.size @ other.size)
        return Rounded._made(self.value @ other.value, inherited + lost + terms * UNDERFLOW)

    def __rmatmul__(self, other: ArrayLike) -> Rounded:
        return lift(other) @ self

    def sum(self, axis: int | None = None) -> Rounded:
        """Sum along an axis, in any order."""
        terms = self.value.size if axis is None else self.value.shape[axis]
        lost = gamma(terms) * self.size.sum(axis=axis)
        return Rounded._made(np.asarray(self.value.sum(axis=axis)), np.asarray(self.error.sum(axis=axis) + lost))

    def mean(self, axis: int | None = None) -> Rounded:
        """Average along an axis, in any order, dividing before or after the sum."""
        terms = self.value.size if axis is None else self.value.shape[axis]
        return self.sum(axis=axis) / float(terms)

    def _combine(self, other: Rounded | ArrayLike, sign: float) -> Rounded:
        other = lift(other)
        return _rounded(self.value + sign * other.value, self.error + other.error)


Number = TypeVar("Number", np.float64, Rounded)
"""What a function of one number is computed with: exact values alone, or with the bounds on their errors."""


class Slope(Protocol):
    """The derivative of a function of one number."""

    def __call__(self, x: Number, /) -> Number:
        """Return f'(x)."""


def lift(value: Rounded | ArrayLike) -> Rounded:
    """Return a `Rounded` as it is and anything else as exact."""
    return value if isinstance(value, Rounded) else Rounded(value)


def _rounded(value: Array, inherited: Array, roundoffs: float = 1.0) -> Rounded:
    """Add the roundoff of one operation to the error that its operands bring along."""
    return Rounded._made(value, inherited + roundoffs * UNIT * (np.abs(value) + inherited) + UNDERFLOW)


def exp(x: Number) -> Number:
    """Return e^x; an error in x becomes a relative error."""
    if not isinstance(x, Rounded):
        return np.float64(np.exp(x))
    value = np.exp(x.value)
    return _rounded(value, value * np.expm1(x.error), ELEMENTARY)


def log(x: Rounded) -> Rounded:
    """Return the natural logarithm; a relative error in x becomes an absolute one."""
    distance = np.maximum(x.value - x.error, UNDERFLOW)
    return _rounded(np.log(x.value), x.error / distance, ELEMENTARY)


def sin(x: Number) -> Number:
    """Return the sine, whose slope is at most one."""
    return _no_steeper_than_one(np.sin, x)


def cos(x: Number) -> Number:
    """Return the cosine, whose slope is at most one."""
    return _no_steeper_than_one(np.cos, x)


def tanh(x: Number) -> Number:
    """Return the hyperbolic tangent, whose slope is at most one."""
    return _no_steeper_than_one(np.tanh, x)


def _no_steeper_than_one(function: np.ufunc, x: Number) -> Number:
    if not isinstance(x, Rounded):
        return np.float64(function(x))
    return Rounded._made(function(x.value), x.error + ELEMENTARY * UNIT)
