"""When a submission was handed in."""

from __future__ import annotations

from datetime import datetime

from nbgrader.utils import parse_utc

from gdhelpers.autograder.assignment import Assignment
from gdhelpers.autograder.course import Course


def when(course: Course, assignment: Assignment, student: str) -> datetime | None:
    """Read when a submission was handed in, as nbgrader's exchange notes it; an unreadable note counts as none."""
    path = course.folder("submitted", student, assignment.name) / "timestamp.txt"
    try:
        return parse_utc(path.read_text(encoding="utf-8").strip())  # type: ignore[no-any-return]
    except (OSError, ValueError, OverflowError):
        return None
