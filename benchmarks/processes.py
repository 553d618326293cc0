"""The processes of a running `gd grade`, by what they are for, and the memory that each has for itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

import psutil

Role = Literal["command", "worker", "parent", "submission"]

WARM = "gd-parent"
"""What a warm parent calls itself."""

MB = 10**6


@dataclass(frozen=True)
class Use:
    """The memory of one process in MB: unique to it, its share of what is shared, and all that it sees."""

    role: Role
    uss: float
    pss: float
    rss: float


def uses(command: psutil.Process) -> Iterator[Use]:
    """Yield what each process of a command uses; one that ends meanwhile is left out."""
    tree = [command, *command.children(recursive=True)]
    parents = {process.pid: process.ppid() for process in tree if process.is_running()}
    warm = {process.pid for process in tree if _is_warm(process)}
    for process in tree:
        with suppress(psutil.NoSuchProcess, KeyError):
            memory = process.memory_full_info()
            role = role_of(process.pid, command.pid, parents, warm)
            yield Use(role, memory.uss / MB, memory.pss / MB, memory.rss / MB)


def role_of(process: int, command: int, parents: dict[int, int], warm: set[int]) -> Role:
    """Say what a process is for: what was forked from a warm parent, and is none itself, runs a submission."""
    if process == command:
        return "command"
    if process in warm:
        return "parent"
    at = process
    while at != command:
        at = parents[at]
        if at in warm:
            return "submission"
    return "worker"


def total(found: Sequence[Use], role: Role | None, figure: str) -> float:
    """Add up a figure of all processes of a role, or of all."""
    return float(sum(getattr(use, figure) for use in found if role in (None, use.role)))


def _is_warm(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return bool(process.name() == WARM)
    return False
