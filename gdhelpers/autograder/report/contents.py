"""What a report holds: exercises, misconceptions, wrong answers that none explains, and who is not in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

MEANINGS = {
    "passed": "right",
    "failed": "wrong",
    "error": "error",
    "timeout": "too long",
    "crashed": "ended Python",
    "missing": "missing",
    "graded": "graded",
    "awaiting": "to be graded",
}
"""The outcomes in the order in which they are shown, each in the reader's words."""


@dataclass(frozen=True)
class Exercise:
    """How a class did on one graded cell."""

    name: str
    max_points: float
    outcomes: Mapping[str, int]
    """How many submissions had which outcome; where a person grades: graded, awaiting and missing."""
    seconds: Sequence[tuple[float, str]] = ()
    """How long the test of each answer took, with the student, the longest last."""
    by_hand: bool = False
    given: Sequence[float] = ()
    """The points that a person gave."""

    @property
    def passed(self) -> int:
        """How many got its points."""
        return self.outcomes.get("passed", 0)

    @property
    def total(self) -> int:
        """How many were graded, or wait for it."""
        return sum(self.outcomes.values())

    @property
    def rate(self) -> float:
        """The share that got its points."""
        return self.passed / self.total if self.total else 0.0

    @property
    def others(self) -> str:
        """The outcomes of those who did not get its points, with their counts.

        >>> Exercise("mse", 2.0, {"missing": 1, "passed": 4, "failed": 2}).others
        '2 wrong, 1 missing'
        """
        return ", ".join(
            f"{self.outcomes[outcome]} {meaning}"
            for outcome, meaning in MEANINGS.items()
            if outcome != "passed" and self.outcomes.get(outcome)
        )

    @property
    def median_seconds(self) -> float | None:
        """How long its test took for half of those who answered."""
        return median(seconds for seconds, _ in self.seconds) if self.seconds else None


@dataclass(frozen=True)
class Held:
    """A misconception, the sentence that students read, and who holds it."""

    slug: str
    exercise: str
    sentence: str
    students: Sequence[str]


@dataclass(frozen=True)
class Unexplained:
    """A wrong answer that no misconception explains: what was said of it, and its code."""

    exercise: str
    student: str
    message: str
    code: str


@dataclass(frozen=True)
class Absent:
    """Who is not in the report, or not with the work handed in last."""

    missing: Sequence[str] = ()
    """They handed nothing in."""
    ungraded: Sequence[str] = ()
    """What they handed in has no score yet, as after trouble with the machine."""
    changed: Sequence[str] = ()
    """They handed in something else after the grading."""


@dataclass(frozen=True)
class Report:
    """What a class did on one assignment."""

    assignment: str
    max_score: float
    scores: Mapping[str, float]
    """The score of each graded student, with what a person gave."""
    broken: Mapping[str, str]
    """Why a file could not be read, by student; these have a score of 0."""
    penalties: Mapping[str, float]
    """The points that are taken off because work was handed in late, by student; `scores` does not tell of them."""
    awaiting: int
    """How many submissions await a person."""
    exercises: Sequence[Exercise]
    misconceptions: Sequence[Held]
    unexplained: Sequence[Unexplained]
    absent: Absent
    versions: Mapping[str, Sequence[str]]
    """The versions with which the class was graded; more than one where some were graded again later."""

    @property
    def median_score(self) -> float:
        """The score that half of the class reached."""
        return median(self.scores.values())

    def unexplained_of(self, exercise: str) -> dict[str, list[Unexplained]]:
        """Return the unexplained answers to an exercise by what was said of them, the commonest first."""
        groups: dict[str, list[Unexplained]] = {}
        for answer in self.unexplained:
            if answer.exercise == exercise:
                groups.setdefault(answer.message, []).append(answer)
        return dict(sorted(groups.items(), key=lambda group: -len(group[1])))
