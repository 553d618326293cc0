"""Right answers in the ways that students really write them: one module a graded function, one function a spelling."""

import inspect
from collections.abc import Callable
from importlib import import_module

from gdhelpers.cell import cell_source

Spelling = Callable[..., object]


def of(function: str) -> tuple[Spelling, ...]:
    """Return the right spellings of one graded function, in the order in which they are written down."""
    module = import_module(f"gdhelpers.spellings.{function}")
    return tuple(
        value
        for name, value in vars(module).items()
        if inspect.isfunction(value) and value.__module__ == module.__name__ and not name.startswith("_")
    )


def source(function: str, spelling: Spelling) -> str:
    """Return a spelling as the text of a solution cell."""
    return cell_source(spelling, function)
