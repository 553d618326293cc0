"""Mutation testing of the hidden tests: each misconception is handed in as an answer and has to lose its points.

An author of an exercise sees here which mistakes a hidden test misses, and which cases notice the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from gdhelpers import misconceptions
from gdhelpers.checks.errors import Objection
from gdhelpers.hidden_tests import exercise, seed
from gdhelpers.hidden_tests.examination import Function, failing
from gdhelpers.misconceptions import Misconception

SEEDS = range(20)
"""The seeds that a hidden test is tried on."""


@dataclass(frozen=True)
class Mutant:
    """What became of one misconception, handed in as an answer."""

    misconception: Misconception
    survived: tuple[int, ...]
    """The seeds with which it got its points."""
    named: int
    """With how many seeds the hidden test named this very misconception."""
    seeds: int
    killed_by: dict[str, int]
    """For each case, with how many seeds it gave a wrong answer."""

    @property
    def killed(self) -> bool:
        """Whether it lost its points with every seed."""
        return not self.survived

    def as_json(self) -> dict[str, Any]:
        """Return what an author of exercises, or another grader, may want to know of it."""
        return {
            "slug": self.misconception.slug,
            "function": self.misconception.function,
            "sentence": self.misconception.sentence,
            "source": self.misconception.source,
            "seeds": self.seeds,
            "survived": list(self.survived),
            "named": self.named,
            "killed_by": self.killed_by,
        }


def mutants(function: str, seeds: Sequence[int] = SEEDS) -> list[Mutant]:
    """Hand in every misconception about a function, with each seed."""
    return [_tried(misconception, seeds) for misconception in misconceptions.of(function)]


def rejected(function: str, answers: Iterable[Function], seeds: Sequence[int] = SEEDS) -> list[tuple[str, int, str]]:
    """Return which right answers lose their points, with which seed, and what they are told."""
    lost = []
    for answer in answers:
        for number in seeds:
            problem = _objection(function, answer, number)
            if problem is not None:
                lost.append((answer.__name__, number, problem.message))
    return lost


def _tried(misconception: Misconception, seeds: Sequence[int]) -> Mutant:
    function, wrong = misconception.function, misconception.wrong
    problems = {number: _objection(function, wrong, number) for number in seeds}
    killed_by: dict[str, int] = {}
    for number in seeds:
        with seed.seeded(number):
            for name in failing(wrong, exercise.cases(function)):
                killed_by[name] = killed_by.get(name, 0) + 1
    named = sum(problem is not None and problem.misconception == misconception.slug for problem in problems.values())
    survived = tuple(number for number, problem in problems.items() if problem is None)
    return Mutant(misconception, survived, named, len(seeds), killed_by)


def _objection(function: str, answer: Function, number: int) -> Objection | None:
    with seed.seeded(number):
        try:
            exercise.hidden_test(function, answer)
        except Objection as problem:
            return problem
    return None
