"""What became of an instructor's cell in the examiner."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from gdhelpers.wire.raised import Raised


@dataclass(frozen=True)
class Problem:
    """Why a cell did not run to its end: the class of the error, what it says, and what is known beyond that."""

    kind: str
    message: str
    misconception: str | None = None
    raised: Raised | None = None
    lost: bool = False
    residuals: dict[str, float | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Tested:
    """What became of an instructor's cell."""

    __test__ = False  # pytest takes any class of such a name for tests

    problem: Problem | None
    outputs: list[Any]
    seconds: float
    signs: list[str] = field(default_factory=list)
    is_there: bool = True
    """Whether the student's process can still be asked."""

    @property
    def lost(self) -> bool:
        """Whether the cell failed because the student's process had gone."""
        return self.problem is not None and self.problem.lost
