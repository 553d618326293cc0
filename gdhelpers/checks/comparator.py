"""Judging a value: structure, then shape, then dtype kind, then finiteness, then the numbers; never by broadcasting.

What is expected says what is asked for: a float asks for a scalar, an int for a count, a list of floats for a list of
scalars, an array for an array of that shape, a tuple for a tuple of these. The budget has the same structure and holds
the largest difference that counts as right.

>>> compare(np.float32(0.1), 0.1, 1e-8)
>>> compare(np.zeros(3), np.zeros((3, 1)), 0.0).message
'it has shape (3,), but (3, 1) was expected'
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gdhelpers.checks.plain import NotPlainError, Plain, describe, plain
from gdhelpers.checks.residual import in_words

Array = NDArray[np.float64]

PARTS = 4
"""A sequence of up to so many parts is described part by part."""


@dataclass(frozen=True)
class Mismatch:
    """Why a value is not what was expected: `kind` is the step at which it failed, `message` says it in words."""

    kind: str
    message: str


def compare(answer: object, expected: Any, budget: Any) -> Mismatch | None:
    """Compare an answer with what is expected; return None where it is right."""
    try:
        value = plain(answer)
    except NotPlainError as problem:
        return Mismatch("type", f"it is {problem}, but {wanted(expected)} was expected")
    return _compare(value, expected, budget)


def _compare(value: Plain, expected: Any, budget: Any) -> Mismatch | None:
    if isinstance(expected, tuple):
        return _compare_tuple(value, expected, budget)
    if isinstance(expected, list):
        return _compare_list(value, expected, budget)
    if isinstance(expected, int):
        return _compare_count(value, expected)
    if isinstance(expected, float):
        return _compare_scalar(value, expected, budget)
    return _compare_array(value, expected, budget)


def _compare_tuple(value: Plain, expected: tuple[Any, ...], budget: Any) -> Mismatch | None:
    if not isinstance(value, list | tuple) or len(value) != len(expected):
        return Mismatch("structure", f"it is {describe(value)}, but {wanted(expected)} was expected")
    parts = zip(value, expected, budget, strict=True)
    problems = [_compare(*part) for part in parts]
    if all(problems) and _are_swapped(value, expected, budget):
        return Mismatch("value", "its two values are right, but in the other order")
    for place, problem in zip(_ordinals(), problems, strict=False):
        if problem is not None:
            return Mismatch(
                problem.kind, f"the {place} of the {len(expected)} returned values is off: {problem.message}"
            )
    return None


def _are_swapped(value: Plain, expected: tuple[Any, ...], budget: Any) -> bool:
    return len(expected) == 2 and not any(map(_compare, value, reversed(expected), reversed(budget)))


def _compare_list(value: Plain, expected: list[float], budget: list[float]) -> Mismatch | None:
    if isinstance(value, list | tuple):
        if len(value) != len(expected):
            return Mismatch("structure", f"it holds {len(value)} values, but {len(expected)} were expected")
        for index, item in enumerate(value):
            problem = _scalar_problem(item)
            if problem is not None:
                return Mismatch(problem.kind, f"its item {index}: {problem.message}")
        value = np.array([float(item) for item in value])
    elif not isinstance(value, np.ndarray):
        return Mismatch("structure", f"it is {describe(value)}, but {wanted(expected)} was expected")
    return _compare_array(value, np.array(expected), np.array(budget))


def _compare_count(value: Plain, expected: int) -> Mismatch | None:
    if type(value) is not int:
        return Mismatch("dtype", f"it is {describe(value)}, but a count, an int, was expected")
    if value != expected:
        off = value - expected
        return Mismatch("value", f"it is {abs(off)} too {'large' if off > 0 else 'small'}")
    return None


def _compare_scalar(value: Plain, expected: float, budget: float) -> Mismatch | None:
    return _scalar_problem(value) or _values(np.asarray(value, np.float64), np.asarray(expected), np.asarray(budget))


def _scalar_problem(value: Plain) -> Mismatch | None:
    if isinstance(value, np.ndarray) and value.shape == ():
        return _dtype_problem(value)
    if type(value) is int or type(value) is bool:
        return Mismatch("dtype", f"it is {describe(value)}, but a floating-point number was expected")
    if type(value) is not float:
        kind = "shape" if isinstance(value, np.ndarray) else "structure"
        return Mismatch(kind, f"it is {describe(value)}, but a scalar was expected")
    return None


def _compare_array(value: Plain, expected: Array, budget: Array) -> Mismatch | None:
    if not isinstance(value, np.ndarray):
        return Mismatch("structure", f"it is {describe(value)}, but {wanted(expected)} was expected")
    if value.shape != expected.shape:
        return Mismatch("shape", f"it has shape {value.shape}, but {expected.shape} was expected")
    return _dtype_problem(value) or _values(value.astype(np.float64), expected, np.asarray(budget))


def _dtype_problem(value: NDArray[Any]) -> Mismatch | None:
    if value.dtype.kind != "f":
        return Mismatch("dtype", f"it is {describe(value)}, but floating-point numbers were expected")
    return None


def _values(value: Array, expected: Array, budget: Array) -> Mismatch | None:
    if not np.isfinite(value).all():
        found = "nan" if np.isnan(value).any() else "inf"
        return Mismatch("finiteness", f"it holds {found}, but every number should be finite")
    if (np.abs(value - expected) > budget).any():
        return Mismatch("value", in_words(value, expected, budget))
    return None


def residual(answer: object, expected: Any, budget: Any) -> float | None:
    """Return how many times its budget an answer is off, where it is most; None for one without numbers of that form.

    >>> residual(np.float32(3.0), 1.0, 0.5)
    4.0
    """
    value = plain(answer)
    if isinstance(expected, tuple) and isinstance(value, list | tuple) and len(value) == len(expected):
        parts = [residual(*part) for part in zip(value, expected, budget, strict=True)]
        return max((part for part in parts if part is not None), default=None)
    problem = _compare(value, expected, budget)
    if isinstance(expected, tuple | int) or (problem is not None and problem.kind != "value"):
        return None
    numbers = [float(item) for item in value] if isinstance(value, list | tuple) else value
    with np.errstate(all="ignore"):
        times = np.abs(np.asarray(numbers, np.float64) - np.asarray(expected)) / np.asarray(budget)
    worst = float(np.max(times, initial=0.0))
    return worst if np.isfinite(worst) else None


def came(answer: object) -> str:
    """Say in words what kind of value came.

    >>> came((np.zeros((2, 1)), np.float32(1.0)))
    'a tuple of 2: an array of shape (2, 1), a scalar'
    """
    try:
        value = plain(answer)
    except NotPlainError as problem:
        return str(problem)
    if isinstance(value, list | tuple) and 0 < len(value) <= PARTS:
        return f"{describe(value)}: {', '.join(map(_kind, value))}"
    return _kind(value)


def _kind(value: Plain) -> str:
    return describe(value) if _scalar_problem(value) else "a scalar"


def wanted(expected: Any) -> str:
    """Say in words what kind of value is asked for.

    >>> wanted((np.zeros((2, 1)), 1.0))
    'a tuple of 2: an array of shape (2, 1), a scalar'
    """
    if isinstance(expected, tuple):
        return f"a tuple of {len(expected)}: {', '.join(map(wanted, expected))}"
    if isinstance(expected, list):
        return f"a list of {len(expected)} scalars"
    if isinstance(expected, np.ndarray):
        return f"an array of shape {expected.shape}"
    return "a count" if isinstance(expected, int) else "a scalar"


def _ordinals() -> tuple[str, ...]:
    return ("first", "second", "third", "fourth", "fifth")
