"""What is sent to a gradebook, counted; and errors and kill -9 in the middle of it."""

import multiprocessing
import os
import signal
from contextlib import contextmanager
from functools import partial

from sqlalchemy import event
from sqlalchemy.engine import Engine

from gdhelpers.autograder import gradebook


@contextmanager
def at_every_statement(act):
    """Call `act(number, statement)` after each statement of any gradebook."""
    count = 0

    def after(_connection, _cursor, statement, *_):
        nonlocal count
        count += 1
        act(count, statement)

    event.listen(Engine, "after_cursor_execute", after)
    try:
        yield
    finally:
        event.remove(Engine, "after_cursor_execute", after)


@contextmanager
def statements():
    """Note the statements that are sent."""
    sent = []
    with at_every_statement(lambda _, statement: sent.append(statement)):
        yield sent


@contextmanager
def steps_of_sqlite():
    """Note each step that SQLite takes: a row more that is looked at takes more steps."""
    taken = []

    def count(connection, _record):
        connection.set_progress_handler(lambda: taken.append(1), 1)

    event.listen(Engine, "connect", count)
    try:
        yield taken
    finally:
        event.remove(Engine, "connect", count)


class Struck(Exception):  # noqa: N818 - what a test raises
    """A lightning."""


def strike(last, number, _statement):
    """Fail right after one statement."""
    if number == last:
        raise Struck


def _end(last, number, _statement):
    if number == last:
        os.kill(os.getpid(), signal.SIGKILL)


def killed(change, course, assignment, last):
    """Make a change to a gradebook in a process that is killed right after one of its statements."""
    child = multiprocessing.get_context("fork").Process(target=_make_and_die, args=(change, course, assignment, last))
    child.start()
    child.join()
    assert child.exitcode == -signal.SIGKILL


def _make_and_die(change, course, assignment, last):
    with gradebook.opened(course) as book, at_every_statement(partial(_end, last)):
        change(book, course, assignment)
