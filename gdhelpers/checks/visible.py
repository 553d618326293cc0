"""The checks that a student sees in the notebook: numbers worked by hand, and slopes measured by nudging.

Each check shows what was expected, what came and how they compare, in words; none computes a right answer. A check that
fails raises `WrongAnswer`, shown as its message alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gdhelpers.checks import board
from gdhelpers.checks.board import Row
from gdhelpers.checks.comparator import came, compare, wanted
from gdhelpers.checks.errors import WrongAnswer
from gdhelpers.checks.plain import plain

Array = NDArray[np.float64]

HAND_DIGITS = 1e-5
"""How far float32 may be from a short example worked by hand, relative to its largest number."""


def agrees(name: str, answer: object, by_hand: Any) -> None:
    """Check an answer against numbers worked by hand.

    `by_hand` says what is asked for: a float for a scalar, an int for a count, a list of floats for a list of scalars,
    an array for an array, a tuple for a tuple of these. Raises `WrongAnswer`.

    >>> agrees("the loss", np.float32(2.5), 2.5)
    ok     the loss agrees with the example worked by hand
    """
    row = _add(name, answer, by_hand, _tolerance(by_hand), "the example worked by hand")
    if not row.passed:
        raise WrongAnswer(f"{name} {row.result}.")


def more_at_grading() -> None:
    """Say that these checks are not the whole examination."""
    board.remark("More checks run at grading.")


def numerical_gradient(loss: Callable[[Array], object], at: ArrayLike, h: float = 1e-2) -> Array:
    """Measure the gradient of `loss` by nudging one number at a time: (loss(w + h) - loss(w - h)) / 2h.

    `loss` takes an array of the shape of `at` and returns a scalar. The step suits float32 losses of size one: there
    the error of the quotient is least near h = 1e-2.

    >>> numerical_gradient(lambda w: float((w**2).sum()), np.array([1.0, -2.0])).round(6)
    array([ 2., -4.])
    """
    at = np.array(at, dtype=np.float64)
    slopes = np.empty_like(at)
    for index in np.ndindex(at.shape):
        nudge = np.zeros_like(at)
        nudge[index] = h
        slopes[index] = (_scalar(loss(at + nudge)) - _scalar(loss(at - nudge))) / (2 * h)
    return slopes


def slope_along(loss: Callable[[Array], object], at: ArrayLike, direction: ArrayLike, h: float = 1e-4) -> float:
    """Measure the slope of `loss` along a direction: (loss(w + h v) - loss(w - h v)) / 2h, with v of the shape of `at`.

    It is the sum of the slopes times v, so that two evaluations check the slopes of any number of parameters. The step
    suits float64.

    >>> round(slope_along(lambda w: float((w**2).sum()), np.array([1.0, -2.0]), np.array([0.5, 1.0])), 6)
    -3.0
    """
    at, step = np.asarray(at, dtype=np.float64), h * np.asarray(direction, dtype=np.float64)
    return (_scalar(loss(at + step)) - _scalar(loss(at - step))) / (2 * h)


def slopes_agree(name: str, gradient: object, measured: ArrayLike, tolerance: float = 2e-2) -> None:
    """Tell whether a gradient agrees with slopes measured by nudging; print what was found, and never raise.

    `tolerance` is relative to the largest slope.
    """
    tell(name, gradient, measured, "the slopes measured by nudging", tolerance)


def tell(name: str, answer: object, expected: ArrayLike, source: str, tolerance: float = 1e-3) -> None:
    """Tell whether an answer agrees with numbers found in another way, which `source` names; never raise.

    `tolerance` is relative to the largest of the numbers.

    >>> tell("the line", np.array([2.0, 1.0]), [2.0, 1.0001], "the least-squares line")
    ok     the line agrees with the least-squares line
    """
    numbers = np.asarray(expected, dtype=np.float64)
    shaped = numbers if numbers.ndim else float(numbers)
    largest = tolerance * float(np.abs(numbers).max())
    _add(name, answer, shaped, np.full(numbers.shape, largest) if numbers.ndim else largest, source)


def _add(name: str, answer: object, expected: Any, tolerance: Any, source: str) -> Row:
    """Judge an answer, put the judgement on the board, and return it."""
    mismatch = compare(answer, expected, tolerance)
    words = f"agrees with {source}" if mismatch is None else f"differs from {source}: {mismatch.message}"
    row = Row(name, wanted(expected), came(answer), words, mismatch is None)
    board.add(row)
    return row


def _scalar(value: object) -> float:
    number = plain(value)
    if isinstance(number, np.ndarray) and number.shape == ():
        return float(number)
    if not isinstance(number, float):
        raise WrongAnswer("The loss is not a scalar, so its slope cannot be measured.")
    return number


def _tolerance(by_hand: Any) -> Any:
    if isinstance(by_hand, tuple):
        return tuple(_tolerance(part) for part in by_hand)
    if isinstance(by_hand, list):
        return [HAND_DIGITS * max(map(abs, by_hand))] * len(by_hand)
    if isinstance(by_hand, np.ndarray):
        return np.full(by_hand.shape, HAND_DIGITS * np.abs(by_hand).max())
    return HAND_DIGITS * abs(by_hand)
