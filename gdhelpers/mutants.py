"""Mutation testing of the hidden tests: each misconception is handed in as an answer and has to lose its points.

An author of an exercise sees here which mistakes a hidden test misses, and which cases notice the others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from gdhelpers import misconceptions
from gdhelpers.checks.errors import Objection
from gdhelpers.checks.plain import Plain, plain
from gdhelpers.hidden_tests import exercise, seed
from gdhelpers.hidden_tests.examination import Function
from gdhelpers.misconceptions import Misconception

SEEDS = range(20)
"""The seeds that a hidden test is tried on."""


@dataclass(frozen=True)
class Mutant:
    """What became of one misconception, handed in as an answer."""

    misconception: Misconception
    survived: tuple[int, ...]
    """The seeds with which it got its points."""
    named_as: dict[str, int]
    """Which misconceptions the hidden test named, and with how many seeds: a row of the confusion matrix."""
    seeds: int
    killed_by: dict[str, int]
    """For each case, with how many seeds it gave a wrong answer."""

    @property
    def killed(self) -> bool:
        """Whether it lost its points with every seed."""
        return not self.survived

    @property
    def named(self) -> int:
        """With how many seeds the hidden test named this very misconception."""
        return self.named_as.get(self.misconception.slug, 0)

    def as_json(self) -> dict[str, Any]:
        """Return what an author of exercises, or another grader, may want to know of it."""
        return {
            "slug": self.misconception.slug,
            "function": self.misconception.function,
            "sentence": self.misconception.sentence,
            "source": self.misconception.source,
            "seeds": self.seeds,
            "survived": list(self.survived),
            "named_as": self.named_as,
            "killed_by": self.killed_by,
        }


def mutants(function: str, seeds: Sequence[int] = SEEDS) -> list[Mutant]:
    """Hand in every misconception about a function, with each seed."""
    return [_tried(misconception, seeds) for misconception in misconceptions.of(function)]


@dataclass(frozen=True)
class Pair:
    """What became of an answer that holds two misconceptions at once: `named` is one of them, another one, or None."""

    first: Misconception
    second: Misconception
    right: bool
    """Whether the two cancel, so that the answer is right."""
    named: str | None

    @property
    def misnamed(self) -> bool:
        """Whether a misconception was named that the answer does not hold."""
        return self.named not in (None, self.first.slug, self.second.slug)


def pairs(function: str, right: Function, number: int) -> Iterator[Pair]:
    """Hand in every two misconceptions together, with one seed, where what they do to right numbers can be combined.

    Each multiplies the right numbers by factors of its own, and both together by both; counts they shift.
    """
    for first, second in combinations(misconceptions.of(function), 2):
        try:
            problem = _objection(function, _both(first.wrong, second.wrong, right), number)
        except _NotCombinableError:
            continue
        yield Pair(first, second, problem is None, problem.misconception if problem else None)


class _NotCombinableError(BaseException):
    """Two answers are not numbers of one shape; not an `Exception`, which the hidden test would take for an answer."""


def _both(first: Function, second: Function, right: Function) -> Function:
    def answer(*arguments: object) -> object:
        try:
            expected = plain(right(*arguments))
        except RuntimeError:  # where raising is right, the first that does something else decides
            return first(*arguments)
        try:
            return _combined(plain(first(*arguments)), plain(second(*arguments)), expected)
        except Exception as error:
            raise _NotCombinableError from error

    return answer


def _combined(a: Plain, b: Plain, r: Plain) -> Plain:
    if all(isinstance(value, list | tuple) and len(value) == len(r) for value in (a, b, r)):
        return tuple(map(_combined, a, b, r))
    if all(type(value) is int for value in (a, b, r)):
        return a + b - r
    numbers = [np.asarray(value) for value in (a, b, r) if isinstance(value, float | np.ndarray)]
    if len(numbers) < 3 or len({number.shape for number in numbers}) > 1:
        raise _NotCombinableError
    with np.errstate(all="ignore"):
        return numbers[0] * numbers[1].astype(np.float64) / numbers[2]


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
    killed_by = Counter(case for problem in problems.values() if problem for case in problem.residuals)
    named = Counter(problem.misconception for problem in problems.values() if problem and problem.misconception)
    survived = tuple(number for number, problem in problems.items() if problem is None)
    return Mutant(misconception, survived, dict(named), len(seeds), dict(killed_by))


def _objection(function: str, answer: Function, number: int) -> Objection | None:
    with seed.seeded(number):
        try:
            exercise.hidden_test(function, answer)
        except Objection as problem:
            return problem
    return None
