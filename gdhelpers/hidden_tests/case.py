"""A case: one question that a hidden test puts to a function."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Case:
    """One question to a function: its arguments, and the answer that is expected within the budget.

    `name` tells a student what kind of case it is ("one row", "small numbers"). An expected `RuntimeError` means that
    the function has to raise it.
    """

    name: str
    arguments: tuple[object, ...]
    expected: Any
    budget: Any = None
