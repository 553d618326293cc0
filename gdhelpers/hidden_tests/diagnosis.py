"""Naming the mistake: the misconception whose answers a wrong answer reproduces on every case."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from gdhelpers import misconceptions
from gdhelpers.checks.plain import NotPlainError, Plain
from gdhelpers.hidden_tests.call import Reply, call
from gdhelpers.hidden_tests.case import Case
from gdhelpers.misconceptions import Misconception
from gdhelpers.wire.raised import Raised

CLOSE = 1e-4
"""How far a float32 computation of the same wrong formula may be from another, relative to the largest number."""


def diagnose(answers: Sequence[list[Reply]], name: str, cases: Sequence[Case]) -> Misconception | None:
    """Return the one misconception about `name` that gives the same answers on every case, asked as often.

    None where none does, or where several do.
    """
    fitting = [
        misconception
        for misconception in misconceptions.of(name)
        if all(alike(answer, wrong_answer(misconception, case)) for answer, case in zip(answers, cases, strict=True))
    ]
    return fitting[0] if len(fitting) == 1 else None


@lru_cache(maxsize=8192)
def wrong_answer(misconception: Misconception, case: Case) -> list[Reply]:
    """Return what a misconception answers; whoever tries many answers on the same cases asks for it again and again."""
    return call(misconception.wrong, case.arguments, case.times)


def alike(replies: list[Reply], others: list[Reply]) -> bool:
    """Whether two answers to one case are the same, but for what float32 may make of one formula."""
    return len(replies) == len(others) and all(
        a.changes == b.changes and _same_value(a.value, b.value) for a, b in zip(replies, others, strict=True)
    )


def _same_value(a: Plain | NotPlainError | Raised, b: Plain | NotPlainError | Raised) -> bool:
    if isinstance(a, Raised) or isinstance(b, Raised):
        return isinstance(a, Raised) and isinstance(b, Raised) and a.kinds == b.kinds
    if isinstance(a, NotPlainError) or isinstance(b, NotPlainError):
        return isinstance(a, NotPlainError) and isinstance(b, NotPlainError) and str(a) == str(b)
    if isinstance(a, list | tuple) and isinstance(b, list | tuple):
        return len(a) == len(b) and all(map(_same_value, a, b))
    if isinstance(a, float | np.ndarray) and isinstance(b, float | np.ndarray):
        return _same_numbers(np.asarray(a), np.asarray(b))
    return bool(a == b) if type(a) is type(b) else False


def _same_numbers(a: Any, b: Any) -> bool:
    if a.shape != b.shape or (a.dtype.kind == "f") != (b.dtype.kind == "f"):
        return False
    size = float(np.abs(b[np.isfinite(b)]).max(initial=0.0)) if b.size else 0.0
    return bool(np.allclose(a, b, rtol=0.0, atol=CLOSE * size, equal_nan=True))
