"""A misconception: a wrong version that runs, and the sentence that a student who wrote it should read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gdhelpers.cell import cell_source


@dataclass(frozen=True)
class Misconception:
    """A wrong version of a graded function, written as a student would write it.

    `sentence` says what happened and what to look at, and never the answer. `slug` names it: `sum-instead-of-mean`.
    """

    function: str
    sentence: str
    wrong: Callable[..., object]

    @property
    def slug(self) -> str:
        """The name, from that of the wrong version."""
        return self.wrong.__name__.replace("_", "-")

    @property
    def source(self) -> str:
        """The wrong version as a solution cell."""
        return cell_source(self.wrong, self.function)


def says(sentence: str) -> Callable[[Callable[..., object]], Misconception]:
    """Make a misconception of the decorated wrong version; the module that it stands in is named by the function."""

    def misconception(wrong: Callable[..., object]) -> Misconception:
        return Misconception(wrong.__module__.rpartition(".")[2], sentence, wrong)

    return misconception
