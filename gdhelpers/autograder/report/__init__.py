"""What a class did on one assignment, from the receipts of its submissions, for the instructor to read."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from gdhelpers.autograder import receipt
from gdhelpers.autograder.assignment import Assignment, GradedCell
from gdhelpers.autograder.course import Course
from gdhelpers.autograder.files import find
from gdhelpers.autograder.receipt import Receipt
from gdhelpers.autograder.report import book
from gdhelpers.autograder.report.answers import name, unexplained
from gdhelpers.autograder.report.book import Book
from gdhelpers.autograder.report.contents import Absent, Exercise, Held, Report, Unexplained
from gdhelpers.autograder.verdict import NO_ANSWER
from gdhelpers.trouble import WrongCall

__all__ = ["Absent", "Exercise", "Held", "Report", "Unexplained", "of"]


def of(course: Course, assignment: Assignment) -> Report:
    """Return the report on an assignment; raises `WrongCall` where nothing was graded."""
    receipts = list(receipt.of_class(course, assignment))
    if not receipts:
        where = "" if course.root == Path.cwd() else f" --course {course.root}"
        raise WrongCall(f"Nothing of {assignment.name} is graded yet. Run: gd grade {assignment.name}{where}")
    known = book.read(course, assignment)
    own = {one["student"]: float(one["score"] or 0.0) for one in receipts}
    waiting = known.awaiting if known else _awaiting(receipts)
    return Report(
        assignment=assignment.name,
        max_score=assignment.max_score,
        scores={student: known.scores.get(student, score) if known else score for student, score in own.items()},
        broken={one["student"]: one["message"] for one in receipts if one["status"] == "broken"},
        penalties={one["student"]: one["penalty"] for one in receipts if one.get("penalty")},
        awaiting=len(waiting & own.keys()),
        exercises=[_exercise(cell, receipts, known or Book()) for cell in assignment.graded],
        misconceptions=_held(receipts),
        unexplained=unexplained(course, assignment, receipts),
        absent=_absent(course, assignment, receipts, known.roster if known else ()),
        versions=_versions(receipts),
    )


def _awaiting(receipts: Sequence[Receipt]) -> frozenset[str]:
    """Return the students of whose work something awaits a person, as far as receipts tell."""
    return frozenset(
        one["student"]
        for one in receipts
        if any(test["outcome"] == "manual" and test["message"] != NO_ANSWER for test in one["tests"])
    )


def _exercise(cell: GradedCell, receipts: Sequence[Receipt], known: Book) -> Exercise:
    tests = [(test, one["student"]) for one in receipts for test in one["tests"] if test["grade_id"] == cell.grade_id]
    if cell.kind == "test":
        outcomes = Counter(test["outcome"] for test, _ in tests)
        seconds = sorted((test["seconds"], student) for test, student in tests if test["outcome"] != "missing")
        return Exercise(name(cell.grade_id), cell.points, outcomes, seconds)
    answered = {student for test, student in tests if test["message"] != NO_ANSWER}
    points = {student: known.given.get((student, cell.grade_id)) for student in answered}
    given = sorted(one for one in points.values() if one is not None)
    counts = {"graded": len(given), "awaiting": len(answered) - len(given), "missing": len(tests) - len(answered)}
    return Exercise(name(cell.grade_id), cell.points, counts, by_hand=True, given=given)


def _held(receipts: Sequence[Receipt]) -> list[Held]:
    """Return the misconceptions, those that most hold first."""
    students: dict[tuple[str, str], list[str]] = defaultdict(list)
    sentences: dict[tuple[str, str], str] = {}
    for one in receipts:
        for test in one["tests"]:
            if test["misconception"]:
                key = (test["misconception"], name(test["grade_id"]))
                students[key].append(one["student"])
                sentences.setdefault(key, _sentence(test["message"]))
    ranked = sorted(students, key=lambda key: (-len(students[key]), key[1], key[0]))
    return [Held(*key, sentences[key], students[key]) for key in ranked]


def _absent(course: Course, assignment: Assignment, receipts: Sequence[Receipt], roster: Sequence[str]) -> Absent:
    graded = {one["student"]: one["submission"] for one in receipts}
    missing, ungraded, changed = [], [], []
    for student in sorted({*roster, *course.submitted(assignment.name)}):
        found = find(course.folder("submitted", student, assignment.name), assignment, student)
        if found is None:
            missing += [student] if student not in graded else []
        elif student not in graded:
            ungraded.append(student)
        elif hashlib.sha256(found.content).hexdigest() != graded[student]:
            changed.append(student)
    return Absent(missing, ungraded, changed)


def _versions(receipts: Sequence[Receipt]) -> Mapping[str, Sequence[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for one in receipts:
        for package, version in one["versions"].items():
            found[package].add(version)
    return {package: sorted(versions) for package, versions in sorted(found.items())}


def _sentence(message: str) -> str:
    """Return what a message says of the misconception, without the case in which it was first seen and the points."""
    return re.sub(r" \(First seen in the case: .*", "", message, flags=re.DOTALL)
