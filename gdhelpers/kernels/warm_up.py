"""Starting the process of a warm parent, and starting it again if an import ends or hangs it."""

from __future__ import annotations

import json
import logging
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Any

import psutil

from gdhelpers.kernels.clock import Clock
from gdhelpers.kernels.preload import Preload

IDLE, BUSY, WALL = 15.0, 300.0, 1800.0
"""Seconds without any computing or reading, of computing, and on the clock, after which an import is held to hang."""

KILLS = 2
"""How often a process that something else killed, as for want of memory, is started again."""

LENGTH = 300
"""Characters that are shown of what a process wrote before it ended."""

NOISE = ("Extension modules:", "Current thread", "Thread 0x", "  ", "WARNING: All log messages")
"""How lines begin that say nothing to a person: places in code, and TensorFlow's greeting."""

_log = logging.getLogger(__name__)
_said: set[str] = set()


class WarmUp(threading.Thread):
    """Sees to it that there is a process which has imported what it can, and knows what became of it.

    Linux ends a process with the thread that started it, so this thread stays as long as the process does. Requests
    wait in `inbox`, the process's end of a socket, until a process that has imported reads them.
    """

    def __init__(self, modules: Sequence[str], environment: Mapping[str, str], inbox: socket.socket) -> None:
        super().__init__(name="keeper of a warm parent", daemon=True)
        self._modules, self._environment, self._inbox = list(modules), dict(environment), inbox
        self._preload = Preload.known()
        self._attempt: Attempt | None = None
        self._closing = threading.Event()
        self.why: str | None = None
        """What happened to the last process that ended; None while none has."""

    @property
    def is_ready(self) -> bool:
        """Whether there is, or was, a process that has imported."""
        return self._attempt is not None and self._attempt.is_ready

    @property
    def importing(self) -> str | None:
        """The module that is being imported now."""
        return None if self._attempt is None or self.is_ready else self._attempt.importing

    @property
    def raised(self) -> dict[str, str]:
        """The modules whose import raised an exception, and what it said."""
        return {} if self._attempt is None else self._attempt.raised

    @property
    def left_out(self) -> dict[str, str]:
        """The modules that are not imported ahead, and what importing them does."""
        return {name: why for name, why in self._preload.left_out.items() if name in self._modules}

    def run(self) -> None:
        """Start the process until it has imported, and wait for its end."""
        with _scratch() as errors:
            with self._inbox:
                self._start(errors)
            if self._attempt is not None and self.is_ready:
                self._attempt.process.wait()
                self.why = self._attempt.ending()

    def end(self) -> None:
        """End the process."""
        self._closing.set()
        if self._attempt is not None:
            self._attempt.process.kill()

    def _start(self, errors: IO[bytes]) -> None:
        """Start the process, until one has imported or nothing else can be tried."""
        kills = 0
        while not self._closing.is_set():
            self._log_what_is_left_out()
            attempt = self._attempt = Attempt(self._command(), self._environment, self._inbox, errors)
            if self._closing.is_set():
                attempt.process.kill()
            if attempt.succeeds():
                self._log_what_raised()
                return
            self.why = attempt.ending()
            kills += attempt.was_killed
            if kills > KILLS or attempt.importing is None:
                return
            if not attempt.was_killed:
                self._preload.blame(attempt.importing, attempt.manner())
                self._preload.keep()

    def _command(self) -> list[str]:
        return [sys.executable, "-P", "-m", "gdhelpers.kernels.parent", *self._preload.order(self._modules)]

    def _log_what_is_left_out(self) -> None:
        for name in sorted(self.left_out.keys() - _said):
            _said.add(name)
            _log.warning("%s is not imported ahead, because that %s.", name, self.left_out[name])

    def _log_what_raised(self) -> None:
        # What is not installed is not needed; what is installed and broken costs those who use it their points.
        broken = {name for name, why in self.raised.items() if not why.startswith("ModuleNotFoundError")}
        for name in sorted(broken - _said):
            _said.add(name)
            _log.warning("%s cannot be imported here: %s. Run: gd doctor", name, self.raised[name])


def _scratch() -> IO[bytes]:
    """Return a file without a name: in memory, on systems that can do that, for the disk may be full."""
    return open(os.memfd_create("errors"), "w+b") if hasattr(os, "memfd_create") else tempfile.TemporaryFile()  # noqa: PTH123


@dataclass
class Attempt:
    """One process that imports, reports how far it has come, and in the end is ready to be forked from."""

    command: Sequence[str]
    environment: Mapping[str, str]
    inbox: socket.socket
    errors: IO[bytes]
    importing: str | None = None
    raised: dict[str, str] = field(default_factory=dict)
    is_ready: bool = False
    hung: bool = False

    def __post_init__(self) -> None:
        self.errors.seek(0)
        self.errors.truncate()
        self.process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            self.command, env=self.environment, stdin=self.inbox.fileno(), stdout=subprocess.PIPE, stderr=self.errors,
            start_new_session=True, bufsize=0,
        )  # fmt: skip

    def succeeds(self) -> bool:
        """Wait until it is ready, and return True; or until it has ended, and return False."""
        assert self.process.stdout is not None  # noqa: S101 - it is a pipe
        with self.process.stdout as reports:
            while line := self._line(reports):
                self._note(json.loads(line))
        if not self.is_ready:
            self.process.wait()
        return self.is_ready

    @property
    def was_killed(self) -> bool:
        """Whether something else killed it."""
        return self.process.returncode == -signal.SIGKILL and not self.hung

    def manner(self) -> str:
        """Say how it ended."""
        if self.hung:
            return "hangs"
        status = self.process.returncode
        how = f"with {signal.Signals(-status).name}" if status < 0 else f"with exit code {status}"
        words = "the machine may be short of memory" if self.was_killed else last_words(self.errors)
        return f"ends Python {how}" + (f" ({words})" if words else "")

    def ending(self) -> str:
        """Say what it did last and how it ended."""
        at = f"importing {self.importing}" if self.importing and not self.is_ready else "the process to fork from"
        return f"{at} {self.manner()}"

    def _line(self, reports: IO[bytes]) -> bytes:
        """Wait for the next report; a process that hangs is killed, and reports no more."""
        clock = Clock(self._work, BUSY, WALL, IDLE)
        while not select.select([reports], [], [], 0.5)[0]:
            if clock.is_over():
                self.hung = True
                self.process.kill()
                break
        return reports.readline()

    def _work(self) -> float:
        """Return the seconds for which it has computed, or waited for a disk."""
        try:
            return float(sum(psutil.Process(self.process.pid).cpu_times()))
        except psutil.NoSuchProcess:
            return 0.0

    def _note(self, report: dict[str, Any]) -> None:
        self.importing = report.get("importing", self.importing)
        if "raised" in report and self.importing is not None:
            self.raised[self.importing] = report["raised"]
        self.is_ready |= "ready" in report


def last_words(errors: IO[bytes]) -> str:
    """Return the end of what a process wrote to stderr, without what only a debugger would read."""
    errors.seek(0)
    lines = errors.read().decode(errors="replace").splitlines()
    said = [line.strip() for line in lines if line.strip() and not line.startswith(NOISE)]
    return " / ".join(said[-2:])[-LENGTH:]
