"""When a submission was handed in."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from traitlets.config import Config

from gdhelpers.autograder import times
from gdhelpers.autograder.assignment import Assignment
from gdhelpers.autograder.course import Course

NOTE = "timestamp.txt"
"""The file in which nbgrader's exchange notes it."""

NOTE_LIMIT = 1000
"""Characters that are read of a note: a student may have written it."""

SHOWN = 60
"""Characters of a note that are shown."""


def when(course: Course, assignment: Assignment, student: str) -> datetime | None:
    """Return when a submission was handed in, in UTC, as far as that is noted."""
    return noted(course.folder("submitted", student, assignment.name), assignment.config)[0]


def noted(folder: Path, config: Config) -> tuple[datetime | None, str | None]:
    """Return when a folder was handed in, if a note says so, and what is wrong with the note, if anything is.

    A note without a time zone is in the one of the course, `c.Exchange.timezone`.
    """
    path = folder / NOTE
    if not path.is_file():  # a pipe would never end
        return None, None
    zone = times.zone_named(str(config.Exchange.get("timezone") or "UTC"))
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            text = file.read(NOTE_LIMIT).strip()
    except OSError as error:
        return None, f"it is not known when this was handed in: {NOTE} cannot be read ({error.strerror})"
    try:
        return times.read(text, zone), None
    except times.NoTimeError:
        said = repr(text[:SHOWN] + ("..." if text[SHOWN:] else ""))
        return None, f"it is not known when this was handed in: {NOTE} holds {said}, which is no time"
