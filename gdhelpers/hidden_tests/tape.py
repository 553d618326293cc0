"""Telling whether the gradients that an answer returns come from a `tf.GradientTape`.

What the tape gives is multiplied by a factor, and what the answer returns has to be multiplied by it, too. An answer
that opens a tape and returns a formula does not follow.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gdhelpers.checks.comparator import compare
from gdhelpers.checks.errors import NotAnswered, WrongAnswer
from gdhelpers.hidden_tests.call import Reply, ask
from gdhelpers.hidden_tests.case import Case
from gdhelpers.hidden_tests.examination import Function, are_right
from gdhelpers.wire.raised import Raised
from gdhelpers.wire.tape import Replaced

FACTOR = 4.0
"""What gradients of a tape are multiplied by, to see whether an answer is made of them; it rounds nothing."""

USES = (1, 2, 3)
"""How many gradients of a tape may be chained to an answer, by `output_gradients`: each brings the factor once."""


ASKED = 2
"""In how many cases the tape is looked for."""


def demand(answer: Function, cases: Sequence[Case]) -> None:
    """Raise an `Objection` where the gradients are not right, or do not come from a tape."""
    _demand_right_gradients(cases, ask(answer, [case.arguments for case in cases], times=2))
    traced = cases[:ASKED]
    for case, (reply,) in zip(traced, ask(answer, [case.arguments for case in traced], 1, FACTOR), strict=True):
        _demand_tape(case, reply.value)


def _demand_right_gradients(cases: Sequence[Case], answers: list[list[Reply]]) -> None:
    first = answers[0][0].value
    if isinstance(first, Raised) and "NotImplementedError" in first.kinds:
        raise NotAnswered("logistic_gradients is not answered yet: it raises NotImplementedError.")
    if not are_right(cases, answers):
        raise WrongAnswer(
            "This point is for right gradients that come from the tape, and what logistic_gradients returns is not "
            "right yet: the checks above say more."
        )


def _demand_tape(case: Case, value: Any) -> None:
    if isinstance(value, Raised) and value.kinds[0] == Replaced.__name__:
        raise WrongAnswer(
            "Whether the gradients come from a tape cannot be seen: this notebook replaced `tf.GradientTape.gradient`. "
            "This point is for gradients of TensorFlow's own tape."
        )
    if isinstance(value, Raised):
        raise WrongAnswer(
            f"The gradients are right, but they cannot be traced to a tape: with other gradients from the tape, "
            f"logistic_gradients raised {value}."
        )
    parts = zip(("dW", "db"), value, case.expected, case.budget, strict=True)
    by_hand = [part for part, *numbers in parts if not scales(*numbers)]
    if by_hand:
        raise WrongAnswer(
            f"The gradients are right, but {' and '.join(by_hand)} did not come from the tape. This point is for "
            "returning what the `gradient` of a `tf.GradientTape` gives, without a formula derived by hand."
        )


def scales(value: Any, expected: Any, budget: Any) -> bool:
    """Whether a gradient has been multiplied by the factor of the tape."""
    factors = (FACTOR**uses for uses in USES)
    return any(compare(value, factor * expected, factor * budget) is None for factor in factors)
