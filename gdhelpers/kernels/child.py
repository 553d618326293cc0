"""What a fork of a warm parent does to become a kernel; a student's enters the sandbox, and only then begins."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import warnings
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

# Imported by the parent, so that nothing of it has to be read inside of the sandbox.
import ipykernel.iostream
import ipykernel.kernelapp
import ipykernel.zmqshell
from tornado.ioloop import IOLoop

from gdhelpers.kernels import signs
from gdhelpers.sandbox import Policy
from gdhelpers.sandbox.warden import enter
from gdhelpers.wire import SOCKET, Lost, Malformed, Stream
from gdhelpers.wire.agent import Agent


def begin(argument: Mapping[str, Any], control: int) -> None:
    """Become the kernel of a student's notebook, in the sandbox of a policy; returns when it has ended."""
    policy = Policy.from_json(argument["policy"])
    _take(argument["environment"])
    # The sandbox may refuse to connect to anything.
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(os.path.join(policy.run, SOCKET))  # noqa: PTH118
    enter(policy, control, connection.fileno())
    os.chdir(policy.work)
    app = _kernel(argument["options"])
    _do_without_terminals(app.shell)
    _answer(app, policy, connection)
    app.start()


def begin_free(argument: Mapping[str, Any], control: int) -> None:
    """Become a kernel without a sandbox, as one that was started anew would be; returns when it has ended.

    What it tells on the control socket is what a warden tells of one in a sandbox.
    """
    _take(argument["environment"])
    holder = socket.socket(fileno=control)
    try:
        os.chdir(argument["folder"])
        app = _kernel(argument["options"])
    except Exception as problem:  # a folder is not there, a port is taken
        holder.sendall(json.dumps({"error": f"{type(problem).__name__}: {problem}"}).encode() + b"\n")
        return
    os.register_at_fork(after_in_child=holder.close)
    holder.sendall(json.dumps({"pid": os.getpid(), "group": os.getpgrp()}).encode() + b"\n")
    threading.Thread(target=_end_with, args=(holder,), name="end with the client", daemon=True).start()
    app.start()
    holder.sendall(json.dumps({"status": 0}).encode() + b"\n")


def _take(environment: Mapping[str, str]) -> None:
    os.setsid()
    os.environ.clear()
    os.environ.update(environment)


def _end_with(holder: socket.socket) -> None:
    """Wait until nobody holds the other end of a socket, and end this process with all that it started."""
    if not holder.recv(1):
        os.killpg(os.getpgrp(), signal.SIGKILL)


def _kernel(options: Sequence[str]) -> Any:
    """Return the application of a kernel that is ready to start."""
    _make_fresh()
    app = ipykernel.kernelapp.IPKernelApp.instance()
    with warnings.catch_warnings():
        # Without a network, what processes started by the notebook print does not reach it.
        warnings.filterwarnings("ignore", "Couldn't bind IOPub Pipe")
        app.initialize(list(options))
    return app


def _do_without_terminals(shell: Any) -> None:
    """Run the commands of cells, as in !ls, through a pipe if the sandbox has no terminal to run them at."""
    with suppress(OSError):
        for end in os.openpty():
            os.close(end)
        return

    def system(command: str) -> None:
        expanded = shell.var_expand(command, depth=1)
        with subprocess.Popen(  # noqa: S602 - what the student's cell says, in the sandbox
            expanded, shell=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, errors="replace",
        ) as process:  # fmt: skip
            for line in process.stdout or ():
                print(line, end="")
        shell.user_ns["_exit_code"] = process.returncode

    shell.system = system


def _make_fresh() -> None:
    """Make anew what a fork would share with all others: the states of random generators."""
    random.seed()
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()
    if "torch" in sys.modules:
        sys.modules["torch"].seed()
    sys.argv = ["kernel"]


def _answer(app: Any, policy: Policy, connection: socket.socket) -> None:
    """Let the agent answer in the event loop of the kernel: that is between cells, and on the main thread."""
    shell, stream = app.shell, Stream(connection)
    agent = Agent(stream, shell.user_ns, lambda: bool(shell.exit_now), signs.Watch(policy).signs)
    loop, own = IOLoop.current(), os.getpid()
    # A notebook may fork. Its copies of this process do not answer, and do not stay.
    os.register_at_fork(after_in_child=stream.close)

    def answer(descriptor: int, events: int) -> None:
        del events
        try:
            agent.answer()
        except (Lost, Malformed):
            if os.getpid() != own:
                os._exit(0)
            loop.remove_handler(descriptor)
            stream.close()

    loop.add_handler(stream.fileno(), answer, IOLoop.READ)
