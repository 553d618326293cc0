"""The records of grading: a verdict for every graded cell, and what came of every submission."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal

Outcome = Literal["passed", "failed", "error", "timeout", "crashed", "missing", "manual"]
Status = Literal["graded", "broken", "missing", "infrastructure"]


@dataclass(frozen=True)
class Verdict:
    """What one graded cell earned and why; `points` is None where a person has to grade it."""

    grade_id: str
    function: str | None
    points: float | None
    max_points: float
    outcome: Outcome
    message: str
    misconception: str | None = None
    seconds: float = 0.0
    residuals: dict[str, float | None] = field(default_factory=dict)
    """For every case with a wrong answer, how many times its budget it is off."""

    def as_json(self) -> dict[str, Any]:
        """Return the verdict as the entry of `--json`."""
        return {
            "grade_id": self.grade_id,
            "function": self.function,
            "points": self.points,
            "max_points": self.max_points,
            "outcome": self.outcome,
            "misconception": self.misconception,
            "message": self.message,
            "seconds": round(self.seconds, 3),
            "residuals": self.residuals,
        }

    def with_points(self, points: float) -> Verdict:
        """Return the verdict where the cell is worth so many points; those that a person gives stay open."""
        earned = None if self.points is None else points if self.outcome == "passed" else 0.0
        return replace(self, points=earned, max_points=points)

    @classmethod
    def from_json(cls, entry: dict[str, Any]) -> Verdict:
        """Return the verdict that `as_json` wrote; raises `KeyError` for what is none."""
        return cls(**{one.name: entry[one.name] for one in fields(cls)})


@dataclass(frozen=True)
class Record:
    """What came of one student's submission; `message` says why there are no verdicts where there are none."""

    student: str
    status: Status
    max_score: float
    verdicts: tuple[Verdict, ...] = ()
    message: str = ""
    oddities: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
    """Signs that the submission tampers with its surroundings: for the instructor to look at, without a price."""
    file: str = ""
    """The file that was graded."""
    left: tuple[str, ...] = ()
    """The notebooks beside it that were not, each with the reason."""
    penalty: float = 0.0
    """The points that are taken off because the work was handed in late."""

    @property
    def score(self) -> float | None:
        """The points so far; None where nothing was graded."""
        if self.status in ("missing", "infrastructure"):
            return None
        return sum((verdict.points or 0.0 for verdict in self.verdicts), start=0.0)

    @property
    def counts(self) -> float | None:
        """The points that count so far: what the work is worth, less the penalty, which is of a person's points too."""
        return None if self.score is None else max(self.score - self.penalty, 0.0)

    def with_points(self, points: Mapping[str, float]) -> Record:
        """Return the record of the same work where each graded cell, by its grade id, is worth so many points."""
        return replace(
            self,
            max_score=sum(points.values()),
            verdicts=tuple(verdict.with_points(points[verdict.grade_id]) for verdict in self.verdicts),
        )

    def as_json(self) -> dict[str, Any]:
        """Return the record as the entry of `--json`."""
        return {
            "student": self.student,
            "status": self.status,
            "score": self.score,
            "max_score": self.max_score,
            "penalty": self.penalty,
            "counts": self.counts,
            "message": self.message,
            "file": self.file,
            "left": list(self.left),
            "oddities": list(self.oddities),
            "signs": list(self.signs),
            "tests": [verdict.as_json() for verdict in self.verdicts],
        }

    @classmethod
    def from_json(cls, entry: dict[str, Any]) -> Record:
        """Return the record that `as_json` wrote; raises `KeyError` for what is none."""
        return cls(
            entry["student"], entry["status"], entry["max_score"],
            tuple(Verdict.from_json(verdict) for verdict in entry["tests"]),
            entry["message"], tuple(entry["oddities"]), tuple(entry["signs"]), entry["file"], tuple(entry["left"]),
            entry["penalty"],
        )  # fmt: skip


def as_json(assignment: str, records: Sequence[Record]) -> dict[str, Any]:
    """Return the records of one assignment as the document of `--json`."""
    return {"assignment": assignment, "submissions": [record.as_json() for record in records]}
