"""A kernel that runs the cells of one notebook under limits.

Execution itself is nbclient's. Added here: limits that count CPU time, so that a verdict does not depend on how busy
the machine is, with a generous wall clock behind them; and an account of what became of each cell.
"""

from __future__ import annotations

import asyncio
import os
import time
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL
from types import TracebackType
from typing import Any, Literal

import psutil
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError

from gdhelpers.environment import activate

GRACE = 5.0
"""Seconds that an interrupted cell has to stop before its process is ended."""

POLL = 0.1
"""Seconds between two looks at the CPU time of a running cell."""


@dataclass(frozen=True)
class Limits:
    """What one cell may use: seconds of CPU, and seconds on the clock behind that."""

    cpu: float = 20.0
    wall: float = 300.0


@dataclass(frozen=True)
class CellRun:
    """What became of a cell: how it ended, what it printed, its error if it raised one, and how long it took."""

    end: Literal["finished", "timeout", "crashed"]
    outputs: list[Any]
    seconds: float
    alive: bool = True

    @property
    def error(self) -> Any | None:
        """The error output of a cell that raised."""
        return next((output for output in self.outputs if output.output_type == "error"), None)


class Kernel:
    """A Python kernel in a folder of its own, used as an asynchronous context manager."""

    def __init__(self, notebook: Any, folder: Path) -> None:
        self._folder = folder
        self._leaving = False
        self._manager = AsyncKernelManager(
            kernel_name="python3", transport="ipc", connection_file=str(folder / "kernel.json")
        )
        self._client = NotebookClient(
            notebook,
            km=self._manager,
            timeout=None,
            allow_errors=True,
            raise_on_iopub_timeout=False,
            extra_arguments=["--HistoryManager.hist_file=:memory:"],
            on_cell_executed=self._note_reply,
            resources={"metadata": {"path": str(folder)}},
        )

    async def __aenter__(self) -> Kernel:
        activate()
        environment = os.environ | {"IPYTHONDIR": str(self._folder / ".ipython")}
        # What cells print comes as messages; what goes past Python must not get into the grader's own output.
        await self._client.async_start_new_kernel(
            cwd=str(self._folder), env=environment, stdout=DEVNULL, stderr=DEVNULL
        )
        await self._client.async_start_new_kernel_client()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._end()

    def _note_reply(self, execute_reply: Any, **_: Any) -> None:
        """Note whether a cell called exit() or quit(): the kernel then ends by itself, but only after the cell."""
        payload = execute_reply["content"].get("payload") or []
        self._leaving = any(entry.get("source") == "ask_exit" for entry in payload)

    async def run(self, cell: Any, index: int, limits: Limits) -> CellRun:
        """Run one code cell of the notebook; its outputs are also left in the cell, as a notebook keeps them."""
        self._leaving = False
        started, spent = time.monotonic(), self._cpu()
        running = asyncio.create_task(self._client.async_execute_cell(cell, index))
        end: Literal["finished", "timeout", "crashed"] = "finished"
        while not running.done():
            await asyncio.wait({running}, timeout=POLL)
            used, elapsed = self._cpu() - spent, time.monotonic() - started
            if not running.done() and (used > limits.cpu or elapsed > limits.wall):
                end = "timeout"
                await self._stop(running)
        try:
            running.result()
        except (DeadKernelError, asyncio.CancelledError):
            self._leaving = True
        if self._leaving:
            end = "crashed" if end == "finished" else end
            await self._end()
        alive = await self._manager.is_alive()
        return CellRun(end, list(cell.outputs), time.monotonic() - started, alive)

    def _cpu(self) -> float:
        """Return the CPU seconds of the kernel's processes so far."""
        try:
            kernel = psutil.Process(self._pid)
            times = [process.cpu_times() for process in [kernel, *kernel.children(recursive=True)]]
        except psutil.NoSuchProcess:
            return 0.0
        return float(sum(t.user + t.system for t in times) + times[0].children_user + times[0].children_system)

    @property
    def _pid(self) -> int:
        return int(self._manager.provisioner.pid)

    async def _stop(self, running: asyncio.Task[Any]) -> None:
        """Interrupt the running cell, and end the process if that does not help."""
        await self._manager.interrupt_kernel()
        await asyncio.wait({running}, timeout=GRACE)
        if not running.done():
            await self._end()
            running.cancel()
            await asyncio.wait({running})

    async def _end(self) -> None:
        """End the kernel and every process that it started."""
        try:
            processes = psutil.Process(self._pid).children(recursive=True)
        except psutil.NoSuchProcess:
            processes = []
        if self._client.kc is not None:
            self._client.kc.stop_channels()
        await self._manager.shutdown_kernel(now=True)
        for process in processes:
            if process.is_running():
                process.kill()
