"""A warm parent: a process that has only imported, and from which others are forked within milliseconds.

Importing torch and TensorFlow takes seconds; a fork of a process that has imported them takes none. The parent itself
must never compute: a fork of a process whose thread pools have run hangs. It ends when the process that started it
does, and it knows nothing but the modules that it was told to import.
"""

from __future__ import annotations

import atexit
import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from typing import Any

from gdhelpers.kernels.tether import end_with_parent
from gdhelpers.quiet import quietly
from gdhelpers.trouble import Trouble

REQUEST_LIMIT = 2**20
"""Bytes of the largest request."""


class Parent:
    """A warm parent, seen by the process that starts it: `fork` runs a target in a new process.

    A target is written "module:function"; the function is given an argument of plain JSON and a connected socket, whose
    other end `fork` returns.
    """

    def __init__(self, target: str, modules: Sequence[str], environment: dict[str, str]) -> None:
        self._command = [sys.executable, "-m", "gdhelpers.kernels.parent", target, *modules]
        self._environment = environment
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: socket.socket | None = None
        atexit.register(self.close)

    def fork(self, argument: Any) -> socket.socket:
        """Run the target in a new process; raises `Trouble` where the parent cannot be started."""
        with self._lock:
            ours, theirs = socket.socketpair()
            with theirs:
                request = json.dumps(argument).encode()
                try:
                    socket.send_fds(self._started(), [len(request).to_bytes(4) + request], [theirs.fileno()])
                except OSError:  # the parent has died since
                    self.close()
                    socket.send_fds(self._started(), [len(request).to_bytes(4) + request], [theirs.fileno()])
            return ours

    def close(self) -> None:
        """End the parent; processes that were forked from it go on."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _started(self) -> socket.socket:
        if self._connection is None:
            ours, theirs = socket.socketpair()
            with theirs:
                self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                    self._command, env=self._environment, stdin=theirs.fileno(), stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL, start_new_session=True,
                )  # fmt: skip
            self._connection = ours
            if ours.recv(1) != b"+":
                self.close()
                raise Trouble("The process that starts kernels ended while it imported. Run: gd doctor")
        return self._connection


def main(target: str, modules: Sequence[str]) -> None:
    """Be a warm parent: import, then fork whenever it is asked for on the socket that is standard input."""
    end_with_parent()
    connection = socket.socket(fileno=os.dup(0))
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.close(nowhere)
    with quietly():
        module, function = target.split(":")
        begin = getattr(importlib.import_module(module), function)
        for name in modules:
            _import(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children end without anyone waiting for them
    connection.sendall(b"+")
    while True:
        argument, control = _request(connection)
        if os.fork() == 0:
            connection.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _run(begin, argument, control)
        os.close(control)


def _import(name: str) -> None:
    """Import a module; where that fails, the notebook that needs it will say so."""
    try:
        importlib.import_module(name)
    except Exception:
        return


def _request(connection: socket.socket) -> tuple[Any, int]:
    """Wait for a request; the process ends where none will come any more."""
    start, descriptors, _, _ = socket.recv_fds(connection, REQUEST_LIMIT, 1)
    if not start:
        os._exit(0)
    content = bytearray(start)
    while len(content) < 4 + int.from_bytes(content[:4]):
        content += connection.recv(REQUEST_LIMIT)
    return json.loads(content[4:]), descriptors[0]


def _run(begin: Any, argument: Any, control: int) -> None:
    status = 1
    try:
        begin(argument, control)
        status = 0
    finally:
        os._exit(status)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
