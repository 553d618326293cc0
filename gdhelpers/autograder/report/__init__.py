"""What a class did on one assignment, from the receipts of its submissions, for the instructor to read."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from gdhelpers.autograder import gradebook, receipt
from gdhelpers.autograder.assignment import Assignment, GradedCell
from gdhelpers.autograder.course import Course
from gdhelpers.autograder.receipt import Receipt
from gdhelpers.trouble import WrongCall


@dataclass(frozen=True)
class Exercise:
    """How a class did on one graded cell."""

    name: str
    max_points: float
    outcomes: Mapping[str, int]
    """How many submissions had which outcome: passed, failed, missing ..."""
    seconds: Sequence[tuple[float, str]]
    """How long its test took, with the student, the longest last; empty where a person grades."""

    @property
    def passed(self) -> int:
        """How many got its points."""
        return self.outcomes.get("passed", 0)

    @property
    def total(self) -> int:
        """How many were graded."""
        return sum(self.outcomes.values())

    @property
    def rate(self) -> float:
        """The share that got its points."""
        return self.passed / self.total if self.total else 0.0

    @property
    def median_seconds(self) -> float | None:
        """How long its test took for half of the class."""
        return median(seconds for seconds, _ in self.seconds) if self.seconds else None


@dataclass(frozen=True)
class Held:
    """A misconception, the sentence that students read, and who holds it."""

    slug: str
    exercise: str
    sentence: str
    students: Sequence[str]


@dataclass(frozen=True)
class Unexplained:
    """A wrong answer that no misconception explains: what was said of it, and its code."""

    exercise: str
    student: str
    message: str
    code: str


@dataclass(frozen=True)
class Report:
    """What a class did on one assignment."""

    assignment: str
    max_score: float
    scores: Mapping[str, float]
    """The score of each graded student, with what a person gave."""
    statuses: Mapping[str, int]
    awaiting: int
    """How many submissions await a person."""
    exercises: Sequence[Exercise]
    misconceptions: Sequence[Held]
    unexplained: Sequence[Unexplained]

    @property
    def median_score(self) -> float:
        """The score that half of the class reached."""
        return median(self.scores.values())


def of(course: Course, assignment: Assignment) -> Report:
    """Return the report on an assignment; raises `WrongCall` where nothing was graded."""
    receipts = list(receipt.of_class(course, assignment))
    if not receipts:
        raise WrongCall(f"Nothing of {assignment.name} is graded in {course.root}. Run: gd grade {assignment.name}")
    scores, awaiting = _scores(course, assignment, receipts)
    return Report(
        assignment=assignment.name,
        max_score=assignment.max_score,
        scores=scores,
        statuses=Counter(one["status"] for one in receipts),
        awaiting=awaiting,
        exercises=[_exercise(cell, receipts) for cell in assignment.graded],
        misconceptions=_held(receipts),
        unexplained=_unexplained(course, assignment, receipts),
    )


def _scores(course: Course, assignment: Assignment, receipts: Sequence[Receipt]) -> tuple[dict[str, float], int]:
    """Return the scores of the gradebook, which knows what a person gave, and how many submissions await one."""
    students = {one["student"]: float(one["score"] or 0.0) for one in receipts}
    awaiting = 0
    with gradebook.opened(course) as book:
        for submission in book.assignment_submissions(assignment.name):
            if submission.student.id in students:
                students[submission.student.id] = float(submission.score)
                awaiting += bool(submission.needs_manual_grade)
    return students, awaiting


def _exercise(cell: GradedCell, receipts: Sequence[Receipt]) -> Exercise:
    tests = [(test, one["student"]) for one in receipts for test in one["tests"] if test["grade_id"] == cell.grade_id]
    outcomes = Counter(test["outcome"] for test, _ in tests)
    seconds = sorted((test["seconds"], student) for test, student in tests if test["outcome"] != "manual")
    return Exercise(_name(cell.grade_id), cell.points, outcomes, seconds)


def _held(receipts: Sequence[Receipt]) -> list[Held]:
    """Return the misconceptions, those that most hold first."""
    students: dict[tuple[str, str], list[str]] = defaultdict(list)
    sentences: dict[tuple[str, str], str] = {}
    for one in receipts:
        for test in one["tests"]:
            if test["misconception"]:
                key = (test["misconception"], _name(test["grade_id"]))
                students[key].append(one["student"])
                sentences.setdefault(key, _sentence(test["message"]))
    ranked = sorted(students, key=lambda key: (-len(students[key]), key[1], key[0]))
    return [Held(*key, sentences[key], students[key]) for key in ranked]


def _unexplained(course: Course, assignment: Assignment, receipts: Sequence[Receipt]) -> list[Unexplained]:
    answers = {cell.grade_id: cell.answer for cell in assignment.graded}
    found = []
    for one in receipts:
        # A second test of a function asks how its values came about, and its message says that by itself.
        first = [test for test in one["tests"] if _name(test["grade_id"]) == test["function"]]
        wrong = [test for test in first if test["outcome"] not in ("passed", "missing")]
        unnamed = [test for test in wrong if not test["misconception"]]
        codes = _codes(course, assignment, one["student"]) if unnamed else {}
        for test in unnamed:
            code = codes.get(answers.get(test["grade_id"], ""), "")
            found.append(Unexplained(_name(test["grade_id"]), one["student"], test["message"], code))
    order = {_name(cell.grade_id): place for place, cell in enumerate(assignment.graded)}
    return sorted(found, key=lambda item: (order.get(item.exercise, len(order)), item.student))


def _codes(course: Course, assignment: Assignment, student: str) -> dict[str, str]:
    """Return the answer cells of an autograded notebook by their grade ids."""
    path = course.folder("autograded", student, assignment.name) / assignment.file_name
    cells: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return {cell["metadata"].get("nbgrader", {}).get("grade_id", ""): "".join(cell["source"]) for cell in cells}


def _name(grade_id: str) -> str:
    return grade_id.removeprefix("test-")


def _sentence(message: str) -> str:
    """Return what a message says of the misconception, without the case in which it was first seen and the points."""
    return re.sub(r" \(First seen in the case: .*", "", message, flags=re.DOTALL)
