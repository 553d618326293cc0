"""How much memory `gd grade` needs: for each running submission, for the warm parents, for the command itself."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator, Sequence
from statistics import median

import psutil

from benchmarks import grading, mix
from benchmarks.processes import Role, Use, total, uses
from benchmarks.progress import note
from benchmarks.rows import Row

EVERY = 0.5
"""Seconds between two looks."""

SUBMISSION = "unique to a running submission"

Sample = tuple[float, list[Use]]
"""Seconds since the command began, and what each process used then."""


def measure(size: int) -> Iterator[Row]:
    """Yield the memory in MB while a class is graded: its median, its maximum, and its median in each quarter."""
    workers = min(size, os.cpu_count() or 1)
    samples: list[Sample] = []

    def look(process: psutil.Process, seconds: float) -> None:
        samples.append((seconds, list(uses(process))))

    note(f"memory of gd grade, {size} submissions")
    done = grading.gd(mix.mix(mix.assignment(), size), look=look, every=EVERY).done
    bounds = [0.0, *(done[(part * len(done)) // 4 - 1] for part in (1, 2, 3, 4))]
    quarters = [[found for at, found in samples if low < at <= high] for low, high in itertools.pairwise(bounds)]
    yield {"what": SUBMISSION} | _figures(quarters, "submission", "uss", workers)
    yield {"what": "unique to a worker"} | _figures(quarters, "worker", "uss", workers)
    yield {"what": "unique to the warm parents"} | _figures(quarters, "parent", "uss")
    yield {"what": "resident in the warm parents"} | _figures(quarters, "parent", "rss")
    yield {"what": "unique to the command"} | _figures(quarters, "command", "uss")
    yield {"what": "all together"} | _figures(quarters, None, "pss")


def _figures(quarters: Sequence[Sequence[list[Use]]], role: Role | None, figure: str, among: int = 1) -> Row:
    """Return what the processes of a role used, shared out among so many; moments without any do not count."""
    sums = [
        [
            total(found, role, figure) / among
            for found in quarter
            if role is None or any(use.role == role for use in found)
        ]
        for quarter in quarters
    ]
    every = [value for quarter in sums for value in quarter]
    if not every:
        return {}
    parts = {f"quarter_{number}": median(values) for number, values in enumerate(sums, 1) if values}
    return {"median_mb": median(every), "largest_mb": max(every)} | parts
