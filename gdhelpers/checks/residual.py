"""Saying in words how a wrong value relates to the right one, without telling the right one.

>>> in_words(np.array([-2.0, 4.0]), np.array([2.0, -4.0]), np.array([1e-6, 1e-6]))
'every number has the opposite sign'
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def in_words(value: Array, expected: Array, budget: Array) -> str:
    """Describe a difference between two finite arrays of one shape, of which some entries are beyond the budget."""
    off = np.abs(value - expected) > budget
    if not value.any():
        return "it is zero, but it should not be" if value.ndim == 0 else "every number is zero, but should not be"
    every = "it has" if value.ndim == 0 else "every number has"
    if _agrees(value, -expected, budget):
        return f"{every} the opposite sign"
    ratio = _ratio(value, expected, budget)
    if ratio is not None and not 0.99 < ratio < 1.01:
        return f"{'it is' if value.ndim == 0 else 'every number is'} {_times(ratio)}"
    if value.ndim == 0:
        return "its value is wrong"
    if _is_square(value) and _agrees(value, expected.T, budget.T):
        return "it is transposed"
    if off.sum() < off.size:
        return _places(off)
    return "its numbers are wrong"


def _times(ratio: float) -> str:
    size = abs(ratio)
    times = f"{size:.4g} times too large" if size > 1 else f"{1 / size:.4g} times too small"
    return f"{times}, and has the opposite sign" if ratio < 0 else times


def _places(off: NDArray[np.bool_]) -> str:
    """Say which numbers are wrong, where only some are."""
    wrong, size = int(off.sum()), off.size
    if wrong == size - 1 and size > 2:
        if not off.flat[0]:
            return f"only the first of its {size} numbers is right"
        if not off.flat[-1]:
            return f"only the last of its {size} numbers is right"
    return f"{wrong} of its {size} numbers {'is' if wrong == 1 else 'are'} wrong"


def _agrees(value: Array, other: Array, budget: Array) -> bool:
    return bool((np.abs(value - other) <= budget).all())


def _is_square(value: Array) -> bool:
    return value.ndim == 2 and value.shape[0] == value.shape[1] and value.shape[0] > 1


def _ratio(value: Array, expected: Array, budget: Array) -> float | None:
    """Return the one factor between the two, if there is one."""
    largest = np.unravel_index(np.argmax(np.abs(expected)), expected.shape)
    if expected[largest] == 0 or value[largest] == 0:
        return None
    ratio = float(value[largest] / expected[largest])
    allowed = (1 + abs(ratio)) * budget + 1e-4 * np.abs(value)
    return ratio if _agrees(value, ratio * expected, allowed) else None
