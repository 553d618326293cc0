"""What the wrong answers to several cases have in common, in words: said where no misconception explains them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gdhelpers.checks.plain import NotPlainError, Plain
from gdhelpers.hidden_tests.call import Reply
from gdhelpers.hidden_tests.case import Case
from gdhelpers.wire.raised import Raised

FEW = 3
"""Up to so many wrong cases are told by their names."""

Value = Plain | NotPlainError | Raised


def pattern(cases: Sequence[Case], answers: Sequence[Sequence[Reply]], wrong: Sequence[str]) -> str | None:
    """Say what is common to the answers, given the names of the cases with wrong ones; None where nothing is seen."""
    values = [replies[0].value for replies in answers]
    if all(isinstance(value, Raised) for value in values):
        return None
    if all(value is None for value in values):
        return "A function that ends without `return` gives None; so does printing in its place."
    if len(values) > 1 and all(is_multiple(value, values[0], 1.0) for value in values[1:]):
        return "The answer is the same whatever is asked: look at whether it depends on the arguments."
    right = len(cases) - len(wrong)
    if right and len(wrong) <= FEW:
        return f"It is right in {right} of {len(cases)} cases, and wrong in: {', '.join(wrong)}."
    if right:
        return f"It is right in {right} of {len(cases)} cases."
    return None


def is_multiple(value: Value, other: Value, factor: float) -> bool:
    """Whether one answer is `factor` times another, number by number; where there are no numbers, it is not.

    >>> is_multiple((2.0, np.array([4.0])), (1.0, np.array([2.0])), 2.0)
    True
    """
    if isinstance(value, list | tuple) and isinstance(other, list | tuple):
        return len(value) == len(other) > 0 and all(map(is_multiple, value, other, [factor] * len(value)))
    if not isinstance(value, float | np.ndarray) or not isinstance(other, float | np.ndarray):
        return False
    a, b = np.asarray(value), np.asarray(other)
    return a.shape == b.shape and bool(b.any()) and np.allclose(a, factor * b, rtol=1e-4, atol=0.0)
