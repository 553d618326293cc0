"""The CPU time of a command and of everything that it starts, on Linux.

What the system itself adds up for a command leaves out processes that nobody waits for, as those that a warm parent
forks. So the processes are looked at every few milliseconds; what one does after the last look is missed.
"""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from gdhelpers.sandbox.descendants import stat

EVERY = 0.02
"""Seconds between two looks."""

PROC = Path("/proc")


class Account:
    """Keeps the account of a process while it runs, in a thread; used as a context manager around waiting for it."""

    def __init__(self, process: int) -> None:
        self._process = process
        self._ticks: dict[tuple[int, int], int] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._keep, daemon=True)

    def __enter__(self) -> Account:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    @property
    def seconds(self) -> float:
        """CPU seconds of all processes that were seen."""
        return sum(self._ticks.values()) / os.sysconf("SC_CLK_TCK")

    def _keep(self) -> None:
        while not self._over.wait(EVERY):
            self._look(self._process)

    def _look(self, process: int) -> None:
        """Note the time of a process and of those below it; one that has just ended has nothing more to say."""
        with suppress(OSError):
            fields = stat(process)
            user, system, started = int(fields[11]), int(fields[12]), int(fields[19])
            self._ticks[process, started] = user + system
            for thread in (PROC / str(process) / "task").iterdir():
                for child in (thread / "children").read_text().split():
                    self._look(int(child))
