"""Telling from what became of a test cell what it earned, and saying why in the student's words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gdhelpers.autograder.assignment import GradedCell
from gdhelpers.autograder.kernel import End
from gdhelpers.autograder.record import Outcome, Verdict
from gdhelpers.autograder.tested import Problem, Tested

RIGHT = "Right."
NO_ANSWER = "No answer was given."

PLACES = 3
"""How many of the places where something was written are named."""


@dataclass(frozen=True)
class Answer:
    """What is known of the answer that a test cell tests: whether it is unchanged, and why its cell did not run."""

    unchanged: bool
    problem: str | None


def of_test(cell: GradedCell, end: End, tested: Tested, answer: Answer, seconds: float) -> Verdict:
    """Judge a test cell that was run; `seconds` is the computing time that it was allowed."""
    name = cell.function or cell.grade_id
    outcome: Outcome
    problem = tested.problem
    if problem is None:
        outcome, message = "passed", RIGHT
    elif answer.unchanged:
        outcome, message = "missing", f"{name} is not answered: its cell is as it was released."
    elif end == "timeout":
        outcome, message = "timeout", f"{name} used more than {seconds:g} seconds of computing time and was stopped."
    else:
        outcome, message = _failed(name, problem, answer)
    told = problem if problem is not None and outcome in ("failed", "error") else Problem("", "")
    points = cell.points if outcome == "passed" else 0.0
    return Verdict(
        cell.grade_id, cell.function, points, cell.points, outcome, message, told.misconception, tested.seconds,
        told.residuals,
    )  # fmt: skip


def of_manual(cell: GradedCell, unchanged: bool, elsewhere: Sequence[str]) -> Verdict:
    """Leave an answer to a person, who is told below which headings there are words if not in its own cell."""
    message = "This answer is graded by hand."
    if unchanged and elsewhere:
        where = ", ".join(f'"{heading}"' for heading in elsewhere[:PLACES]) + (", ..." if elsewhere[PLACES:] else "")
        message = f"{message} Its own cell is as it was released; something was written elsewhere: below {where}."
    elif unchanged:
        message = NO_ANSWER
    return Verdict(cell.grade_id, None, None, cell.points, "manual", message)


def _failed(name: str, problem: Problem, answer: Answer) -> tuple[Outcome, str]:
    if problem.kind == "NameError" and f"'{name}' is not defined" in problem.message:
        return "missing", f"{name} is not defined{_because(answer.problem)}."
    if problem.lost:
        return "crashed", f"The Python process ended while {name} was tested, as by exit() or for want of memory."
    if problem.kind == "Interrupted":
        return "error", f"{name} was interrupted."
    if problem.kind == "Malformed":
        return "error", f"What came back when {name} was called is no answer: {problem.message}."
    if problem.raised is not None:
        return "error", f"{name} raised {problem.raised}."
    if problem.kind in ("AnswerRaised", "NotAnswered"):
        return "error", problem.message
    if problem.kind in ("WrongAnswer", "AssertionError"):
        return "failed", problem.message or f"A check of {name} failed."
    return "error", f"The answer of {name} cannot be tested: {problem.kind}: {_first_line(problem.message)}."


def _because(problem: str | None) -> str:
    return f": {problem}" if problem else ""


def _first_line(text: str) -> str:
    return text.strip().splitlines()[0] if text.strip() else "no message"
