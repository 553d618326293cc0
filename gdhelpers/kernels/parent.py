"""A warm parent: a process that has only imported, and from which others are forked within milliseconds.

Importing torch and TensorFlow takes seconds; a fork of a process that has imported them takes none. The parent itself
must never compute: a fork of a process whose thread pools have run hangs. It ends when the process that started it
does, and it knows nothing but the modules that it was told to import.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gdhelpers.kernels import memory
from gdhelpers.kernels.tether import call_itself, end_with_parent
from gdhelpers.quiet import quietly

REQUEST_LIMIT = 2**20
"""Bytes of the largest request."""


class Parent:
    """A warm parent, seen by the process that starts it: `fork` runs a target in a new process.

    It is started when it is first asked, and again when it has died. All threads of a process may share it.
    """

    def __init__(self, modules: Sequence[str], environment: Mapping[str, str]) -> None:
        self._command = [sys.executable, "-P", "-m", "gdhelpers.kernels.parent", *modules]
        self._environment = dict(environment)
        self._lock = threading.Lock()
        self._connection: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        atexit.register(self.close)

    def fork(self, target: str, argument: Any) -> socket.socket:
        """Run a target in a new process, as soon as the parent has imported; does not wait for that.

        A target is written "module:function"; the function is given the argument, which is plain JSON, and a connected
        socket, whose other end is returned. It reads as closed where the parent cannot import, or dies meanwhile.
        """
        request = json.dumps([target, argument]).encode()
        ours, theirs = socket.socketpair()
        with theirs, self._lock:
            try:
                self._send(request, theirs)
            except OSError:  # the parent has died since
                self._end()
                self._send(request, theirs)
        return ours

    def warm(self) -> None:
        """Begin to import, if that has not begun; does not wait for it."""
        with self._lock:
            self._connected()

    def close(self) -> None:
        """End the parent; processes that were forked from it go on."""
        with self._lock:
            self._end()

    def _send(self, request: bytes, control: socket.socket) -> None:
        connection = self._connected()
        content = len(request).to_bytes(4) + request
        sent = socket.send_fds(connection, [content], [control.fileno()])
        connection.sendall(content[sent:])

    def _connected(self) -> socket.socket:
        if self._connection is None:
            self._connection = self._start()
        return self._connection

    def _start(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        started = threading.Event()

        def keep() -> None:
            # Linux ends a process with the thread that started it, so this one stays as long as the process does.
            try:
                self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                    self._command, env=self._environment, stdin=theirs.fileno(), stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL, start_new_session=True,
                )  # fmt: skip
            finally:
                theirs.close()
                started.set()
            self._process.wait()

        threading.Thread(target=keep, name="keeper of a warm parent", daemon=True).start()
        started.wait()
        return ours

    def _end(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if self._process is not None:
            self._process.kill()
            self._process = None


class Branch(Parent):
    """A warm parent that is itself forked from another one, and imports more than that: what both need is shared."""

    def __init__(self, trunk: Parent, modules: Sequence[str]) -> None:
        super().__init__(modules, {})
        self._trunk, self._modules = trunk, list(modules)

    def _start(self) -> socket.socket:
        return self._trunk.fork("gdhelpers.kernels.parent:branch", self._modules)


def main(modules: Sequence[str]) -> None:
    """Be a warm parent: import, then fork whenever it is asked for on the socket that is standard input."""
    end_with_parent()
    connection = socket.socket(fileno=os.dup(0))
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.close(nowhere)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children end without anyone waiting for them
    _serve(connection, modules, memory.settle)


def branch(modules: Sequence[str], connection: int) -> None:
    """Be a warm parent that was forked from another one."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    # What it shares with the other parent would no longer be shared when it is laid out anew.
    _serve(socket.socket(fileno=connection), modules, gc.freeze)


def _serve(connection: socket.socket, modules: Sequence[str], settle: Callable[[], None]) -> None:
    """Import, then fork until nobody is there any more to ask for it."""
    call_itself("gd-parent")
    with quietly():
        for name in modules:
            _import(name)
    settle()
    while (request := _request(connection)) is not None:
        (target, argument), control = request
        if os.fork() == 0:
            connection.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            call_itself("gd-fork")
            _run(target, argument, control)
        os.close(control)


def _import(name: str) -> None:
    """Import a module; where that fails, the notebook that needs it will say so."""
    try:
        importlib.import_module(name)
    except Exception:
        return


def _request(connection: socket.socket) -> tuple[Any, int] | None:
    """Wait for a request; there is none where nobody is there any more."""
    content, descriptors, _, _ = socket.recv_fds(connection, REQUEST_LIMIT, 1)
    while content and len(content) < 4 + int.from_bytes(content[:4]):
        more = connection.recv(4 + int.from_bytes(content[:4]) - len(content))
        content = content + more if more else b""
    return (json.loads(content[4:]), descriptors[0]) if content else None


def _run(target: str, argument: Any, control: int) -> None:
    """Call a target, and never return."""
    status = 1
    try:
        module, function = target.split(":")
        getattr(importlib.import_module(module), function)(argument, control)
        status = 0
    finally:
        os._exit(status)


if __name__ == "__main__":
    main(sys.argv[1:])
