"""The commands of `gd`: one module each, found by its name.

A module says what its command is called by its own name, explains it in its docstring, and has `configure(parser)`,
which adds the options, and `run(options)`, which returns the exit code. What takes time to import is imported in `run`.
"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType

DONE, DIFFERS, WRONG, UNGRADED = 0, 1, 2, 3
"""Exit codes: all is well; a check failed; the call was wrong; the grader had trouble of its own."""


def found() -> Iterator[ModuleType]:
    """Yield the modules of the commands that this installation has: students have fewer."""
    for module in pkgutil.iter_modules(__path__):
        yield importlib.import_module(f"{__name__}.{module.name}")


def positive(text: str) -> int:
    """Read a number from 1 on, as the type of an option.

    >>> positive("24")
    24
    """
    number = int(text) if text.isdecimal() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"expected a number from 1 on, not {text!r}")
    return number
