"""All attacks together."""

from __future__ import annotations

from tests.attacks import (
    breaking,
    damage,
    damage_cells,
    escaping,
    flooding,
    forging_cells,
    forging_kernel,
    forging_wire,
    lying,
    markup,
    noise,
    patching,
    searching,
    searching_machine,
    tape,
)
from tests.attacks.attack import Attack

MODULES = (
    forging_cells, forging_kernel, forging_wire, patching, searching, searching_machine, breaking, flooding, escaping,
    lying, tape, markup, damage, damage_cells, noise,
)  # fmt: skip

ATTACKS: tuple[Attack, ...] = tuple(attack for module in MODULES for attack in module.ATTACKS)

OPEN = dict.fromkeys(
    ("factor-of-a-dummy-tape", "loss-made-of-the-formula", "tape-replaced-by-a-double", "factor-in-a-closure"),
    "docs/security.md: whether gradients come from a tape is measured in the student's process",
)
"""Attacks that do not get what they should, and why: known, and not mended yet."""


def of(*families: str) -> tuple[Attack, ...]:
    """Return the attacks of some families."""
    return tuple(attack for attack in ATTACKS if attack.family in families)


def named(name: str) -> Attack:
    """Return the attack of a name."""
    return next(attack for attack in ATTACKS if attack.name == name)
