"""Telling from what became of a test cell what it earned, and saying why in the student's words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from gdhelpers.autograder.assignment import GradedCell
from gdhelpers.autograder.kernel import CellRun, Limits
from gdhelpers.autograder.record import Outcome, Verdict

RIGHT = "Right."
NO_ANSWER = "No answer was given."
ANSI = re.compile(r"\x1b\[[0-9;]*m")


def of_test(cell: GradedCell, run: CellRun, answer: Answer, limits: Limits) -> Verdict:
    """Judge a test cell that was run."""
    outcome, message, misconception = _judge(cell, run, answer, limits)
    points = cell.points if outcome == "passed" else 0.0
    return Verdict(cell.grade_id, cell.function, points, cell.points, outcome, message, misconception, run.seconds)


def of_manual(cell: GradedCell, unchanged: bool) -> Verdict:
    """Leave an answer to a person."""
    message = NO_ANSWER if unchanged else "This answer is graded by hand."
    return Verdict(cell.grade_id, None, None, cell.points, "manual", message)


class Answer:
    """What is known of the answer that a test cell tests: whether it is unchanged, and the cells that were run."""

    def __init__(self, unchanged: bool, problem: str | None, sources: Sequence[str]) -> None:
        self.unchanged = unchanged
        self.problem = problem
        self._lines = {line.strip() for source in sources for line in source.splitlines()}

    def line_of(self, error: Any) -> str | None:
        """Return the student's line in which an error arose: the last marked one that stands in a student's cell."""
        shown = [line for text in error.traceback for line in ANSI.sub("", text).splitlines()]
        marked = [found[1].strip() for line in shown if (found := re.match(r"\s*-+> *\d+ (.*)", line))]
        return next((line for line in reversed(marked) if line in self._lines), None)


def _judge(cell: GradedCell, run: CellRun, answer: Answer, limits: Limits) -> tuple[Outcome, str, str | None]:
    name = cell.function or cell.grade_id
    if run.end == "timeout":
        return "timeout", f"{name} used more than {limits.cpu:g} seconds of computing time and was stopped.", None
    if run.end == "crashed":
        return "crashed", f"The Python process ended while {name} was tested, as by exit() or for want of memory.", None
    error = run.error
    if error is None:
        return "passed", RIGHT, None
    if answer.unchanged:
        return "missing", f"{name} is not answered: its cell is as it was released.", None
    if error.ename == "NameError" and f"'{name}' is not defined" in error.evalue:
        return "missing", f"{name} is not defined{_because(answer.problem)}.", None
    if error.ename == "WrongAnswer":
        return "failed", *_without_slug(error.evalue)
    if error.ename in ("AnswerRaised", "NotAnswered"):
        return "error", *_without_slug(error.evalue)
    if error.ename == "AssertionError":
        return "failed", error.evalue or f"A check of {name} failed.", None
    line = answer.line_of(error)
    where = f" in the line `{line}`" if line else ""
    return "error", f"{name} raised {error.ename}: {_first_line(error.evalue)}{where}.", None


def _without_slug(text: str) -> tuple[str, str | None]:
    found = re.fullmatch(r"(.*) \[([a-z0-9-]+)\]", text, flags=re.DOTALL)
    return (found[1], found[2]) if found else (text, None)


def _because(problem: str | None) -> str:
    return f": {problem}" if problem else ""


def _first_line(text: str) -> str:
    return text.strip().splitlines()[0] if text.strip() else "no message"
