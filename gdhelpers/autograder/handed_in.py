"""When a submission was handed in."""

from __future__ import annotations

from datetime import datetime

from nbgrader.utils import parse_utc

from gdhelpers.autograder.assignment import Assignment
from gdhelpers.autograder.course import Course

NOTE_LIMIT = 1000
"""Characters that are read of a note: a student may have written it."""


def when(course: Course, assignment: Assignment, student: str) -> datetime | None:
    """Read when a submission was handed in, as nbgrader's exchange notes it; an unreadable note counts as none."""
    path = course.folder("submitted", student, assignment.name) / "timestamp.txt"
    if not path.is_file():  # a pipe would never end
        return None
    try:
        with path.open(encoding="utf-8") as file:
            return parse_utc(file.read(NOTE_LIMIT).strip())  # type: ignore[no-any-return]
    except (OSError, ValueError, OverflowError):
        return None
