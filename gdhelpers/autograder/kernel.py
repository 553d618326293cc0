"""A kernel in the sandbox that runs the cells of one notebook under limits.

Execution itself is nbclient's. Added here: limits that count CPU time, so that a verdict does not depend on how busy
the machine is, with a generous wall clock behind them; an account of what became of each cell; and the socket at which
the agent in the kernel answers an examiner.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
import time
from collections.abc import Awaitable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from itertools import islice
from queue import Empty
from types import TracebackType
from typing import Any, Literal, TypeVar

import psutil
import zmq.asyncio
from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError
from nbformat.v4 import new_output

from gdhelpers.autograder import parents
from gdhelpers.autograder.settings import MIB, Limits
from gdhelpers.autograder.surroundings import Surroundings, room_in
from gdhelpers.kernels.clock import Clock
from gdhelpers.kernels.provisioner import ForkProvisioner
from gdhelpers.sandbox.descendants import stat
from gdhelpers.wire import SOCKET

START = 300.0
"""Seconds on the clock that a kernel may take to begin, however busy the machine is."""

GRACE = 5.0
"""Seconds that an interrupted cell has to stop before its process is ended."""

POLL = 0.1
"""Seconds between two looks at the CPU time of a running cell."""

PF_EXITING = 0x4
"""Linux's flag of a process that is about to end, the ninth field of /proc/PID/stat."""

CROWD = 64
"""Entries of the folder of sockets, which needs less than ten, beyond which a kernel is ended: each costs an inode."""

NOT_SHOWN = ("status", "execute_input", "clear_output")
"""The messages of a kernel that show nothing."""

CUT = "\n[The output is cut here: there is more of it than the limit allows.]\n"

End = Literal["finished", "timeout", "crashed"]
T = TypeVar("T")


@dataclass(frozen=True)
class CellRun:
    """What became of a cell: how it ended, what it printed, its error if it raised one, and how long it took."""

    end: End
    outputs: list[Any]
    seconds: float
    alive: bool = True

    @property
    def error(self) -> Any | None:
        """The error output of a cell that raised."""
        return next((output for output in self.outputs if output.output_type == "error"), None)


class Kernel:
    """A Python kernel in a sandbox of its own, used as an asynchronous context manager."""

    _process: ForkProvisioner

    def __init__(
        self, notebook: Any, around: Surroundings, limits: Limits, modules: tuple[str, ...], budget: Budget
    ) -> None:
        self._around, self._limits, self._modules = around, limits, modules
        self._leaving = False
        self.signs: list[str] = []
        context = zmq.asyncio.Context()
        context.setsockopt(zmq.MAXMSGSIZE, int(2 * limits.output_mib * MIB))
        self._manager = AsyncKernelManager(
            kernel_name="gdhelpers",
            kernel_spec_manager=_Spec(),
            transport="ipc",
            # Of its own: a manager that is collected late removes its file.
            connection_file=str(around.run / f"{secrets.token_hex(4)}.json"),
            context=context,
            client_factory=_Channels,
        )
        self._client = _Client(
            notebook,
            km=self._manager,
            timeout=None,
            allow_errors=True,
            raise_on_iopub_timeout=False,
            extra_arguments=["--HistoryManager.hist_file=:memory:"],
            on_cell_executed=self._note_reply,
        )
        self._client.budget = budget

    async def __aenter__(self) -> Kernel:
        async with AsyncExitStack() as undo:
            undo.push_async_exit(self.__aexit__)
            with room_in(self._around.run):
                self.agent = undo.enter_context(await self._begun())
            # By now it listens: ZeroMQ tries a socket that nobody listens at again only after a tenth of a second.
            await self._client.async_start_new_kernel_client()
            undo.pop_all()
        return self

    async def _begun(self) -> socket.socket:
        """Have the kernel begin, and return the connection to its agent."""
        self._around.clear()
        wire = str(self._around.run / SOCKET)
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(wire)
            (self._around.run / SOCKET).chmod(0o666)
            listener.listen(1)
            listener.setblocking(False)
            argument = {
                "policy": self._around.policy.as_json(),
                "environment": self._around.environment,
                "options": ["-f", self._manager.connection_file, *self._client.extra_arguments],
            }
            parent = parents.of_kernels(self._modules)
            await self._client.async_start_new_kernel(parent=parent, argument=argument)
            self._process = self._manager.provisioner
            return await self._met(listener)

    async def _met(self, listener: socket.socket) -> socket.socket:
        """Wait for the agent in the kernel; raises `RuntimeError` where the kernel ends before."""
        loop = asyncio.get_running_loop()
        met = loop.create_task(loop.sock_accept(listener))
        ended = loop.create_task(self._process.wait())
        try:
            await asyncio.wait({met, ended}, timeout=START, return_when=asyncio.FIRST_COMPLETED)
            if not met.done():
                raise RuntimeError("The kernel did not begin.")
            return met.result()[0]
        finally:
            for task in (met, ended):
                task.cancel()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._end()
        self._manager.context.destroy(linger=0)

    def _note_reply(self, execute_reply: Any, **_: Any) -> None:
        """Note whether a cell called exit() or quit(): the kernel then ends by itself, but only after the cell."""
        payload = execute_reply["content"].get("payload") or []
        self._leaving = any(entry.get("source") == "ask_exit" for entry in payload)

    async def run(self, cell: Any, index: int, seconds: float) -> CellRun:
        """Run one code cell of the notebook; its outputs are also left in the cell, as a notebook keeps them.

        `seconds` is the computing time that it may take.
        """
        if not self._manager.has_kernel:
            return CellRun("crashed", [], 0.0, alive=False)
        self._leaving = False
        started = time.monotonic()
        end, _, problem = await self.watch(self._client.async_execute_cell(cell, index), seconds)
        if problem is not None:
            self._leaving = True
            if not isinstance(problem, DeadKernelError | asyncio.CancelledError):
                self.signs.append(f"a cell sent what no kernel sends ({type(problem).__name__})")
        if self._leaving:
            end = "crashed" if end == "finished" else end
            await self._end()
        return CellRun(end, list(cell.outputs), time.monotonic() - started, await self.is_alive())

    async def watch(
        self, work: Awaitable[T], seconds: float, wall: float | None = None
    ) -> tuple[End, T | None, BaseException | None]:
        """Await something that the kernel does; interrupt the kernel where it takes more computing time than this.

        `wall` is the time on the clock that it may take, if not the usual. Return how it ended, what came of it, and
        what went wrong.
        """
        running = asyncio.ensure_future(work)
        # If this is cancelled meanwhile, nobody asks what came of it, and asyncio would complain of that.
        running.add_done_callback(lambda done: done.cancelled() or done.exception())
        limits = self._limits
        clock = Clock(self._cpu, seconds, wall or limits.wall_seconds, limits.idle_seconds)
        end: End = "finished"
        while not running.done():
            await asyncio.wait({running}, timeout=POLL)
            if self._is_crowded():
                self.signs.append("a cell filled the folder of its process's sockets")
                await self._force(running)
            elif self._around.is_full():
                self.signs.append("a cell wrote more than the limit of the disk allows")
                await self._force(running)
            elif not running.done() and clock.is_over():
                end = "timeout"
                await self._stop(running)
        if running.cancelled():
            return end, None, asyncio.CancelledError()
        problem = running.exception()
        return end, None if problem else running.result(), problem

    async def is_alive(self) -> bool:
        """Whether the kernel's process is there."""
        return bool(await self._manager.is_alive())

    async def is_ending(self) -> bool:
        """Whether the process, which does not answer, has ended or does so now."""
        if await self.is_alive() and _is_exiting(self._process.pid):
            with suppress(TimeoutError):
                await asyncio.wait_for(self._process.wait(), GRACE)
        return not await self.is_alive()

    @property
    def was_killed(self) -> bool:
        """Whether something else than this grader killed the process."""
        return self._process.was_killed

    def _cpu(self) -> float:
        """Return the CPU seconds of all processes of the kernel's sandbox so far."""
        try:
            top = psutil.Process(self._manager.provisioner.pid).parent()
            processes = [top, *top.children(recursive=True)] if top else []
        except psutil.Error:
            return 0.0
        total = 0.0
        for process in processes:
            try:
                total += sum(process.cpu_times()[:4])
            except psutil.Error:
                continue
        return total

    async def _stop(self, running: asyncio.Future[Any]) -> None:
        """Interrupt what the kernel does, and end the process if that does not help."""
        await self._manager.interrupt_kernel()
        await asyncio.wait({running}, timeout=GRACE)
        if not running.done():
            await self._force(running)

    async def _force(self, running: asyncio.Future[Any]) -> None:
        """End the kernel, and what waits for it."""
        await self._end()
        await asyncio.wait({running}, timeout=GRACE)
        running.cancel()
        await asyncio.wait({running})

    def _is_crowded(self) -> bool:
        """Whether the folder of sockets, which lies on the grader's disk, holds what no kernel needs, or is closed."""
        try:
            with os.scandir(self._around.run) as entries:
                return sum(1 for _ in islice(entries, CROWD + 1)) > CROWD
        except OSError:
            return True

    async def _end(self) -> None:
        """End the kernel and everything in its sandbox."""
        # First of all, so that no channel waits for what a cell may have put in the place of the kernel's sockets.
        if self._manager.has_kernel:
            # The manager would look every tenth of a second whether it has ended.
            await self._manager.provisioner.kill()
            await self._manager.provisioner.wait()
        if self._client.kc is not None:
            self._client.kc.stop_channels()
        if self._manager.has_kernel:
            await self._manager.shutdown_kernel(now=True)


def _is_exiting(pid: int) -> bool:
    """Whether a process is on its way out: Linux closes its sockets first, and tells of its end a moment later.

    Where that cannot be known, it may be.
    """
    try:
        flags = stat(pid)[6]
    except OSError:
        return True
    return bool(int(flags) & PF_EXITING)


class Budget:
    """How much the cells of a notebook may still show."""

    def __init__(self, size: float) -> None:
        self.left = size


class _Client(NotebookClient):  # type: ignore[misc]
    """nbclient, which stops keeping what cells show when there is too much of it."""

    budget: Budget

    def process_message(self, msg: dict[str, Any], cell: Any, cell_index: int) -> Any:
        """Keep what a message shows, or changes of what was shown, while the budget lasts."""
        kind, content = msg["msg_type"], msg["content"]
        if kind in NOT_SHOWN or kind.startswith("comm"):
            # They are always heard, but nbclient would keep as a count whatever is called so.
            if not isinstance(content.get("execution_count"), int):
                content.pop("execution_count", None)
            return super().process_message(msg, cell, cell_index)
        before = self.budget.left
        self.budget.left -= len(repr(content))
        if self.budget.left >= 0:
            return super().process_message(msg, cell, cell_index)
        if before >= 0:
            cell.outputs.append(new_output("stream", name="stdout", text=CUT))
        return None

    def handle_comm_msg(self, outs: list[Any], msg: dict[str, Any], cell_index: int) -> None:
        """Keep nothing of widgets: no page shows them, and a notebook could send them without end."""


class _Channels(AsyncKernelClient):  # type: ignore[misc]
    """The channels to a kernel, which are ready when it has answered on two of them.

    jupyter_client goes on to wait for a fifth of a second of silence; nbclient tells late messages by their parents.
    """

    def start_channels(self, **channels: bool) -> None:
        """Open the channels that grading needs.

        The heartbeat has a thread that may wait for a cell without end, and whoever closes it waits for the thread.
        """
        super().start_channels(**channels | {"hb": False, "stdin": False})

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until the kernel answers; raises `RuntimeError` where it has ended, as jupyter_client does."""
        del timeout  # a limit on the clock stands behind all of this
        while await self.is_alive():
            self.kernel_info()
            with suppress(Empty):
                await self.get_shell_msg(timeout=1)
                await self.get_iopub_msg(timeout=1)
                return
        raise RuntimeError("The kernel ended before it answered.")


class _Spec(KernelSpecManager):  # type: ignore[misc]
    """The one kernel of the grader, whatever is installed beside it."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Return the description of the kernel."""
        provisioner = {"kernel_provisioner": {"provisioner_name": "gdhelpers"}}
        return KernelSpec(argv=["python"], language="python", display_name=kernel_name, metadata=provisioner)
