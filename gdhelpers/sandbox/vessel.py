"""A fresh Python process that enters a sandbox and calls one function there."""

from __future__ import annotations

import importlib
import json
import os
import socket
import subprocess
import sys
from types import TracebackType
from typing import Any

from gdhelpers.sandbox.policy import Policy

_MAIN = "from gdhelpers.sandbox.vessel import main; main()"


class Vessel:
    """A sandbox as its manager sees it, used as a context manager: at its end, all in it is killed.

    `task` names a function, "module:function". It is imported outside, and called inside with `arguments`.
    """

    def __init__(self, policy: Policy, task: str, *arguments: Any, program: str = _MAIN, **popen: Any) -> None:
        self._control, inner = socket.socketpair()
        words = (str(inner.fileno()), policy.as_json(), task, json.dumps(arguments))
        with inner:
            command = [sys.executable, "-c", program, *words]
            self.process = subprocess.Popen(command, pass_fds=(inner.fileno(),), **popen)  # noqa: S603 - itself
        self._replies = self._control.makefile()

    def __enter__(self) -> Vessel:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()

    def reply(self) -> dict[str, Any]:
        """Wait for the warden's next line; there is none when it has ended."""
        line = self._replies.readline()
        reply: dict[str, Any] = json.loads(line) if line else {}
        return reply

    def signal(self, number: int) -> None:
        """Have a signal delivered to the student's process."""
        self._control.send(bytes([number]))

    def close(self) -> None:
        """Hang up, at which the warden kills all."""
        self._replies.close()
        self._control.close()


def main() -> None:
    """Enter the sandbox that the command line describes, and call its function."""
    from gdhelpers.sandbox.warden import enter  # what is inside of a sandbox is not imported outside: Windows could not

    control, policy, task, arguments = sys.argv[1:]
    module, name = task.split(":")
    function = getattr(importlib.import_module(module), name)
    enter(Policy.from_json(policy), int(control))
    function(*json.loads(arguments))
    sys.stdout.flush()
    # What the sandbox refuses must not turn an orderly end into an error.
    os._exit(0)
