"""Grading a class: submissions go to an executor, records come back as they are ready, and one writer keeps them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, replace
from typing import Any

from gdhelpers.autograder import gradebook, handed_in, pages, receipt, secret
from gdhelpers.autograder.assignment import Assignment
from gdhelpers.autograder.change import Change, changes
from gdhelpers.autograder.course import Course
from gdhelpers.autograder.earlier import Earlier
from gdhelpers.autograder.examination import Examined
from gdhelpers.autograder.files import find
from gdhelpers.autograder.outputs import writable
from gdhelpers.autograder.progress import Reporter
from gdhelpers.autograder.record import Record
from gdhelpers.autograder.submission import Submission
from gdhelpers.autograder.workers import Refused, Workers
from gdhelpers.environment import activate
from gdhelpers.kernels.parent import CannotBegin
from gdhelpers.trouble import Trouble, WrongCall, said

AHEAD = 2
"""So many submissions for each worker are read before one is done with: no more have to be in memory."""


class _PageError(Exception):
    """A page of feedback cannot be made; the text says so."""


def _why(what: str, error: Exception) -> str:
    return str(error) if isinstance(error, _PageError) else f"{what}: {said(error)}"


@dataclass(frozen=True)
class Wish:
    """What is wished of a grading."""

    students: Sequence[str] = ()
    """Only these; else everyone on the roster and everyone who submitted."""
    again: bool = False
    """Whether submissions are graded again that have been, and have not changed since."""
    write: bool = True
    """Whether what comes of it is kept."""


@dataclass(frozen=True)
class Graded:
    """What came of a grading: the records of everyone, who was left as an earlier one had them, and what changed."""

    records: list[Record]
    kept: frozenset[str]
    changes: list[Change]


def grade(course: Course, name: str, wish: Wish | None = None, *, workers: Workers, reporter: Reporter) -> Graded:
    """Grade one assignment; the reporter is told each record as it comes.

    Each result is written when it comes, whole or not at all. A grading that was cut short goes on where it stopped.
    Raises `WrongCall` for an unknown assignment and for one that nobody submitted.
    """
    activate()
    wish = wish or Wish()
    assignment = course.assignment(name)
    with gradebook.opened(course) as book:
        grading = _Grading(course, assignment, book, wish)
        reporter.begin(f"Grading {name}", len(grading.students))
        with workers:
            for record in grading.records(workers):
                reporter.advance(record, kept=record.student in grading.kept)
        grading.close()
    records = [grading.found[student] for student in grading.students]
    return Graded(records, frozenset(grading.kept), sorted(grading.changes))


class _Grading:
    """One grading of one assignment: what is known of everyone so far."""

    def __init__(self, course: Course, assignment: Assignment, book: Any, wish: Wish) -> None:
        self.course, self.assignment, self.book, self.wish = course, assignment, book, wish
        submitted = set(course.submitted(assignment.name))
        self.students = list(wish.students) or sorted({*gradebook.roster(book), *submitted})
        if not wish.students and not submitted:
            looked = course.folder("submitted", "<student>", assignment.name) / assignment.file_name
            raise WrongCall(f"There are no submissions of {assignment.name}. Looked for {looked}.")
        if wish.write:
            gradebook.register(book, course, assignment)
        self.earlier = Earlier(course, assignment, gradebook.scores_of(book, assignment), wish.again and wish.write)
        self.feedback = pages.Feedback(course)
        self.key = secret.read_or_make(course.root)
        self.late = gradebook.late(book, assignment)
        self.found: dict[str, Record] = {}
        self.kept: set[str] = set()
        self.changes: list[Change] = []
        self.has_begun = False
        """Whether a submission could be examined: if the first cannot begin, then none can."""

    def records(self, workers: Workers) -> Iterator[Record]:
        """Yield the record of each student, as it comes."""
        running: dict[Future[Examined], Submission] = {}
        for student in self.students:
            submission, record = self._looked_at(student)
            if record is not None:
                yield record
                continue
            assert submission is not None  # noqa: S101 - else its record is known
            running[workers.examine(self.assignment, submission, self._seed(student))] = submission
            if len(running) >= AHEAD * workers.size:
                yield from self._next(running)
        while running:
            yield from self._next(running)

    def close(self) -> None:
        """Note that this grading has come to its end."""
        if not any(record.status == "infrastructure" for record in self.found.values()):
            self.earlier.close()

    def _looked_at(self, student: str) -> tuple[Submission | None, Record | None]:
        """Return what a student submitted, and the record where there is nothing to be done."""
        submission = None
        try:
            if student != writable(student):
                raise Trouble(f"The name of the folder is not text in UTF-8: rename the folder {writable(student)}.")
            submission = find(self.course.folder("submitted", student, self.assignment.name), self.assignment, student)
            return submission, self._known(student, submission)
        except Exception as error:
            self.found[student] = self._infrastructure(student, _why("The submission could not be read", error))
            return submission, self.found[student]

    def _known(self, student: str, submission: Submission | None) -> Record | None:
        """Return the record of a student for whom there is nothing to be done."""
        if submission is None:
            record: Record | None = Record(
                student, "missing", self.assignment.max_score, message="Nothing was submitted."
            )
        else:
            record = self.earlier.record(submission, self._seed(student))
            if record is not None and self.wish.again and not self.earlier.is_of_this_run(student):
                return None
            if record is not None:
                record = self._settled(record)
                self.kept.add(student)
                self.changes += changes(self.earlier.scores(student), record)
        if record is not None:
            self.found[student] = record
        return record

    def _next(self, running: dict[Future[Examined], Submission]) -> Iterator[Record]:
        """Wait until something is done, and keep it."""
        done = wait(running, return_when=FIRST_COMPLETED).done
        # Successes first: they show that what failed at the same moment is no trouble of them all.
        for task in sorted(done, key=lambda task: task.exception() is not None):
            submission = running.pop(task)
            record = self._kept(task, submission)
            if record.score is not None:
                self.changes += changes(self.earlier.scores(submission.student), record)
            self.found[submission.student] = record
            yield record

    def _kept(self, task: Future[Examined], submission: Submission) -> Record:
        """Keep what came of a submission; trouble with one must not stop the class."""
        try:
            examined = task.result()
        except Refused:
            raise
        except CannotBegin as error:
            if not self.has_begun:
                raise Refused(f"Nothing was graded. {error}") from error
            return self._infrastructure(submission.student, str(error))
        except Trouble as error:
            return self._infrastructure(submission.student, str(error))
        except Exception as error:
            why = f"The grader failed, not the submission: {said(error)}"
            return self._infrastructure(submission.student, why)
        self.has_begun = True
        if self.wish.write:
            try:
                return self._keep(examined, submission.content)
            except Exception as error:
                return self._infrastructure(submission.student, _why("The score could not be written", error))
        return examined.record

    def _keep(self, examined: Examined, content: bytes) -> Record:
        """Write to the gradebook and into the course directory; where the receipt lies, all the rest is written."""
        course, assignment, student = self.course, self.assignment, examined.record.student
        pages.write_autograded(course, assignment, examined)
        when = handed_in.when(course, assignment, student)
        penalty = gradebook.write(self.book, course, assignment, examined.record, when)
        examined = examined.less(penalty)
        self._make_page(student)
        receipt.write(course, assignment, examined, content)
        return examined.record

    def _make_page(self, student: str) -> None:
        try:
            self.feedback.write(self.assignment, student)
        except Exception as error:
            raise _PageError(f"The score is written, but its page of feedback cannot be: {said(error)}") from error

    def _settled(self, record: Record) -> Record:
        """Return a record with the points and the penalty of today; what differs from before is written."""
        fresh = record.with_points({cell.grade_id: cell.points for cell in self.assignment.graded})
        if not self.wish.write or (fresh == record and record.student not in self.late):
            return fresh
        fresh = replace(fresh, penalty=gradebook.settle(self.book, self.course, self.assignment, fresh))
        if fresh != record:
            self._make_page(fresh.student)
            receipt.write_again(self.course, self.assignment, fresh)
        return fresh

    def _infrastructure(self, student: str, why: str) -> Record:
        return Record(student, "infrastructure", self.assignment.max_score, message=why)

    def _seed(self, student: str) -> int:
        return secret.seed(self.key, student, self.assignment.name)
