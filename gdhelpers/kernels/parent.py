"""A warm parent: a process that has only imported, and from which others are forked within milliseconds.

Importing torch and TensorFlow takes seconds; a fork of a process that has imported them takes none. The parent itself
must never compute: a fork of a process whose thread pools have run hangs. It ends when the process that started it
does, and it knows nothing but the modules that it was told to import.
"""

from __future__ import annotations

import atexit
import faulthandler
import gc
import importlib
import json
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from typing import Any

from gdhelpers.kernels import memory
from gdhelpers.kernels.tether import call_itself, end_with_parent
from gdhelpers.kernels.warm_up import WarmUp
from gdhelpers.system import demand_grading
from gdhelpers.trouble import Trouble

REQUEST_LIMIT = 2**20
"""Bytes of the largest request."""

LAST_MOMENTS = 5.0
"""Seconds in which a process whose sockets are closed has ended."""


class CannotBegin(Trouble):
    """No process can be forked, or none begins: the machine's fault, which every submission would meet."""


class Parent:
    """A warm parent, seen by the process that starts it: `fork` runs a target in a new process.

    It is started when it is first asked, and again when it has died. All threads of a process may share it.
    Raises `Trouble` on a system that cannot fork.
    """

    def __init__(self, modules: Sequence[str], environment: Mapping[str, str]) -> None:
        demand_grading()
        self._modules, self._environment = modules, environment
        self._lock = threading.Lock()
        self._connection: socket.socket | None = None
        self.warm_up: WarmUp | None = None
        atexit.register(self.close)

    def fork(self, target: str, argument: Any) -> socket.socket:
        """Run a target in a new process, as soon as the parent has imported; does not wait for that.

        A target is written "module:function"; the function is given the argument, which is plain JSON, and a connected
        socket, whose other end is returned. It reads as closed if the parent cannot start, or dies meanwhile.
        Raises `CannotBegin` if it is known that the parent cannot start.
        """
        request = json.dumps([target, argument]).encode()
        with self._lock, ExitStack() as undo:
            ours, theirs = map(undo.enter_context, socket.socketpair())
            try:
                self._send(request, theirs)
            except OSError:  # the parent has died since
                if self.warm_up is not None and not self.warm_up.is_ready:
                    raise CannotBegin(self.why()) from None
                self._end()
                self._send(request, theirs)
            theirs.close()
            undo.pop_all()
        return ours

    def warm(self) -> None:
        """Begin to import, if that has not begun; does not wait for it."""
        with self._lock:
            self._connected()

    def close(self) -> None:
        """End the parent; processes that were forked from it go on."""
        with self._lock:
            self._end()

    def why(self) -> str:
        """Say why a process that was asked for did not begin, as far as that is known."""
        if self.warm_up is None:
            return "The kernel ended before it began. Run: gd doctor"
        # A process whose sockets are closed ends at once, but not yet.
        self.warm_up.join(LAST_MOMENTS)
        reason = self.warm_up.why or "it ended before it began"
        return f"No kernel can be started: {reason}. Run: gd doctor"

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
        ours, inbox = socket.socketpair()
        self.warm_up = WarmUp(self._modules, self._environment, inbox)
        self.warm_up.start()
        return ours

    def _end(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if self.warm_up is not None:
            self.warm_up.end()
            self.warm_up = None


class Branch(Parent):
    """A warm parent that is itself forked from another one, and imports more than that: what both need is shared."""

    def __init__(self, trunk: Parent, modules: Sequence[str]) -> None:
        super().__init__(modules, {})
        self._trunk = trunk

    def why(self) -> str:
        """Say why a process that was asked for did not begin: the trunk knows."""
        return self._trunk.why()

    def _start(self) -> socket.socket:
        return self._trunk.fork("gdhelpers.kernels.parent:branch", list(self._modules))


def main(modules: Sequence[str]) -> None:
    """Be a warm parent: import, then fork whenever it is asked for on the socket that is standard input."""
    end_with_parent()
    connection = socket.socket(fileno=os.dup(0))
    reports = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what modules print while they are imported is no report
    _put_nowhere(0)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children end without anyone waiting for them
    # The last words of a process that an import ends: a signal alone says little.
    faulthandler.enable()
    _import(modules, lambda **report: print(json.dumps(report), file=reports))
    faulthandler.disable()
    memory.settle()
    print(json.dumps({"ready": True}), file=reports)
    reports.close()
    _serve(connection)


def branch(modules: Sequence[str], connection: int) -> None:
    """Be a warm parent that was forked from another one."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    _import(modules, lambda **_: None)
    # What it shares with the other parent would no longer be shared if it were laid out again.
    gc.freeze()
    _serve(socket.socket(fileno=connection))


def _import(modules: Sequence[str], report: Callable[..., None]) -> None:
    """Import modules; if one raises an exception, the notebook that needs it will say so."""
    call_itself("gd-parent")
    for name in modules:
        report(importing=name)
        try:
            importlib.import_module(name)
        except Exception as error:
            report(raised=f"{type(error).__name__}: {error}")


def _serve(connection: socket.socket) -> None:
    """Fork until nobody is there any more to ask for it."""
    while (request := _request(connection)) is not None:
        (target, argument), control = request
        if os.fork() == 0:
            connection.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            call_itself("gd-fork")
            _put_nowhere(1, 2)
            _run(target, argument, control)
        os.close(control)


def _put_nowhere(*descriptors: int) -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in descriptors:
        os.dup2(nowhere, descriptor)
    os.close(nowhere)


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
