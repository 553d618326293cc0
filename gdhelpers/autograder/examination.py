"""Examining one submission: its rebuilt notebook is run cell by cell, and every test cell gets its verdict."""

from __future__ import annotations

import asyncio
import re
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gdhelpers.autograder import verdict
from gdhelpers.autograder.assignment import Assignment, GradedCell
from gdhelpers.autograder.kernel import CellRun, Kernel, Limits
from gdhelpers.autograder.rebuild import Rebuilt, rebuild
from gdhelpers.autograder.record import Record, Verdict
from gdhelpers.autograder.submission import Submission, Unreadable, read_cells

STUDENT_LIMITS = Limits(cpu=60.0)
"""For a cell of the student's own: training on real data may take longer than a test."""

TEST_LIMITS = Limits(cpu=20.0)
"""For a test cell: what the contract of the exercises allows."""


@dataclass(frozen=True)
class Examined:
    """A record, and the notebook that was run, with its outputs."""

    record: Record
    notebook: Any


def examine(assignment: Assignment, submission: Submission, seed: int) -> Examined:
    """Grade one submission with the cases that follow from a seed."""
    try:
        cells = read_cells(submission.content)
    except Unreadable as problem:
        return _broken(assignment, submission, str(problem))
    rebuilt = rebuild(assignment, cells)
    _set_seed(rebuilt, seed)
    folder = Path(tempfile.mkdtemp(prefix="gd-"))
    try:
        verdicts = asyncio.run(_Examination(assignment, rebuilt, folder).run())
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    oddities = submission.oddities + rebuilt.oddities
    record = Record(submission.student, "graded", assignment.max_score, tuple(verdicts), oddities=oddities)
    return Examined(record, rebuilt.notebook)


def _set_seed(rebuilt: Rebuilt, seed: int) -> None:
    """Let each test cell begin with the seed; it binds no name, and pages show the cell as it was released."""
    for cell in rebuilt.notebook.cells:
        settings = cell.metadata.get("nbgrader", {})
        if settings.get("grade") and not settings.get("solution"):
            cell.source = f'__import__("gdhelpers.hidden_tests.seed", fromlist=["use"]).use({seed})\n{cell.source}'


def _broken(assignment: Assignment, submission: Submission, why: str) -> Examined:
    from nbformat.v4 import new_markdown_cell

    rebuilt = rebuild(assignment, [])
    rebuilt.notebook.cells.insert(0, new_markdown_cell(f"**This submission could not be graded.** {why}", id="broken"))
    record = Record(submission.student, "broken", assignment.max_score, (), why, submission.oddities)
    return Examined(record, rebuilt.notebook)


@dataclass
class _Examination:
    """Runs the cells in their order; a kernel that ends is replaced by one in which the cells so far were run again."""

    assignment: Assignment
    rebuilt: Rebuilt
    folder: Path
    ended_by: set[int] = field(default_factory=set)
    runs: dict[int, CellRun] = field(default_factory=dict)

    async def run(self) -> list[Verdict]:
        """Return a verdict for every graded cell."""
        graded = {cell.grade_id: cell for cell in self.assignment.graded}
        at = 0
        cells = self.rebuilt.notebook.cells
        while at < len(cells):
            async with Kernel(self.rebuilt.notebook, self.folder) as kernel:
                await self._replay(kernel, at)
                at = await self._run_from(kernel, at)
        return [self._verdict(graded[grade_id], index) for index, grade_id in self._graded_cells()]

    async def _run_from(self, kernel: Kernel, at: int) -> int:
        """Run cells until the last or until the kernel ends; return where to go on."""
        cells = self.rebuilt.notebook.cells
        for index in range(at, len(cells)):
            if cells[index].cell_type != "code":
                continue
            limits = TEST_LIMITS if self._is_test(index) else STUDENT_LIMITS
            self.runs[index] = await kernel.run(cells[index], index, limits)
            if not self.runs[index].alive:
                self.ended_by.add(index)
                return index + 1
        return len(cells)

    async def _replay(self, kernel: Kernel, upto: int) -> None:
        """Run again what defines names: no test cells, and no cell that ended a kernel."""
        for index in range(upto):
            cell = self.rebuilt.notebook.cells[index]
            if cell.cell_type == "code" and not self._is_test(index) and index not in self.ended_by:
                await kernel.run(cell, index, STUDENT_LIMITS)

    def _verdict(self, cell: GradedCell, index: int) -> Verdict:
        unchanged = cell.answer in self.rebuilt.unchanged
        if cell.kind == "manual":
            return verdict.of_manual(cell, unchanged)
        cells = self.rebuilt.notebook.cells
        own = [i for i, other in enumerate(cells) if other.cell_type == "code" and self._is_students(i)]
        answer = verdict.Answer(unchanged, self._problem(cell.answer), [cells[i].source for i in own])
        return verdict.of_test(cell, self.runs[index], answer, TEST_LIMITS)

    def _problem(self, answer: str) -> str | None:
        """Say why the cell of an answer did not run to its end."""
        index = next((index for index in self.runs if self._nbgrader(index).get("grade_id") == answer), None)
        if index is None:
            return None
        run = self.runs[index]
        if run.end == "timeout":
            return "its cell took too long and was stopped"
        if run.end == "crashed":
            return "the Python process ended in its cell"
        return f"its cell raised {_described(run.error)}" if run.error else None

    def _graded_cells(self) -> list[tuple[int, str]]:
        return [
            (index, self._nbgrader(index)["grade_id"])
            for index in range(len(self.rebuilt.notebook.cells))
            if self._nbgrader(index).get("grade")
        ]

    def _is_test(self, index: int) -> bool:
        settings = self._nbgrader(index)
        return bool(settings.get("grade") and not settings.get("solution"))

    def _is_students(self, index: int) -> bool:
        settings = self._nbgrader(index)
        return not settings or bool(settings.get("solution"))

    def _nbgrader(self, index: int) -> dict[str, Any]:
        return dict(self.rebuilt.notebook.cells[index].metadata.get("nbgrader", {}))


def _described(error: Any) -> str:
    """Say what a cell raised; the file that a syntax error names is ipykernel's own and tells a student nothing."""
    text = re.sub(r"[(][^() ]+[.]py, (line [0-9]+)[)]", r"(\1 of the cell)", error.evalue)
    return f"{error.ename}: {text}"
