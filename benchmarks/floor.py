"""The floor: the same student cells and the same test calls, exec'd in one bare fork with everything imported.

No grader that keeps submissions apart can be much faster than this on the same machine. It protects nothing: the
answers run beside the tests.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from statistics import fmean, median
from typing import Any

from IPython.core.inputtransformer2 import TransformerManager

from benchmarks.bare import Cell
from benchmarks.mix import differences
from gdhelpers.autograder.assignment import Assignment
from gdhelpers.autograder.demonstration import Pupil
from gdhelpers.autograder.rebuild import rebuild
from gdhelpers.autograder.submission import read_cells
from gdhelpers.environment import CHECKOUT

PARTS = ("gdhelpers.checks", "gdhelpers.data", "gdhelpers.quiet")
"""What notebooks of the course import beside libraries."""

ONE_THREAD = {"OMP_NUM_THREADS": "1", "TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}
"""The environment in which the numeric libraries use one thread a process."""


class Floor:
    """A class as a bare process gets it: its cells, and all modules that they import, early or late."""

    def __init__(self, assignment: Assignment, pupils: Sequence[Pupil], *, draws: bool = False) -> None:
        self._pupils = pupils
        self._plan: dict[str, Any] = {
            "modules": [*assignment.modules, *PARTS],
            "submissions": {"scout": cells(assignment, assignment.notebook)},
            "draws": draws,
        }
        self._plan["modules"] += run_bare(self._plan, ONE_THREAD, "--scout")["modules"]
        self._plan["submissions"] = {
            pupil.name: cells(assignment, rebuild(assignment, read_cells(pupil.content)).notebook) for pupil in pupils
        }

    def measure(self, workers: int, *, one_thread: bool) -> dict[str, Any]:
        """Run the class; return seconds on the clock and of CPU per submission, and scores that are not as known."""
        begun = time.perf_counter()
        result = self.run(workers, one_thread=one_thread)
        whole, done = time.perf_counter() - begun, result["submissions"]
        wrong = differences(self._pupils, {student: one["score"] for student, one in done.items()})
        return {
            "submissions": len(done),
            "seconds": result["seconds"] / len(done),
            "seconds_with_import": whole / len(done),
            "import_seconds": result["import_seconds"],
            "cpu_seconds": fmean(one["cpu_seconds"] for one in done.values()),
            "cpu_seconds_median": median(one["cpu_seconds"] for one in done.values()),
            "wrong_scores": len(wrong),
            "differences": wrong,
        }

    def run(self, workers: int, *, one_thread: bool) -> dict[str, Any]:
        """Run the class, and return what the bare process says of it."""
        return run_bare(self._plan | {"workers": workers}, ONE_THREAD if one_thread else {})


def cells(assignment: Assignment, notebook: Any) -> list[Cell]:
    """Return the code cells of a notebook, those of the instructor with their hidden tests."""
    points = {cell.grade_id: cell.points for cell in assignment.graded}
    python = TransformerManager()
    return [
        (
            python.transform_cell(assignment.sources.get(cell.id, cell.source)),
            points.get(cell.metadata.get("nbgrader", {}).get("grade_id"), 0.0),
        )
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]


def run_bare(plan: dict[str, Any], environment: dict[str, str], *options: str) -> dict[str, Any]:
    """Have a plan run by a bare process and return its answer; how many threads the caller uses is not passed on."""
    inherited = {name: value for name, value in os.environ.items() if name not in ONE_THREAD}
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.bare", *options],
        input=json.dumps(plan),
        stdout=subprocess.PIPE,
        cwd=CHECKOUT,
        env=inherited | {"MPLBACKEND": "agg", "TF_CPP_MIN_LOG_LEVEL": "3"} | environment,
        text=True,
        check=True,
    )
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer
