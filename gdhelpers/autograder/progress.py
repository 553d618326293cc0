"""Showing how far grading has come: a bar in a terminal, a line a submission elsewhere."""

from __future__ import annotations

import sys
import time
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, Task, TaskID, TextColumn
from rich.text import Text

from gdhelpers.autograder.record import Record


class Pace:
    """How fast submissions are graded, and how long the rest will take; those that are only kept do not count."""

    def __init__(self, total: int) -> None:
        self.total, self.done, self.graded = total, 0, 0
        self._begun = time.monotonic()

    def advance(self, kept: bool) -> None:
        """Count one more."""
        self.done += 1
        self.graded += not kept

    @property
    def seconds(self) -> float:
        """Seconds so far."""
        return time.monotonic() - self._begun

    def __str__(self) -> str:
        if not self.graded:
            return ""
        left = self.seconds / self.graded * (self.total - self.done)
        return f"{60 * self.graded / self.seconds:.0f} a minute, {_duration(left)} left"


def _duration(seconds: float) -> str:
    """Write a duration in words.

    >>> _duration(42.3), _duration(125), _duration(7260)
    ('42 s', '2 min 5 s', '2 h 1 min')
    """
    minutes, rest = divmod(round(seconds), 60)
    if minutes >= 60:
        return f"{minutes // 60} h {minutes % 60} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


class Reporter:
    """Tells a person on stderr what is being done; used as a context manager."""

    def __init__(self) -> None:
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            _PaceColumn(self),
            console=Console(stderr=True),
            transient=True,
        )
        self._live = sys.stderr.isatty()
        self._task: TaskID | None = None
        self.pace = Pace(0)

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
        self.pace = Pace(total)
        if self._live:
            self._task = self._bar.add_task(what, total=total)
        else:
            print(f"{what}: {total}", file=sys.stderr, flush=True)

    def advance(self, record: Record, *, kept: bool = False) -> None:
        """Say that one submission is done, or `kept` as an earlier grading had it."""
        self.pace.advance(kept)
        if self._task is not None:
            self._bar.advance(self._task)
        elif not kept:
            score = record.status if record.score is None else f"{record.score:g} / {record.max_score:g}"
            so_far = f"[{self.pace.done}/{self.pace.total}] {record.student}: {score}"
            print(f"{so_far} ({self.pace.seconds:.0f} s; {self.pace})", file=sys.stderr, flush=True)

    def say(self, line: str) -> None:
        """Say something beside the bar."""
        self._bar.console.print(line, markup=False, highlight=False, soft_wrap=True)


class _PaceColumn(TextColumn):
    """The pace, beside the bar."""

    def __init__(self, reporter: Reporter) -> None:
        super().__init__("")
        self._reporter = reporter

    def render(self, task: Task) -> Text:
        """Return the pace as it is now."""
        del task
        return Text(str(self._reporter.pace))
