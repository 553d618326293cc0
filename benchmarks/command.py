"""A command of the environment, timed as a whole: from its start to its end."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from benchmarks.account import Account
from benchmarks.progress import note

PATIENCE = 30.0
"""Seconds that a command gets to end after an interrupt."""

TELL = 30.0
"""Seconds between two lines about how far a command has come."""

Look = Callable[[psutil.Process, float], None]
"""What looks at a running command; it is told the seconds since the command began."""


@dataclass(frozen=True)
class Timed:
    """How long a command took."""

    began: float
    """When it began, as `time.time()` tells it."""
    seconds: float
    cpu_seconds: float
    """CPU time of the command and of all that it started."""


def timed(
    command: Sequence[str | Path], folder: Path, look: Look | None = None, every: float = 1.0, tell: Look | None = None
) -> Timed:
    """Run a command of the environment in a folder; raises `CalledProcessError` with the end of what it said."""
    arguments = [str(Path(sys.executable).parent / command[0]), *map(str, command[1:])]
    with tempfile.TemporaryFile() as said:
        before, began = _cpu_of_children(), time.time()
        start = time.perf_counter()
        process = subprocess.Popen(
            arguments, cwd=folder, stdin=subprocess.DEVNULL, stdout=said, stderr=said, env=_environment()
        )
        try:
            with Account(process.pid) as account:
                _wait(process, start, look, every, tell)
        except BaseException:
            _end(process)
            raise
        seconds = time.perf_counter() - start
        if process.returncode:
            said.seek(0)
            raise subprocess.CalledProcessError(
                process.returncode, " ".join(map(str, command)), said.read()[-3000:].decode(errors="replace")
            )
        # Either misses something, and neither counts anything twice.
        return Timed(began, seconds, max(account.seconds, _cpu_of_children() - before))


def _wait(process: subprocess.Popen[Any], start: float, look: Look | None, every: float, tell: Look | None) -> None:
    """Wait for a process, looking at it at intervals."""
    told = 0.0
    while process.poll() is None:
        now = time.perf_counter() - start
        try:
            if look is not None:
                look(psutil.Process(process.pid), now)
            if tell is not None and now - told > TELL:
                told = now
                tell(psutil.Process(process.pid), now)
        except psutil.NoSuchProcess:
            continue
        try:
            process.wait(every)
        except subprocess.TimeoutExpired:
            continue


def _end(process: subprocess.Popen[Any]) -> None:
    """Interrupt a command as a terminal would, and end it if that does not help."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _environment() -> dict[str, str]:
    """Return the environment of a user who has chosen nothing: no number of threads, no colours."""
    threads = ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")
    return {name: value for name, value in os.environ.items() if name not in threads} | {"NO_COLOR": "1"}


def _cpu_of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def finished(folder: Path, count: int) -> Look:
    """Return what says now and then how many submissions in a course directory have been graded."""

    def tell(process: psutil.Process, seconds: float) -> None:
        del process
        note(f"{len(list(folder.glob('autograded/*/*/*.ipynb')))} of {count} after {seconds:.0f} s")

    return tell
