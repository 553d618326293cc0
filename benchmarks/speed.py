"""How fast a class is graded: `gd grade` against the floor in turn, and stock nbgrader once."""

from __future__ import annotations

import os
from collections.abc import Iterator

from benchmarks import grading, mix
from benchmarks.floor import Floor
from benchmarks.progress import note
from benchmarks.rows import Row

FLOOR, GD, STOCK = "floor", "gd grade", "stock nbgrader"


def measure(size: int, repeats: int, *, with_stock: bool = True) -> Iterator[Row]:
    """Yield what each run of the same class took, in seconds per submission."""
    assignment, workers = mix.assignment(), os.cpu_count() or 1
    pupils = mix.mix(assignment, size)
    note("floor: looking for what is imported late")
    floors = {draws: Floor(assignment, pupils, draws=draws) for draws in (True, False)}
    for run in range(repeats):
        note(f"floor and gd grade, {size} submissions: run {run + 1} of {repeats}")
        yield {"what": FLOOR} | floors[True].measure(workers, one_thread=True)
        yield {"what": GD} | grading.gd(pupils).row()
    note("floor: other threads, no figure, one worker")
    yield {"what": f"{FLOOR}, default threads"} | floors[True].measure(workers, one_thread=False)
    yield {"what": f"{FLOOR}, no figure drawn"} | floors[False].measure(workers, one_thread=True)
    yield {"what": f"{FLOOR}, one at a time"} | floors[True].measure(1, one_thread=True)
    if with_stock:
        note(f"stock nbgrader, {size} submissions: about 10 s each")
        yield {"what": STOCK} | grading.stock(pupils).row()
