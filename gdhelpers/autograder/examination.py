"""Examining one submission: its cells run in the student's process, and every test cell in the examiner's.

The two meet over the wire alone. The student's process has the notebook as it was released, with the answers in place;
the examiner has the instructor's own cells, and proxies for what answers define.
"""

from __future__ import annotations

import platform
import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from nbformat.v4 import new_markdown_cell, new_output

from gdhelpers.autograder import dialect, stoppable, verdict
from gdhelpers.autograder.assignment import Assignment, GradedCell
from gdhelpers.autograder.examiner import Examiner, ExaminerTrouble
from gdhelpers.autograder.kernel import Budget, CellRun, End, Kernel
from gdhelpers.autograder.rebuild import EXTRA, Rebuilt, rebuild
from gdhelpers.autograder.record import Record, Verdict
from gdhelpers.autograder.settings import MIB, Settings
from gdhelpers.autograder.submission import Cell, Submission, Unreadable, read_cells
from gdhelpers.autograder.surroundings import Surroundings, surroundings
from gdhelpers.autograder.tested import Tested
from gdhelpers.kernels.parent import CannotBegin
from gdhelpers.trouble import Trouble

ECHO_SECONDS, ECHO_WALL = 5.0, 30.0
"""Computing time, and time on the clock, that an echo may take: it takes a thousandth of a second."""


TRIES = 3
"""How often an examination is begun before trouble of the machine is given up to."""

HINT = "It needs no answer of a student's: no submission can be graded before it runs here. Run: gd doctor"
"""What follows the name of a cell of the instructor's that fails by itself."""

LAST_TRY = 2
"""So many times a test is run once more."""


@dataclass(frozen=True)
class Examined:
    """A record, the notebook that was run, with its outputs, and what it was graded with."""

    record: Record
    notebook: Any
    seed: int
    settings: Settings

    def less(self, penalty: float) -> Examined:
        """Return the same with the penalty for handing it in late."""
        return replace(self, record=replace(self.record, penalty=penalty))


def examine(assignment: Assignment, submission: Submission, seed: int) -> Examined:
    """Grade one submission with the cases that follow from a seed.

    Trouble of the machine, such as a process that somebody killed, is not the student's: then it is begun anew. It is
    raised where it stays.
    """
    settings = Settings.of(assignment.config, assignment.name)
    try:
        cells = read_cells(submission.content)
    except Unreadable as problem:
        return _broken(assignment, submission, str(problem), seed, settings)
    _demand_this_python(assignment, cells)
    examination = _patiently(_Task(assignment, cells, settings, seed))
    rebuilt = examination.rebuilt
    record = Record(
        submission.student, "graded", assignment.max_score, tuple(examination.verdicts),
        oddities=(*submission.oddities, *rebuilt.oddities, *_of_versions(cells, examination.verdicts)),
        signs=tuple(dict.fromkeys(examination.signs)),
        file=submission.file, left=submission.left,
    )  # fmt: skip
    return Examined(record, rebuilt.notebook, seed, settings)


def _demand_this_python(assignment: Assignment, cells: Sequence[Cell]) -> None:
    """Raise `Trouble` where answers are written for a later Python: that is no mistake, but nobody can say so here."""
    found = dialect.unreadable(cells)
    answers = found[1] & {cell.answer for cell in assignment.graded} if found else set()
    if found and answers:
        raise Trouble(
            f"This needs Python {found[0]}: what defines {', '.join(sorted(answers))} is written for it, and "
            f"{platform.python_version()}, which grades here, cannot read that. Grade it on a machine that has it."
        )


def _of_versions(cells: Sequence[Cell], verdicts: Sequence[Verdict]) -> Iterator[str]:
    """Say that a notebook was saved with a later Python where something fails: a library may lack what it calls."""
    python = dialect.later(cells)
    if python and any(one.outcome not in ("passed", "manual", "missing") for one in verdicts):
        yield f"the notebook was saved with Python {python}, and {platform.python_version()} has graded it"


def _patiently(task: _Task) -> _Examination:
    """Examine, and begin anew where the machine gives trouble; raises what it gives in the end.

    A student's process that is killed may have done that itself, and will again; or it was somebody else. Either way
    the tests that it had answered by then keep their verdicts: nobody gets a second guess by dying.
    """
    for _ in range(TRIES - 1):
        try:
            examination = _examination(task)
        except stoppable.Stopped:
            raise
        except Exception:  # noqa: S112 - it is raised if it stays
            continue
        if examination.is_finished:
            return examination
    task.is_last = True
    return _examination(task)


def _examination(task: _Task) -> _Examination:
    rebuilt = rebuild(task.assignment, task.cells)
    with ExitStack() as stack:
        course = Path(task.assignment.config.CourseDirectory.root)
        cells = len(rebuilt.notebook.cells)
        around = stack.enter_context(surroundings(task.settings, cells, task.assignment.files, course))
        examiner = stack.enter_context(Examiner(task.assignment.modules))
        examination = _Examination(task, rebuilt, around, examiner)
        stoppable.run(examination.run())
    return examination


def _broken(assignment: Assignment, submission: Submission, why: str, seed: int, settings: Settings) -> Examined:
    rebuilt = rebuild(assignment, [])
    rebuilt.notebook.cells.insert(0, new_markdown_cell(f"**This submission could not be graded.** {why}", id="broken"))
    record = Record(
        submission.student, "broken", assignment.max_score, message=why, oddities=submission.oddities,
        file=submission.file, left=submission.left,
    )  # fmt: skip
    return Examined(record, rebuilt.notebook, seed, settings)


@dataclass(frozen=True)
class Run:
    """What became of a test cell: how the student's process fared meanwhile, and what the examiner found."""

    cell: Any
    end: End
    tested: Tested


@dataclass
class _Task:
    """What all attempts to examine a submission share, and the tests that are settled."""

    assignment: Assignment
    cells: Sequence[Cell]
    settings: Settings
    seed: int
    settled: dict[str, Run] = field(default_factory=dict)
    is_last: bool = False
    begun: float = field(default_factory=time.monotonic)

    @property
    def is_late(self) -> bool:
        """Whether so much time has passed that no more is spent on what earns no points."""
        return time.monotonic() - self.begun > self.settings.limits.submission_seconds


@dataclass
class _Examination:
    """Runs the cells in their order; a kernel that ends is replaced by one in which the cells so far were run again."""

    task: _Task
    rebuilt: Rebuilt
    around: Surroundings
    examiner: Examiner
    ended_by: set[int] = field(default_factory=set)
    tries: Counter[int] = field(default_factory=Counter)
    runs: dict[int, CellRun] = field(default_factory=dict)
    tests: dict[str, Run] = field(default_factory=dict)
    signs: list[str] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    killed: bool = False
    """Whether something killed the student's process: it may have done so itself, or not."""
    is_finished: bool = False
    """Whether it came to its verdicts."""

    async def run(self) -> None:
        """Come to a verdict for every graded cell."""
        limits, modules = self.task.settings.limits, self.task.assignment.modules
        self.budget = Budget(limits.output_mib * MIB)
        at, cells = 0, self.rebuilt.notebook.cells
        while at < len(cells):
            kernel = Kernel(self.rebuilt.notebook, self.around, limits, modules, self.budget)
            async with kernel:
                await self._replay(kernel, at, self.tries[at] < LAST_TRY)
                self.examiner.meet(kernel.agent)
                at = await self._run_from(kernel, at)
            self.signs += kernel.signs
            self.killed |= kernel.was_killed
            if self.killed and not (self.task.is_last or self.task.is_late):
                return  # it is begun anew
        self.verdicts = [self._verdict(cell) for cell in self.task.assignment.graded]
        self.signs += ["its process was killed"] if self.killed else []
        self.signs += [f"it took more than {limits.submission_seconds:g} seconds"] if self.task.is_late else []
        self.is_finished = True

    async def _run_from(self, kernel: Kernel, at: int) -> int:
        """Run cells until the last or until the kernel ends; return where to go on."""
        cells = self.rebuilt.notebook.cells
        for index in range(at, len(cells)):
            cell = cells[index]
            if cell.cell_type != "code" or (self._is_extra(index) and self.task.is_late):
                continue
            if not self._is_test(index):
                self.runs[index] = await self._run(kernel, index)
                if not (self.runs[index].alive and await self._still_answers(kernel, index)):
                    return await self._after_the_end_in(index)
            if self._is_examined(index) and not await self._examine(kernel, index):
                return index if self._deserves_another_try(index) else index + 1
            if self.tries[index] == LAST_TRY:
                return index + 1  # what follows may need the cells that were left out
        return len(cells)

    async def _still_answers(self, kernel: Kernel, index: int) -> bool:
        """Whether a student's cell has left alone what its process answers with; if not, it is left out."""
        if self.rebuilt.notebook.cells[index].id in self.task.assignment.sources:
            return True
        # An event loop that is about to stop still answers what has come by then, and nothing after it.
        for _ in range(2):
            _, hears, _ = await kernel.watch(self.examiner.hears(), ECHO_SECONDS, ECHO_WALL)
            if not hears:
                if not await kernel.is_ending():
                    self.signs.append("a cell broke what its process answers with, and was left out")
                return False
        return True

    async def _after_the_end_in(self, index: int) -> int:
        """Return where to go on when the process has ended in a cell, or answers no more."""
        if not self._is_extra(index) and self._may_go_without_extras(index):
            return index
        self.ended_by.add(index)
        # The examiner's copy of an instructor's cell is still to be run, in the next kernel's time.
        await self._examine_without_student(index)
        return index + 1

    def _deserves_another_try(self, index: int) -> bool:
        """Whether a test is run once more: what ended the process may have been something else than the answer.

        It may have been somebody else, or a thread of an extra cell, which is left out the last time.
        """
        run = self.tests.get(self._nbgrader(index).get("grade_id", ""))
        if run is not None and run.end == "timeout":
            return self._may_go_without_extras(index)
        again = run is not None and run.tested.lost and self.tries[index] < LAST_TRY and not self.task.is_late
        self.tries[index] += 1
        return again

    def _may_go_without_extras(self, index: int) -> bool:
        """Whether a cell is run once more without the extra cells before it, for what one of them may have left."""
        extras = any(map(self._is_extra, range(index)))
        if not extras or self.tries[index] >= LAST_TRY or self.task.is_late:
            return False
        self.tries[index] = LAST_TRY
        return True

    async def _examine(self, kernel: Kernel, index: int) -> bool:
        """Have the examiner run its own cell at this place; return whether the kernel can be asked again."""
        cell = self.rebuilt.notebook.cells[index]
        source, names = self.task.assignment.sources[cell.id], self._names_before(index)
        end, tested, problem = await kernel.watch(
            self.examiner.run(source, names, self.task.seed), self.task.settings.limits.test_seconds
        )
        if tested is None:
            raise problem if isinstance(problem, ExaminerTrouble) else ExaminerTrouble(f"{problem!r} in {cell.id}")
        self.signs += tested.signs
        if self._is_test(index):
            self._note(cell, Run(cell, end, tested))
        else:
            self._demand_set_up(source, tested)
        if tested.is_there and await kernel.is_alive():
            return True
        await kernel.is_ending()  # from then on it is known whether something killed it
        return False

    def _note(self, cell: Any, run: Run) -> None:
        """Note what became of a test; where its questions were answered to the end, that stays so in later attempts."""
        grade_id = cell.metadata["nbgrader"]["grade_id"]
        run = replace(self.task.settled.get(grade_id, run), cell=cell)
        if run.tested.is_there and run.end == "finished" and not self.killed:
            self.task.settled[grade_id] = run
        cell.outputs = list(run.tested.outputs)
        self.tests[grade_id] = run

    async def _examine_without_student(self, index: int) -> None:
        cell = self.rebuilt.notebook.cells[index]
        if self._is_examined(index):
            try:
                tested = await self.examiner.run(cell.source, (), self.task.seed)
            except ExaminerTrouble as trouble:
                if self._needs_answers(cell.source):
                    raise
                raise CannotBegin(f"A cell of the assignment, {cell.id}, ends Python. {HINT}") from trouble
            self._demand_set_up(cell.source, tested)

    def _demand_set_up(self, source: str, tested: Tested) -> None:
        """Raise `CannotBegin` if a cell fails that needs no answers: something is not installed."""
        if tested.problem is not None and not self._needs_answers(source):
            raise CannotBegin(
                f"A cell of the assignment failed: {tested.problem.kind}: {tested.problem.message}. {HINT}"
            )

    def _needs_answers(self, source: str) -> bool:
        """Whether a cell of the instructor's names anything that a solution cell defines."""
        answers = {name for names in self.task.assignment.defined.values() for name in names}
        return bool(answers & set(re.findall(r"\w+", source)))

    async def _run(self, kernel: Kernel, index: int) -> CellRun:
        """Run a cell in the student's process; a cell of the instructor's gets the time of a test."""
        cell, limits = self.rebuilt.notebook.cells[index], self.task.settings.limits
        own = cell.id not in self.task.assignment.sources
        return await kernel.run(cell, index, limits.cell_seconds if own else limits.test_seconds)

    async def _replay(self, kernel: Kernel, upto: int, extras: bool) -> None:
        """Run again what defines names: no test, nothing that ended a kernel, no cell of ours that took too long.

        `extras` says whether the student's own extra cells are among it.
        """
        for index in range(upto):
            cell = self.rebuilt.notebook.cells[index]
            if cell.cell_type != "code" or self._is_test(index) or index in self.ended_by:
                continue
            if self._is_extra(index) and (not extras or self.task.is_late):
                continue
            if cell.id not in self.task.assignment.sources or self.runs[index].end != "timeout":
                await self._run(kernel, index)

    def _is_examined(self, index: int) -> bool:
        """Whether the examiner runs a cell of its own at this place: not where answers took too long in it."""
        known = self.rebuilt.notebook.cells[index].id in self.task.assignment.sources
        stuck = index in self.runs and self.runs[index].end == "timeout"
        return known and index <= self._last_test and not stuck

    def _verdict(self, cell: GradedCell) -> Verdict:
        unchanged = cell.answer in self.rebuilt.unchanged
        if cell.kind == "manual":
            return verdict.of_manual(cell, unchanged, self.rebuilt.elsewhere)
        run = self.tests[cell.grade_id]
        answer = verdict.Answer(unchanged, self._problem(cell.answer))
        found = verdict.of_test(cell, run.end, run.tested, answer, self.task.settings.limits.test_seconds)
        if found.outcome != "passed":
            shown = new_output("error", ename=found.outcome, evalue=found.message, traceback=[found.message])
            run.cell.outputs.append(shown)
        return found

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

    def _names_before(self, index: int) -> list[str]:
        """Return the names that solution cells up to a place define."""
        grade_ids = [self._nbgrader(place).get("grade_id", "") for place in range(index)]
        return sorted({name for grade_id in grade_ids for name in self.task.assignment.defined.get(grade_id, ())})

    @property
    def _last_test(self) -> int:
        return max((index for index in range(len(self.rebuilt.notebook.cells)) if self._is_test(index)), default=-1)

    def _is_extra(self, index: int) -> bool:
        cell = self.rebuilt.notebook.cells[index]
        return bool(cell.cell_type == "code" and cell.id.startswith(EXTRA))

    def _is_test(self, index: int) -> bool:
        settings = self._nbgrader(index)
        return bool(settings.get("grade") and not settings.get("solution"))

    def _nbgrader(self, index: int) -> dict[str, Any]:
        return dict(self.rebuilt.notebook.cells[index].metadata.get("nbgrader", {}))


def _described(error: Any) -> str:
    """Say what a cell raised; the file that a syntax error names is ipykernel's own and tells a student nothing."""
    text = re.sub(r"[(][^() ]+[.]py, (line [0-9]+)[)]", r"(\1 of the cell)", error.evalue)
    return f"{error.ename}: {text}"
