"""What runs in the examiner's process: the instructor's cells, with the student's functions behind proxies.

The process is forked for one submission. It never runs a line of the student's; of the student's process it gets plain
data.
"""

from __future__ import annotations

import os
import select
import socket
import threading
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection
from multiprocessing.reduction import recv_handle
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from nbformat import from_dict
from traitlets.config import Config

from gdhelpers.autograder.tested import Problem, Tested
from gdhelpers.checks.errors import Objection
from gdhelpers.hidden_tests import autograd, linear_regression, logistic_regression, seed  # noqa: F401 - warmed up
from gdhelpers.wire import Lost, Stream
from gdhelpers.wire.proxy import Student

PATIENCE = 600.0
"""Seconds on the clock that an answer may take; limits of their own hold long before."""


def begin(argument: Any, control: int) -> None:
    """Run cells as they are asked for, until nobody asks any more."""
    del argument
    threading.Thread(target=_end_with, args=(control,), name="end with the grader", daemon=True).start()
    connection = Connection(control)
    cells = TestCells()
    try:
        while True:
            asked = connection.recv()
            if asked == "student":
                cells.meet(socket.socket(fileno=recv_handle(connection)))
            elif asked == "echo":
                connection.send(cells.hears())
            else:
                connection.send(cells.run(*asked))
    except EOFError:
        return


def _end_with(control: int) -> None:
    """Wait until nobody holds the other end of a socket, and end this process, whatever it does."""
    hung_up = select.poll()
    hung_up.register(control, 0)
    hung_up.poll()
    os._exit(0)


class TestCells:
    """A shell in which the instructor's cells are run, one after the other."""

    __test__ = False  # pytest takes any class of such a name for tests

    def __init__(self) -> None:
        self._student = Student(None)
        config = Config()
        config.HistoryManager.enabled = False
        config.InteractiveShell.colors = "nocolor"
        self._shell = InteractiveShell.instance(config=config)
        # Tracebacks would show hidden tests; what they would say is in the problem.
        for name in ("showtraceback", "showsyntaxerror", "_showtraceback"):
            setattr(self._shell, name, _show_nothing)

    def meet(self, connection: socket.socket) -> None:
        """Let proxies call the functions of another process from now on."""
        self._student = Student(Stream(connection, PATIENCE))

    def hears(self) -> bool:
        """Whether the student's process answers."""
        return self._student.answers()

    def run(self, source: str, names: Sequence[str], cases: int) -> Tested:
        """Run one cell, in which `names` are those of the student, with hidden tests drawn from the seed `cases`."""
        seed.use(cases)
        started = time.monotonic()
        try:
            self._look(names)
        except Exception as error:  # whatever comes of reading what the student's process wrote
            return Tested(_problem(error), [], time.monotonic() - started, is_there=False)
        with capture_output() as shown:
            result = self._shell.run_cell(source, store_history=False)
        failed = result.error_before_exec or result.error_in_exec
        problem = None if failed is None else _problem(failed)
        taken, signs = time.monotonic() - started, list(self._student.signs)
        return Tested(problem, list(_outputs(shown)), taken, signs, self._student.is_there)

    def _look(self, names: Sequence[str]) -> None:
        for name in names:
            self._shell.user_ns.pop(name, None)
        if names:
            self._shell.user_ns.update(self._student.look(names))


def _show_nothing(*arguments: object, **options: object) -> None:
    """Stand for what would show a traceback."""
    del arguments, options


def _problem(error: BaseException) -> Problem:
    kind = type(error).__name__
    if isinstance(error, Objection):
        return Problem(kind, error.message, error.misconception, residuals=error.residuals)
    return Problem(kind, str(error), None, getattr(error, "raised", None), isinstance(error, Lost))


def _outputs(shown: Any) -> Any:
    # Not by nbformat's own functions: they would make the validator of notebooks anew in every fork.
    text = shown.stdout + shown.stderr
    if text:
        yield from_dict({"output_type": "stream", "name": "stdout", "text": text})
    for output in shown.outputs:
        yield from_dict({"output_type": "display_data", "data": dict(output.data), "metadata": {}})
