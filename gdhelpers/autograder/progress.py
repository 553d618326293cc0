"""Showing how far grading has come: a bar in a terminal, a line a submission elsewhere."""

from __future__ import annotations

import sys
import time
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from gdhelpers.autograder.record import Record


class Reporter:
    """Tells a person on stderr what is being done; used as a context manager."""

    def __init__(self) -> None:
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._live = sys.stderr.isatty()
        self._task: TaskID | None = None
        self._total = self._done = 0
        self._begun = 0.0

    def __enter__(self) -> Reporter:
        if self._live:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live:
            self._bar.stop()

    def begin(self, what: str, total: int) -> None:
        """Say what begins and of how many steps it consists."""
        self._total, self._done, self._begun = total, 0, time.monotonic()
        if self._live:
            self._task = self._bar.add_task(what, total=total)
        else:
            print(f"{what}: {total}", file=sys.stderr, flush=True)

    def advance(self, record: Record) -> None:
        """Say that one submission is done."""
        self._done += 1
        if self._task is not None:
            self._bar.advance(self._task)
            return
        score = record.status if record.score is None else f"{record.score:g} / {record.max_score:g}"
        print(
            f"[{self._done}/{self._total}] {record.student}: {score} ({time.monotonic() - self._begun:.0f} s)",
            file=sys.stderr,
            flush=True,
        )
