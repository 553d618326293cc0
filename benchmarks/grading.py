"""Whole commands that grade a class: `gd grade`, and `nbgrader autograde` as it comes, without the examiner."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook

from benchmarks import mix
from benchmarks.command import Look, Timed, finished, timed
from gdhelpers.autograder.course import Course
from gdhelpers.autograder.demonstration import ASSIGNMENT, Pupil


@dataclass(frozen=True)
class Graded:
    """How long a command took to grade a class, when each submission was done, and which scores are not the known."""

    timed: Timed
    done: tuple[float, ...]
    """Seconds from the start of the command until each graded notebook was written, in order."""
    differences: tuple[str, ...]

    def row(self) -> dict[str, Any]:
        """Return the figures of one submission: seconds on the clock, and of the CPU."""
        size = len(self.done)
        return {
            "submissions": size,
            "seconds": self.timed.seconds / size,
            "cpu_seconds": self.timed.cpu_seconds / size,
            "whole_seconds": self.timed.seconds,
            "wrong_scores": len(self.differences),
            "differences": list(self.differences),
        }


def gd(pupils: Sequence[Pupil], workers: int | None = None, look: Look | None = None, every: float = 1.0) -> Graded:
    """Grade a class with `gd grade`."""
    options = [] if workers is None else ["--workers", str(workers)]
    with tempfile.TemporaryDirectory() as folder:
        course = mix.course(Path(folder) / "course", pupils)
        return _graded(course, pupils, ["gd", "grade", ASSIGNMENT, "--course", ".", *options], look, every)


def stock(pupils: Sequence[Pupil]) -> Graded:
    """Grade a class with nbgrader alone; that it makes the assignment first is not timed."""
    with tempfile.TemporaryDirectory() as folder:
        course = mix.course(Path(folder) / "course", pupils, stock=True)
        timed(["nbgrader", "generate_assignment", ASSIGNMENT, "--force"], course.root)
        return _graded(course, pupils, ["nbgrader", "autograde", ASSIGNMENT])


@cache
def takes_workers() -> bool:
    """Whether `gd grade` can be told how many submissions it grades at a time."""
    command = [str(Path(sys.executable).parent / "gd"), "grade", "--help"]
    return "--workers" in subprocess.run(command, capture_output=True, text=True, check=True).stdout


def _graded(
    course: Course, pupils: Sequence[Pupil], command: Sequence[str], look: Look | None = None, every: float = 1.0
) -> Graded:
    taken = timed(command, course.root, look, every, finished(course.root, len(pupils)))
    written = sorted(path.stat().st_mtime for path in course.root.glob("autograded/*/*/*.ipynb"))
    with Gradebook(course.db_url, course.course_id) as book:
        scores = {submission.student.id: submission.score for submission in book.assignment_submissions(ASSIGNMENT)}
    return Graded(taken, tuple(time - taken.began for time in written), tuple(mix.differences(pupils, scores)))
