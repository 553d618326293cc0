"""A case: one question that a hidden test puts to a function."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, eq=False)
class Case:
    """One question to a function: its arguments, and the answer that is expected within the budget.

    `name` tells a student what kind of case it is ("one row", "small numbers"). An expected `RuntimeError` means that
    the function has to raise it. A long case is asked `once`, and only when the others are right.
    """

    name: str
    arguments: tuple[object, ...]
    expected: Any
    budget: Any = None
    once: bool = False

    @property
    def times(self) -> int:
        """How often it is asked in a row, with the same objects."""
        return 1 if self.once else 2


Arguments = tuple[Any, ...]


def neighbours(names: Sequence[str], base: Arguments, other: Arguments) -> Iterator[tuple[str, Arguments]]:
    """Yield arguments that differ from `base` in one place, where they are those of `other`, each with a case's name.

    An answer that was kept from an earlier call, and is found again by some of the arguments only, belongs to others.

    >>> list(neighbours(("x", "steps"), (1.0, 3), (2.0, 4)))
    [('as before, but for x', (2.0, 3)), ('as before, but for steps', (1.0, 4))]
    """
    for place, name in enumerate(names):
        yield f"as before, but for {name}", (*base[:place], other[place], *base[place + 1 :])
