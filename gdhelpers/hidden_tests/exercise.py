"""The graded functions, and for each its hidden test and the cases that it asks."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from types import ModuleType

from gdhelpers.hidden_tests.case import Case
from gdhelpers.hidden_tests.examination import Function

MODULES = ("autograd", "linear_regression", "logistic_regression")
"""The modules of the hidden tests, one an assignment."""

CASES = "_cases"
"""A function `NAME_cases` in one of them draws the cases of the graded function NAME."""


def functions() -> Iterator[str]:
    """Yield the names of all graded functions, assignment by assignment."""
    for module in _modules():
        for name in vars(module):
            if name.endswith(CASES) and not name.startswith("_"):
                yield name.removesuffix(CASES)


def cases(function: str) -> list[Case]:
    """Draw the cases of a function from the present seed."""
    found: list[Case] = getattr(_module_of(function), function + CASES)()
    return found


def hidden_test(function: str, answer: Function) -> None:
    """Run the hidden test of a function on an answer; returns where it is right, and raises an `Objection` else."""
    getattr(_module_of(function), function)(answer)


def _modules() -> Iterator[ModuleType]:
    return (import_module(f"gdhelpers.hidden_tests.{name}") for name in MODULES)


def _module_of(function: str) -> ModuleType:
    return next(module for module in _modules() if hasattr(module, function + CASES))
