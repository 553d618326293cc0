"""Examining one function: cases go out, replies come back, and the first thing that is wrong is said in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from gdhelpers.checks.comparator import Mismatch, compare, residual
from gdhelpers.checks.errors import AnswerRaised, NotAnswered, WrongAnswer
from gdhelpers.checks.plain import NotPlainError
from gdhelpers.hidden_tests.call import Reply, ask
from gdhelpers.hidden_tests.case import Case
from gdhelpers.hidden_tests.diagnosis import diagnose
from gdhelpers.hidden_tests.exceptions import usual_cause
from gdhelpers.hidden_tests.pattern import is_multiple, pattern
from gdhelpers.wire.raised import Raised

Function = Callable[..., object]


def examine(function: Function, name: str, cases: Sequence[Case]) -> list[list[Reply]]:
    """Ask each case twice, then those that are asked once, and the first once more at the end.

    No answer may depend on what was asked before. The cases that are asked once stand at the end of `cases`.

    Returns the answers where all are right. Raises `NotAnswered`, `AnswerRaised` or `WrongAnswer`, whose message says
    what is wrong in the first case that is, with the misconception that explains all the answers, if one does.
    """
    twice, once = [case for case in cases if not case.once], [case for case in cases if case.once]
    answers = ask(function, [case.arguments for case in twice], times=2)
    _demand_right(name, twice, answers)
    *more, again = ask(function, [case.arguments for case in [*once, twice[0]]])
    answers += more
    _demand_right(name, [*twice, *once], answers)
    if _first_problem(twice[0], again) is not None:
        words = f"{name} answers the first question otherwise when it is asked again after others."
        raise WrongAnswer(words, residuals={"the first, asked again": None})
    return answers


def _demand_right(name: str, cases: Sequence[Case], answers: list[list[Reply]]) -> None:
    """Raise an `Objection` to the first answer that is wrong."""
    for case, replies in zip(cases, answers, strict=True):
        problem = _first_problem(case, replies)
        if problem is not None:
            raise _objection(name, cases, answers, case, problem)


def are_right(cases: Sequence[Case], answers: Sequence[Sequence[Reply]]) -> bool:
    """Whether the answers to all cases are right, the second time too, and leave the arguments as they were."""
    return all(_first_problem(case, replies) is None for case, replies in zip(cases, answers, strict=True))


def _first_problem(case: Case, replies: Sequence[Reply]) -> Mismatch | None:
    """Return what is wrong with the replies to one case: with the first answer, its side effects, or the second."""
    first, *others = replies
    problem = _problem(case, first)
    if problem is None and first.changes:
        return Mismatch("side effect", f"it changed {first.changes[0]}, but arguments must be left as they were")
    if problem is None and any(_problem(case, other) is not None for other in others):
        return Mismatch("second call", f"a second call with the same arguments {_how_else(first, others[-1])}")
    return problem


def _how_else(first: Reply, second: Reply) -> str:
    """Say how the answer to a second call differs from that to the first."""
    if isinstance(second.value, Raised):
        return f"raised {second.value}"
    if is_multiple(second.value, first.value, 2.0):
        return "gives twice the answer: something adds up from call to call"
    return "gives another answer: something is kept from call to call"


def _problem(case: Case, reply: Reply) -> Mismatch | None:
    """Return what is wrong with a reply."""
    raised = reply.value if isinstance(reply.value, Raised) else None
    if raised is not None and raised.kinds[0] == "NotImplementedError":
        return Mismatch("not answered", "it raises NotImplementedError")
    if case.expected is RuntimeError:
        return _wrong_exception(raised)
    if raised is not None:
        return Mismatch("raised", f"it raised {raised}")
    if isinstance(reply.value, NotPlainError):
        return Mismatch("type", f"it is {reply.value}")
    return compare(reply.value, case.expected, case.budget)


def _wrong_exception(raised: Raised | None) -> Mismatch | None:
    if raised is None:
        return Mismatch("value", "it should have raised RuntimeError, but it returned")
    if "RuntimeError" not in raised.kinds or "RecursionError" in raised.kinds:
        return Mismatch("raised", f"it should have raised RuntimeError, but it raised {raised}")
    return None


def _objection(
    name: str, cases: Sequence[Case], answers: list[list[Reply]], case: Case, problem: Mismatch
) -> Exception:
    """Say what is wrong, by its cause if it can be named."""
    if problem.kind == "not answered":
        return NotAnswered(f"{name} is not answered yet: it raises NotImplementedError.")
    kind = AnswerRaised if problem.kind == "raised" else WrongAnswer
    asked = list(zip(cases, answers, strict=True))
    wrong = {each.name: _residual(each, replies) for each, replies in asked if _first_problem(each, replies)}
    misconception = diagnose(answers, name, cases)
    if misconception is not None:
        what = f" It {problem.message.removeprefix('it ')}." if problem.kind == "raised" else ""
        return kind(f"{misconception.sentence}{what} (First seen in the case: {case.name}.)", misconception.slug, wrong)
    hints = (_cause(case, answers[cases.index(case)]), pattern(cases, answers, list(wrong)))
    more = "".join(f" {hint}" for hint in hints if hint)
    return kind(f"{name} is not right yet: {problem.message} (case: {case.name}).{more}", residuals=wrong)


def _residual(case: Case, replies: Sequence[Reply]) -> float | None:
    """Return how many times its budget the first answer to a case is off."""
    value = replies[0].value
    if isinstance(value, Raised | NotPlainError) or case.expected is RuntimeError:
        return None
    return residual(value, case.expected, case.budget)


def _cause(case: Case, replies: Sequence[Reply]) -> str | None:
    """Return the usual cause of what was raised, unless raising was asked for."""
    raised = next((reply.value for reply in replies if isinstance(reply.value, Raised)), None)
    if raised is None or case.expected is RuntimeError:
        return None
    return usual_cause(raised.kinds[0], raised.message)
