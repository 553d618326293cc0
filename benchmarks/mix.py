"""The mix of submissions that is measured: a fixed class whose scores are known, in a course directory."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from math import ceil
from pathlib import Path

from gdhelpers import sandbox
from gdhelpers.autograder.assignment import Assignment
from gdhelpers.autograder.course import Course
from gdhelpers.autograder.demonstration import ASSIGNMENT, KINDS, Pupil, hand_in, made_up_class
from gdhelpers.environment import CHECKOUT

NOT_FOR_STOCK = ("a broken file", "a cell that ends Python")
"""Kinds of work that stock nbgrader cannot grade: one stops it, the other costs it minutes."""

STOCK_USE = "\nstock.use(c)\n"
"""The line of the course's configuration that brings the examiner into nbgrader."""


def mix(assignment: Assignment, size: int, seed: int = 1) -> list[Pupil]:
    """Return a class of any size that stock nbgrader can grade: right, wrong, half done, untouched, slips."""
    usable = len(KINDS) - len(NOT_FOR_STOCK)
    pupils = made_up_class(assignment, len(KINDS) * ceil(size / usable), seed)
    return [pupil for pupil in pupils if pupil.work not in NOT_FOR_STOCK][:size]


def assignment() -> Assignment:
    """Read the assignment that is measured."""
    return Course(CHECKOUT).assignment(ASSIGNMENT)


def course(folder: Path, pupils: Sequence[Pupil], *, stock: bool = False) -> Course:
    """Make a course directory in which a class has handed in; with `stock` nbgrader grades it without the examiner."""
    config = (CHECKOUT / "nbgrader_config.py").read_text(encoding="utf-8")
    if STOCK_USE not in config:
        raise ValueError(f"nbgrader_config.py has no line {STOCK_USE.strip()!r}: stock nbgrader cannot be had from it.")
    folder.mkdir(parents=True)
    if stock:
        config = config.replace(STOCK_USE, "\n")
    elif lacking := sorted(sandbox.missing()):
        # The submissions are ours: they may run in as much of a sandbox as there is.
        config += f"\nc.Examiner.do_without = {lacking}\n"
    (folder / "nbgrader_config.py").write_text(config, encoding="utf-8")
    for part in ("source", "release"):
        shutil.copytree(CHECKOUT / part / ASSIGNMENT, folder / part / ASSIGNMENT)
    made = Course(folder)
    hand_in(made, made.assignment(ASSIGNMENT), pupils)
    return made


def differences(pupils: Sequence[Pupil], scores: Mapping[str, float | None]) -> list[str]:
    """Say for each pupil whose score is not the known one what was expected and what came."""
    return [
        f"{pupil.name} ({pupil.work}): expected {pupil.score:g}, got {scores.get(pupil.name)}"
        for pupil in pupils
        if scores.get(pupil.name) != pupil.score
    ]
