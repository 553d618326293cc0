"""The warm parents of this process: one for students' kernels, one for examiners, for each set of modules."""

from __future__ import annotations

from functools import lru_cache

from gdhelpers.autograder.surroundings import environment
from gdhelpers.kernels.parent import Parent

PARTS = ("gdhelpers.checks", "gdhelpers.data")
"""What notebooks of the course import beside libraries."""


@lru_cache(maxsize=4)
def of_kernels(modules: tuple[str, ...]) -> Parent:
    """Return the parent of students' kernels whose notebooks import these modules."""
    return Parent("gdhelpers.kernels.child:begin", (*modules, *PARTS), environment("/nonexistent"))


@lru_cache(maxsize=4)
def of_examiners(modules: tuple[str, ...]) -> Parent:
    """Return the parent of examiners; it has read the hidden tests, and no student's process comes from it."""
    return Parent("gdhelpers.autograder.test_cells:begin", (*modules, *PARTS), environment("/nonexistent"))
