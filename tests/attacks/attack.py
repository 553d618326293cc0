"""An attack: a submission that tries to get, break or hide something, and what grading it should give."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gdhelpers.autograder.assignment import Assignment

PS1, PS2, PS3 = "ps1-autograd", "ps2-linear-regression", "ps3-logistic-regression"

POINTS = {
    PS1: {"test-derivative": 2.0, "test-accumulated_grad": 2.0, "test-descend": 3.0, "test-minimise": 3.0},
    PS2: {
        "test-mse": 2.0,
        "test-mse_gradients": 3.0,
        "test-fit_linear": 3.0,
        "test-mse_gradients_tf": 3.0,
        "test-fit_linear_tf": 4.0,
    },
    PS3: {
        "test-predict_proba": 2.0,
        "test-log_loss": 2.0,
        "test-logistic_gradients": 5.0,
        "test-logistic_gradients-tape": 1.0,
        "test-fit_logistic": 4.0,
        "test-log_loss_from_logits": 3.0,
        "test-accuracy": 1.0,
    },
}
"""The points of every test cell; what a person grades is not in it."""

FAMILIES = ("forging", "searching", "breaking", "flooding", "escaping", "lying", "markup", "damage", "noise")

UNSAFE = ("breaking", "flooding", "escaping")
"""Families that may harm the machine of a grader without a sandbox."""

LEAKED = "LEAKED-TO-A-STUDENT"
"""What an attack prints or returns when it found what it looked for; it must stand nowhere."""

CANARY = "GD_CANARY"
"""An environment variable that a test sets, to any value, in the process that calls `examine`: attacks look for it."""

PORT = 47114
"""A port of 127.0.0.1 at which a test may listen: attacks try to reach it."""

TRACE = "gd-attack-was-here"
"""How every file begins that an attack writes outside its work folder."""


@dataclass(frozen=True)
class Attack:
    """A submission and what grading it should give.

    `honest` holds the points that each test cell deserves; it is empty where the file cannot be read. `says` are words
    of the message of a test or of the record. `forbidden` must stand in no message, output or page; of the family
    "markup", in no page.
    """

    name: str
    family: str
    assignment: str
    what: str
    build: Callable[[Assignment], bytes]
    honest: dict[str, float]
    status: str = "graded"
    says: str | None = None
    forbidden: tuple[str, ...] = ()
    sandboxed: bool = False

    @property
    def score(self) -> float:
        """The points of the honest part."""
        return sum(self.honest.values())

    @property
    def safe(self) -> bool:
        """Whether it may be graded without a sandbox, on a machine that others use."""
        return self.family not in UNSAFE and not self.sandboxed


def deserved(assignment: str, *lost: str) -> dict[str, float]:
    """Return all points of an assignment but those of the named functions; `-tape` names the tape's point alone.

    >>> deserved("ps1-autograd", "minimise")["test-minimise"]
    0.0
    """
    gone = {f"test-{name}" for name in lost}
    return {
        grade_id: 0.0 if grade_id in gone or (grade_id.removesuffix("-tape") in gone) else points
        for grade_id, points in POINTS[assignment].items()
    }
