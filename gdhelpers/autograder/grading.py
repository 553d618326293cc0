"""Grading a class: submissions go to worker processes, records come back, and one writer keeps them."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterable, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from datetime import datetime
from typing import Any

from nbgrader.utils import parse_utc

from gdhelpers.autograder import gradebook, pages, receipt, secret
from gdhelpers.autograder.assignment import Assignment
from gdhelpers.autograder.course import Course
from gdhelpers.autograder.examination import Examined, examine
from gdhelpers.autograder.progress import Reporter
from gdhelpers.autograder.record import Record
from gdhelpers.autograder.submission import Submission, find
from gdhelpers.environment import activate
from gdhelpers.kernels.tether import end_with_parent
from gdhelpers.trouble import WrongCall


def grade(course: Course, name: str, students: Sequence[str] = (), *, reporter: Reporter) -> list[Record]:
    """Grade the named students, or everyone on the roster and everyone who submitted; return records in that order.

    The reporter is told each record as it comes. Raises `WrongCall` for an unknown assignment and for one that nobody
    submitted.
    """
    activate()
    assignment = course.assignment(name)
    with gradebook.opened(course) as book:
        chosen = students or sorted({*gradebook.roster(book), *course.submitted(name)})
        found = {student: find(course.folder("submitted", student, name), assignment, student) for student in chosen}
        if not students and not any(found.values()):
            looked = course.folder("submitted", "<student>", name) / assignment.file_name
            raise WrongCall(f"There are no submissions of {name}. Looked for {looked}.")
        gradebook.register(book, course, assignment)
        reporter.begin(f"Grading {name}", len(chosen))
        records = {}
        key = secret.read_or_make(course.root)
        for student, examined in _examined(assignment, found, key):
            if isinstance(examined, Examined):
                records[student] = _kept(book, course, assignment, examined, found[student])
            else:
                records[student] = examined
            reporter.advance(records[student])
    return [records[student] for student in chosen]


def _examined(
    assignment: Assignment, found: dict[str, Submission | None], key: bytes
) -> Iterable[tuple[str, Examined | Record]]:
    """Yield what came of each student, as it comes; `key` is the secret of the course."""
    submissions = [submission for submission in found.values() if submission is not None]
    for student, submission in found.items():
        if submission is None:
            yield student, Record(student, "missing", assignment.max_score, message="Nothing was submitted.")
    if not submissions:
        return
    with executor(len(submissions)) as workers:
        tasks: dict[Future[Examined], str] = {
            workers.submit(examine, assignment, submission, secret.seed(key, submission.student, assignment.name)): (
                submission.student
            )
            for submission in submissions
        }
        try:
            for task in as_completed(tasks):
                yield tasks[task], _result(task, tasks[task], assignment)
        except BaseException:
            workers.shutdown(cancel_futures=True)
            raise


def executor(tasks: int) -> Executor:
    """Return as many worker processes as there are cores, and no more than there are tasks."""
    workers = min(tasks, os.cpu_count() or 1)
    return ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), initializer=end_with_parent)


def _result(task: Future[Examined], student: str, assignment: Assignment) -> Examined | Record:
    """Return what came of a task; whatever goes wrong outside the student's process is not the student's fault."""
    try:
        return task.result()
    except Exception as error:
        return _infrastructure(student, assignment, "The grader failed, not the submission", error)


def _kept(
    book: Any, course: Course, assignment: Assignment, examined: Examined, submission: Submission | None
) -> Record:
    """Keep an examined submission; trouble in keeping one must not stop the class."""
    try:
        _keep(book, course, assignment, examined)
        if submission is not None:
            receipt.write(course, assignment, examined, submission.content)
    except Exception as error:
        book.db.rollback()
        return _infrastructure(examined.record.student, assignment, "The score could not be written", error)
    return examined.record


def _infrastructure(student: str, assignment: Assignment, what: str, error: Exception) -> Record:
    why = f"{what}: {type(error).__name__}: {error}"
    return Record(student, "infrastructure", assignment.max_score, message=why)


def _keep(book: Any, course: Course, assignment: Assignment, examined: Examined) -> None:
    """Write an examined submission to the gradebook and into the course directory."""
    student = examined.record.student
    pages.write_autograded(course, assignment, examined)
    gradebook.write(book, course, assignment, examined.record, timestamp(course, assignment, student))
    pages.write_feedback(course, assignment, student)


def timestamp(course: Course, assignment: Assignment, student: str) -> datetime | None:
    """Read when a submission was handed in, as nbgrader's exchange notes it; an unreadable note counts as none."""
    path = course.folder("submitted", student, assignment.name) / "timestamp.txt"
    try:
        return parse_utc(path.read_text(encoding="utf-8").strip())  # type: ignore[no-any-return]
    except (OSError, ValueError, OverflowError):
        return None
