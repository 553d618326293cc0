"""What each test cell costs with the instructor's own answers, in CPU seconds: in a bare fork, nothing beside it."""

from __future__ import annotations

from collections.abc import Iterator

import nbformat

from benchmarks import mix
from benchmarks.floor import Floor
from benchmarks.progress import note
from benchmarks.rows import Row
from gdhelpers.autograder.demonstration import Pupil


def measure(repeats: int) -> Iterator[Row]:
    """Yield for each test cell of each run its CPU seconds; the first that uses a library's part pays for its start."""
    assignment = mix.assignment()
    content = nbformat.writes(assignment.notebook).encode()
    points = sum(cell.points for cell in assignment.graded if cell.function)
    solved = [Pupil(f"solved-{number}", "all right", content, points) for number in range(repeats)]
    note(f"test cells: {repeats} runs of the solved notebook")
    done = Floor(assignment, solved).run(1, one_thread=True)["submissions"]
    settings = [cell.metadata.get("nbgrader", {}) for cell in assignment.notebook.cells if cell.cell_type == "code"]
    for one in done.values():
        for about, seconds in zip(settings, one["cells"], strict=True):
            if about.get("grade"):
                yield {"what": about["grade_id"], "cpu_seconds": seconds}
        yield {"what": "the whole notebook", "cpu_seconds": one["cpu_seconds"]}
