"""The warm parents of this process: one for students' kernels, and one for examiners that is forked from it."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from gdhelpers.autograder.imports import imported_by
from gdhelpers.autograder.surroundings import environment
from gdhelpers.environment import home
from gdhelpers.kernels.parent import Branch, Parent
from gdhelpers.kernels.preload import loaded_with
from gdhelpers.trouble import Trouble

PARTS = ("gdhelpers.checks", "gdhelpers.data")
"""What notebooks of the course import beside libraries."""

TESTS = ("gdhelpers.autograder.test_cells",)
"""What examiners need: the hidden tests. No student's process is forked from a parent that has read them."""

KEPT = 2
"""For so many assignments parents are kept: they hold most of the memory that grading takes."""


class Parents:
    """Parents by the modules that they import; those that were asked for last are kept."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: dict[tuple[str, ...], tuple[Parent, Parent]] = {}

    def of(self, modules: Sequence[str]) -> tuple[Parent, Parent]:
        """Return the parents of students' kernels and of examiners whose notebooks import these modules."""
        wanted = loaded_with((*modules, *PARTS))
        with self._lock:
            pair = self._found.pop(wanted, None)
            if pair is None:
                kernels = Parent(wanted, environment("/nonexistent"))
                pair = kernels, Branch(kernels, TESTS)
            self._found[wanted] = pair
            for old in list(self._found)[:-KEPT]:
                _close(self._found.pop(old))
        return pair

    def close(self) -> None:
        """End all parents; what was forked from them goes on."""
        with self._lock:
            for pair in self._found.values():
                _close(pair)
            self._found.clear()


def _close(pair: tuple[Parent, Parent]) -> None:
    for parent in reversed(pair):
        parent.close()


_parents = Parents()


def of_kernels(modules: Sequence[str]) -> Parent:
    """Return the parent of students' kernels whose notebooks import these modules."""
    return _parents.of(modules)[0]


def of_examiners(modules: Sequence[str]) -> Parent:
    """Return the parent of examiners for notebooks that import these modules."""
    return _parents.of(modules)[1]


def warm(root: Path, name: str) -> None:
    """Let the parents for an assignment of a course begin to import, before this process has imported what grades.

    What is wrong with the assignment is said when it is read to be graded.
    """
    with suppress(Trouble):
        for path in (home("source", root) / "source" / name).glob("*.ipynb"):
            of_examiners(imported_by(path)).warm()


def close() -> None:
    """End all parents of this process."""
    _parents.close()
