"""How `gd grade` scales: with the submissions that it grades at a time, and with the size of the class."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator, Sequence

import psutil

from benchmarks import grading, mix
from benchmarks.progress import note
from benchmarks.rows import Row

MB = 10**6


def over_workers(size: int) -> Iterator[Row]:
    """Yield the submissions per second with one worker up to two a core."""
    if not grading.takes_workers():
        note("workers: gd grade takes no --workers here, so they are not measured")
        return
    pupils = mix.mix(mix.assignment(), size)
    for workers in range(1, 2 * (os.cpu_count() or 1) + 1):
        note(f"gd grade --workers {workers}, {size} submissions")
        row = grading.gd(pupils, workers).row()
        yield {"what": f"{workers} at a time", "per_second": 1 / row["seconds"]} | row


def over_sizes(sizes: Sequence[int]) -> Iterator[Row]:
    """Yield for classes of several sizes the submissions per second and the command's memory in each quarter."""
    for size in sizes:
        memory: list[tuple[float, float]] = []

        def look(process: psutil.Process, seconds: float, memory: list[tuple[float, float]] = memory) -> None:
            memory.append((seconds, process.memory_info().rss / MB))

        note(f"gd grade, a class of {size}")
        graded = grading.gd(mix.mix(mix.assignment(), size), look=look)
        row = graded.row()
        yield {"what": f"a class of {size}", "per_second": 1 / row["seconds"]} | row | quarters(graded.done, memory)


def quarters(done: Sequence[float], memory: Sequence[tuple[float, float]]) -> Row:
    """Return the submissions per second in each quarter of a class, and the command's memory in MB at its end.

    `done` says at which seconds submissions were finished. The first quarter begins with the first that was finished:
    the start of the command is no part of the rate.
    """
    bounds = [0, *((part * len(done)) // 4 - 1 for part in (1, 2, 3, 4))]
    found: Row = {}
    for number, (low, high) in enumerate(itertools.pairwise(bounds), 1):
        if high > low:
            found[f"rate_{number}"] = (high - low) / (done[high] - done[low])
        known = [mb for at, mb in memory if at <= done[high]] if high >= 0 else []
        if known:
            found[f"mb_{number}"] = known[-1]
    return found
