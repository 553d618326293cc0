"""What wrong answers compute: one module a graded function, each misconception an executable wrong version."""

from functools import cache
from importlib import import_module

from gdhelpers.misconceptions.misconception import Misconception, says

__all__ = ["Misconception", "of", "says"]


@cache
def of(function: str) -> tuple[Misconception, ...]:
    """Return the misconceptions about one graded function, in the order in which they are written down."""
    module = import_module(f"gdhelpers.misconceptions.{function}")
    return tuple(value for value in vars(module).values() if isinstance(value, Misconception))
