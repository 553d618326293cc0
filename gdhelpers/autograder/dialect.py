"""Which Python a notebook was written for, where that is a later one than this.

This Python cannot tell a mistake from what only a later one understands. Then the notebook says with which it was
saved, and some of what is new can be recognised. The versions are those of "What's New in Python"
(docs.python.org/3/whatsnew).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence

from gdhelpers.autograder.bindings import bound, is_python
from gdhelpers.autograder.submission import Cell

LINE = 1000
"""Characters of a line beyond which nothing is recognised in it."""

_SINCE = (
    ((3, 12), re.compile(r"[ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+\w+[ \t]*\[")),
    ((3, 12), re.compile(r"[ \t]*type[ \t]+\w+[ \t]*(?:\[[^]]*\][ \t]*)?=")),
    ((3, 12), re.compile(r""".*?\b(?:[fF][rR]?|[rR][fF])(["'])(?:(?!\1)[^{])*\{(?:(?!\1)[^}])*\1[^}]*\}""")),
    ((3, 14), re.compile(r"[ \t]*except[ \t]+\w[\w.]*[ \t]*,[ \t]*\w[\w., ]*:")),
    ((3, 14), re.compile(r""".*?(?<!\w)[tT][rR]?["']""")),
)
"""How a line looks of what came with a version: type parameters, type aliases, quotes within an f-string, exceptions
without parentheses, t-strings."""


def later(cells: Sequence[Cell]) -> str | None:
    """Return the version of Python that a notebook was saved with, if it is later than this one."""
    found = (cell.python for cell in cells if cell.python is not None)
    return next((_name(python) for python in found if python > sys.version_info[:2]), None)


def unreadable(cells: Sequence[Cell]) -> tuple[str, frozenset[str]] | None:
    """Return the later Python that cells of code need which this one cannot read, and the names that they bind.

    A cell that raised `SyntaxError` where it was written is a mistake there, too.
    """
    odd = [cell for cell in cells if cell.kind == "code" and not cell.raised and not is_python(cell.source)]
    if (saved_with := later(odd)) is not None:
        return saved_with, _names(odd)
    needed = [(python, cell) for cell in odd if (python := _needed(cell.source)) is not None]
    if not needed:
        return None
    return _name(max(python for python, _ in needed)), _names([cell for _, cell in needed])


def _names(cells: Sequence[Cell]) -> frozenset[str]:
    return frozenset(name for cell in cells for name in bound(cell.source))


def _needed(source: str) -> tuple[int, int] | None:
    """Return the Python that brought what a cell is seen to use, if it is later than this one."""
    lines = [line for line in source.splitlines() if len(line) <= LINE]
    found = [since for since, form in _SINCE if any(map(form.match, lines))]
    return max((since for since in found if since > sys.version_info[:2]), default=None)


def _name(python: tuple[int, int]) -> str:
    return ".".join(map(str, python))
