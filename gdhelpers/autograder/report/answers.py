"""The wrong answers of a class that no misconception explains, with their code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gdhelpers.autograder.assignment import TEST, Assignment, GradedCell
from gdhelpers.autograder.course import Course
from gdhelpers.autograder.receipt import Receipt
from gdhelpers.autograder.report.contents import Unexplained
from gdhelpers.autograder.submission import Unreadable, read_cells


def unexplained(course: Course, assignment: Assignment, receipts: Sequence[Receipt]) -> list[Unexplained]:
    """Return them in the order of the exercises and of the students."""
    released = {cell.metadata.get("nbgrader", {}).get("grade_id"): cell.source for cell in assignment.stub.cells}
    found: dict[str, list[Unexplained]] = {cell.grade_id: [] for cell in assignment.graded}
    for one in receipts:
        wrong = list(_wrong(assignment, one))
        codes = _codes(course, assignment, one["student"]) if wrong else {}
        for cell, outcome, message in wrong:
            code = codes.get(cell.answer, "")
            # An answer can be missing although something was written: a cell that does not run defines nothing.
            if outcome != "missing" or code.strip() not in ("", released.get(cell.answer, "").strip()):
                found[cell.grade_id].append(Unexplained(name(cell.grade_id), one["student"], message, code))
    return [answer for answers in found.values() for answer in answers]


def name(grade_id: str) -> str:
    """Return what a graded cell is called in a report: the function, and for a second test what it asks.

    >>> name("test-logistic_gradients-tape")
    'logistic_gradients-tape'
    """
    return grade_id.removeprefix(TEST)


def _wrong(assignment: Assignment, one: Receipt) -> Iterator[tuple[GradedCell, str, str]]:
    """Yield the cells without points and without a misconception, with the outcome and the message.

    A second test of a function tells nothing new where the first one failed.
    """
    tests = {test["grade_id"]: test for test in one["tests"]}
    for cell in assignment.graded:
        test = tests.get(cell.grade_id)
        if test is None or test["outcome"] in ("passed", "manual") or test["misconception"]:
            continue
        first = tests.get(f"{TEST}{cell.function}", test)
        if first is test or first["outcome"] == "passed":
            yield cell, test["outcome"], test["message"]


def _codes(course: Course, assignment: Assignment, student: str) -> dict[str, str]:
    """Return the cells of an autograded notebook by their grade ids; none where it cannot be read."""
    path = course.folder("autograded", student, assignment.name) / assignment.file_name
    try:
        return {cell.grade_id: cell.source for cell in read_cells(path.read_bytes()) if cell.grade_id}
    except (OSError, Unreadable):
        return {}
