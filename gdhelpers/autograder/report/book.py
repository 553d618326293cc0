"""What the gradebook knows beyond the receipts: who is on the roster, and what a person gave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.engine import make_url

from gdhelpers.autograder import gradebook
from gdhelpers.autograder.assignment import Assignment
from gdhelpers.autograder.course import Course


@dataclass(frozen=True)
class Book:
    """The part of a gradebook that a report needs."""

    roster: Sequence[str] = ()
    scores: Mapping[str, float] = field(default_factory=dict)
    """By student, with what a person gave."""
    awaiting: frozenset[str] = frozenset()
    """The students of whose work something awaits a person."""
    given: Mapping[tuple[str, str], float | None] = field(default_factory=dict)
    """By student and grade id the points that a person gave; None where the answer awaits one."""


def read(course: Course, assignment: Assignment) -> Book | None:
    """Read the gradebook of a course; None where there is none, and none is made."""
    if not _exists(course.db_url):
        return None
    by_hand = {cell.grade_id for cell in assignment.graded if cell.kind == "manual"}
    scores, awaiting, given = {}, set(), {}
    with gradebook.opened(course) as book:
        roster = gradebook.roster(book)
        for submission in book.assignment_submissions(assignment.name):
            student = str(submission.student.id)
            scores[student] = float(submission.score)
            if submission.needs_manual_grade:
                awaiting.add(student)
            for grade in (grade for notebook in submission.notebooks for grade in notebook.grades):
                if grade.name in by_hand:
                    given[student, grade.name] = None if grade.needs_manual_grade else float(grade.score)
    return Book(roster, scores, frozenset(awaiting), given)


def _exists(db_url: str) -> bool:
    """Whether there is a gradebook; one that is not a file is taken to be there."""
    url = make_url(db_url)
    return not url.drivername.startswith("sqlite") or Path(url.database or "").exists()
