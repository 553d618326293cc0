"""The examiner of one submission, as seen by the process that grades: instructor's cells go out, results come back."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.reduction import send_handle
from types import TracebackType
from typing import Any

from gdhelpers.autograder import parents
from gdhelpers.autograder.tested import Tested

EXAMINER = "gdhelpers.autograder.test_cells:begin"
"""What a fork of the warm parent becomes."""

PATIENCE = 900.0
"""Seconds on the clock after which an examiner that gives no result is held to be broken."""


class ExaminerTrouble(Exception):  # noqa: N818 - the grader's, never the student's
    """The examiner ended, or gave no result: the fault is not the student's."""


class Examiner:
    """An examiner's process, used as a context manager."""

    def __init__(self, modules: tuple[str, ...]) -> None:
        self._modules = modules

    def __enter__(self) -> Examiner:
        self._socket = parents.of_examiners(self._modules).fork(EXAMINER, None)
        self._connection = Connection(os.dup(self._socket.fileno()))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()
        self._socket.close()

    def meet(self, agent: socket.socket) -> None:
        """Let it ask the student's process at the other end of a socket from now on."""
        with agent, suppress(OSError):
            self._connection.send("student")
            send_handle(self._connection, agent.fileno(), None)

    async def run(self, source: str, names: Sequence[str], seed: int) -> Tested:
        """Run a cell of the instructor's; raises `ExaminerTrouble`."""
        tested = await self._asked((source, list(names), seed))
        assert isinstance(tested, Tested)  # noqa: S101 - it comes from our own process
        return tested

    async def hears(self) -> bool:
        """Whether the student's process answers what it is asked; raises `ExaminerTrouble`."""
        return bool(await self._asked("echo"))

    async def _asked(self, question: Any) -> Any:
        try:
            self._connection.send(question)
            await asyncio.wait_for(self._readable(), PATIENCE)
            return self._connection.recv()
        except (OSError, EOFError, TimeoutError) as error:
            raise ExaminerTrouble(f"the examiner ended in a test cell ({type(error).__name__})") from error

    async def _readable(self) -> None:
        loop, ready = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self._connection.fileno(), ready.set)
        try:
            await ready.wait()
        finally:
            loop.remove_reader(self._connection.fileno())
