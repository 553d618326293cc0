"""What a grading changed: the points of one test of one student, before and after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gdhelpers.autograder.record import Record

Scores = Mapping[str, float | None]
"""Automatic points by grade id."""


@dataclass(frozen=True, order=True)
class Change:
    """Points of one graded cell that are no longer what they were; `before` is None where there were none."""

    student: str
    grade_id: str
    before: float | None
    after: float
    why: str

    def as_json(self) -> dict[str, Any]:
        """Return the change as an entry of `--json`."""
        return {
            "student": self.student,
            "grade_id": self.grade_id,
            "from": self.before,
            "to": self.after,
            "why": self.why,
        }


def changes(before: Scores, record: Record) -> Iterator[Change]:
    """Yield what differs in a record from the scores that a student had."""
    for grade_id, (points, why) in _points(record).items():
        if before.get(grade_id) != points:
            yield Change(record.student, grade_id, before.get(grade_id), points, why)
    for grade_id in sorted(before.keys() - _points(record).keys()) if record.status == "broken" else ():
        if before[grade_id]:
            yield Change(record.student, grade_id, before[grade_id], 0.0, record.message)


def _points(record: Record) -> dict[str, tuple[float, str]]:
    return {v.grade_id: (v.points, v.message) for v in record.verdicts if v.points is not None}
