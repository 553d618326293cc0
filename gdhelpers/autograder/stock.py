"""The same engine under nbgrader's own commands and its formgrader.

nbgrader reads a submission and writes what its preprocessors make of it. Two of ours stand for all of its own: one puts
the answers into the released notebook, the other has it examined and keeps the scores.
"""

from __future__ import annotations

import threading
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

from nbgrader.api import MissingEntry
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets.config import Config

from gdhelpers.autograder import gradebook, handed_in, pages, parents, receipt, secret
from gdhelpers.autograder.assignment import Assignment
from gdhelpers.autograder.course import Course
from gdhelpers.autograder.examination import Examined, examine
from gdhelpers.autograder.files import find
from gdhelpers.autograder.rebuild import rebuild
from gdhelpers.autograder.submission import Submission, Unreadable, read_cells
from gdhelpers.trouble import Trouble

IDLE = 60.0
"""Seconds for which parents are kept warm: the next submission of a class comes at once."""

NOT_GRADED = "nbgrader could not read this submission, so it is not graded. A person has to look at it."


def use(config: Config) -> None:
    """Let `nbgrader autograde`, and with it the formgrader's button, grade as `gd grade` does."""
    config.Autograde.sanitize_preprocessors = [Rebuild]
    config.Autograde.autograde_preprocessors = [Examine]
    config.Autograde.pre_convert_hook = clear_marks


class Rebuild(NbGraderPreprocessor):  # type: ignore[misc]
    """Puts the answers of a submission into the released notebook; nothing else of it gets further."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Return the rebuilt notebook; one that cannot be read is left to `Examine`."""
        _, assignment, submission = _task(resources)
        with suppress(Unreadable):
            nb = rebuild(assignment, read_cells(submission.content)).notebook
        return nb, resources


class Examine(NbGraderPreprocessor):  # type: ignore[misc]
    """Has a submission examined, and keeps its scores, its comments and its receipt."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Return the notebook that was run; raises `NbGraderException` for trouble that is not the student's."""
        del nb
        course, assignment, submission = _task(resources)
        seed = secret.seed(secret.read_or_make(course.root), submission.student, assignment.name)
        examined = _examined(assignment, submission, seed)
        when = handed_in.when(course, assignment, submission.student)
        with gradebook.opened(course) as book:
            penalty = gradebook.write(book, course, assignment, examined.record, when)
        examined = examined.less(penalty)
        receipt.write(course, assignment, examined, submission.content)
        return pages.autograded(course, examined), resources


def clear_marks(assignment: str, student: str, notebooks: list[str]) -> None:
    """Take back the automatic scores of an earlier attempt: nbgrader may refuse the new one and would leave them."""
    del student  # may stand for all of them
    course = Course(Path.cwd())
    known = course.assignment(assignment)
    with gradebook.opened(course) as book:
        for name in {course.student_of(Path(notebook), assignment) for notebook in notebooks}:
            with suppress(MissingEntry):
                gradebook.clear(book, known, name, NOT_GRADED)


def _task(resources: Any) -> tuple[Course, Assignment, Submission]:
    """Say what is to be graded."""
    about = resources["nbgrader"]
    course = Course(Path.cwd(), db_url=about["db_url"])
    assignment = course.assignment(about["assignment"])
    folder = course.folder("submitted", about["student"], assignment.name)
    submission = find(folder, assignment, about["student"])
    if submission is None:
        raise NbGraderException(f"There is no submission in {folder}.")
    return course, assignment, submission


def _examined(assignment: Assignment, submission: Submission, seed: int) -> Examined:
    """Examine in a thread of its own: that of the formgrader's server has an event loop already."""
    try:
        return _warm.executor().submit(examine, assignment, submission, seed).result()
    except Trouble as error:
        raise NbGraderException(str(error)) from error
    except Exception as error:
        raise NbGraderException(f"The grader failed, not the submission: {type(error).__name__}: {error}") from error


class _Warm:
    """A thread in which to examine, and warm parents that are kept for a while."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._executor = ThreadPoolExecutor(1)
        self._timer: threading.Timer | None = None

    def executor(self) -> Executor:
        """Return the executor, and end the parents when it has not been asked for in a while."""
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
            self._timer = threading.Timer(IDLE, parents.close)
            self._timer.daemon = True
            self._timer.start()
            return self._executor


_warm = _Warm()
