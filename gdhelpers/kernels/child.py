"""What a fork of the warm parent does to become a student's kernel: it enters the sandbox, and only then begins."""

from __future__ import annotations

import os
import random
import socket
import sys
import warnings
from collections.abc import Mapping
from typing import Any

# Imported by the parent, so that nothing of it has to be read inside of the sandbox.
import ipykernel.iostream
import ipykernel.kernelapp
import ipykernel.zmqshell
from tornado.ioloop import IOLoop

from gdhelpers.kernels import signs
from gdhelpers.sandbox import Policy, enter
from gdhelpers.wire import Lost, Malformed, Stream
from gdhelpers.wire.agent import Agent

WIRE = "wire"
"""The socket in the policy's `run` folder at which the examiner's side waits for the agent."""


def begin(argument: Mapping[str, Any], control: int) -> None:
    """Become the kernel that an argument describes; returns when it has ended."""
    os.setsid()
    os.environ.clear()
    os.environ.update(argument["environment"])
    policy = Policy.from_json(argument["policy"])
    enter(policy, control)
    os.chdir(policy.work)
    _make_fresh()
    app = ipykernel.kernelapp.IPKernelApp.instance()
    with warnings.catch_warnings():
        # Without a network, what processes started by the notebook print does not reach it.
        warnings.filterwarnings("ignore", "Couldn't bind IOPub Pipe")
        app.initialize(argument["options"])
    _answer(app, policy)
    app.start()


def _make_fresh() -> None:
    """Make anew what a fork would share with all others: the states of random generators."""
    random.seed()
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()
    sys.argv = ["kernel"]


def _answer(app: Any, policy: Policy) -> None:
    """Let the agent answer in the event loop of the kernel: that is between cells, and on the main thread."""
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(os.path.join(policy.run, WIRE))  # noqa: PTH118
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
