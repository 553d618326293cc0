"""How many submissions this machine can examine at a time: by the processors and the memory that are allowed.

Containers and batch systems allow less than is there, by control groups: see cgroups(7), and Linux's cgroup-v2.rst.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

GROUPS, MOUNTS = Path("/proc/self/cgroup"), Path("/sys/fs/cgroup")

SHARED, EACH = 2 << 30, 512 << 20
"""Bytes that the warm parents and the command take once, and that a running submission takes, both generously."""


def workers() -> int:
    """Return how many submissions to examine at a time, if nobody says how many: one a processor, if they fit."""
    fitting = (max(limit - SHARED, 0) // EACH for limit in _memory_limits())
    return max(1, min([processors(), *fitting]))


def processors() -> int:
    """Return how many processors this process may use: by its affinity, and by the quotas of its control groups."""
    there = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min([there, *map(math.ceil, _quotas())]))


def _quotas() -> Iterator[float]:
    """Yield the quotas of processors of the groups of this process, those that there are."""
    for folder in _folders("cpu"):
        with suppress(OSError, ValueError, ZeroDivisionError):
            quota, period = (folder / "cpu.max").read_text().split()
            yield int(quota) / int(period)  # ValueError for "max"
        with suppress(OSError, ValueError, ZeroDivisionError):
            quota, period = ((folder / f"cpu.cfs_{name}_us").read_text() for name in ("quota", "period"))
            if int(quota) > 0:
                yield int(quota) / int(period)


def _memory_limits() -> Iterator[int]:
    """Yield the limits of memory, in bytes; a group without one has the word "max" or a number that nothing reaches."""
    for folder in _folders("memory"):
        for name in ("memory.max", "memory.limit_in_bytes"):
            with suppress(OSError, ValueError):
                yield int((folder / name).read_text())


def _folders(controller: str) -> Iterator[Path]:
    """Yield the folders of the groups of this process, and of those above, in either version of control groups.

    In a container the group's path may be that of the outside, of which only the top is to be seen here.
    """
    with suppress(OSError):
        for line in GROUPS.read_text().splitlines():
            number, controllers, path = line.split(":", 2)
            if number == "0" or controller in controllers.split(","):
                top = MOUNTS / controllers
                group = Path(f"{top}{path}")
                yield from (folder for folder in (group, *group.parents) if folder.is_relative_to(top))
