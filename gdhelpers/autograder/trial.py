"""Trying an assignment before students get it: the instructor's own answers have to pass in the examiner."""

from __future__ import annotations

import nbformat

from gdhelpers.autograder.assignment import Assignment
from gdhelpers.autograder.examination import examine
from gdhelpers.autograder.examiner import ExaminerTrouble
from gdhelpers.autograder.submission import Submission
from gdhelpers.kernels.parent import CannotBegin

SEED = 1
"""The cases of a trial; the right answer to any is right."""


def objections(assignment: Assignment) -> list[str]:
    """Say what keeps the answers in `source/` from all points: wrong ones, and tests that cannot work in the examiner.

    A test can ask for no more than plain data: an object of the student's own class, say, does not come over.
    """
    content = nbformat.writes(assignment.notebook).encode()
    try:
        record = examine(assignment, Submission("the instructor", content), SEED).record
    except (CannotBegin, ExaminerTrouble) as error:
        return [f"{assignment.name}: {error}"]
    return [
        f"{assignment.name}, {verdict.grade_id}: {verdict.message}"
        for verdict in record.verdicts
        if verdict.outcome not in ("passed", "manual")
    ]
