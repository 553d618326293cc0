"""The student's side of the wire: it looks up names and calls functions for the examiner.

It runs in the student's process, in the event loop of the kernel, when no cell is running. All that it can do for the
student is to answer.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from gdhelpers.wire import modes
from gdhelpers.wire.changes import State, state
from gdhelpers.wire.frame import Malformed, Stream
from gdhelpers.wire.raised import Raised, muted, raised
from gdhelpers.wire.reader import Reader
from gdhelpers.wire.tape import scaled
from gdhelpers.wire.value import Writer

Tree = dict[str, Any]
Answers = Iterator[tuple[Tree, Writer]]

ECHO = "an echo"
"""A function of the agent's own, by a name that no notebook can define."""


class Agent:
    """Answers the examiner's questions about the names of a notebook.

    `leaving` tells whether the notebook has asked Python to end; `signs` returns what it has tampered with.
    """

    def __init__(
        self,
        stream: Stream,
        names: Mapping[str, Any],
        leaving: Callable[[], bool] = lambda: False,
        signs: Callable[[], list[str]] = list,
    ) -> None:
        self._stream = stream
        self._names = names
        self._leaving = leaving
        self._signs = signs
        self._own = {ECHO: _echo}
        self._asked: dict[str, Callable[[Tree, list[Any]], Answers]] = {"look": self._look, "call": self._calls}

    def answer(self) -> None:
        """Answer the next message; raises `Lost` where nobody asks any more."""
        tree, arrays = self._stream.receive()
        for reply, writer in self._asked[tree["ask"]](tree, arrays):
            try:
                self._stream.send(reply | {"objects": writer.trees}, writer.arrays)
            except Malformed:  # what came of it is too long
                self._stream.send({"value": {"foreign": "something too large"}, "changed": [], "objects": []})

    def _look(self, tree: Tree, arrays: list[Any]) -> Answers:
        del arrays
        writer = Writer()
        found = [self._found(name, writer) for name in tree["names"] if name in self._names]
        yield {"found": found, "signs": self._signs()}, writer

    def _found(self, name: str, writer: Writer) -> list[Any]:
        value = self._names[name]
        return [name, None] if callable(value) else [name, {"is": writer.write_or_describe(value)}]

    def _calls(self, tree: Tree, arrays: list[Any]) -> Answers:
        """Call a function with one set of arguments after the other; each call has an answer of its own.

        A call that raises is not repeated; one that ends Python, or is interrupted, is the last.
        """
        for question in tree["questions"]:
            own, arrays = arrays[: question["arrays"]], arrays[question["arrays"] :]
            reader = Reader(own, question["objects"], self._names.__getitem__)
            positional = [reader.read(item) for item in question["arguments"]]
            keywords = {name: reader.read(item) for name, item in question["keywords"]}
            before = [state(item) for item in reader.objects]
            for _ in range(tree["times"]):
                writer = Writer()
                came = self._call(tree, positional, keywords, writer)
                reply = {"raised": _told(came)} if isinstance(came, Raised) else {"value": came}
                yield reply | {"changed": list(_changed(reader.objects, before, writer))}, writer
                if isinstance(came, Raised):
                    if came.is_last:
                        return
                    break

    def _call(self, tree: Tree, positional: list[Any], keywords: dict[str, Any], writer: Writer) -> Any:
        """Call the function once; return the tree of its value, or what it raised."""
        name = tree["name"]
        with _interruptible():
            try:
                if name == ECHO:
                    _demand_streams()
                with scaled(tree["tape_factor"]), muted(), modes.kept():
                    value = (self._own.get(name) or self._names[name])(*positional, **keywords)
                came = writer.write_or_describe(value)
                return Raised(("SystemExit",), "it asked Python to end", None) if self._leaving() else came
            except BaseException as error:
                return raised(error)


def _echo(*values: Any) -> Any:
    """Return what came: to see whether anything comes through."""
    return values


def _demand_streams() -> None:
    """Raise where a stream is gone that a kernel flushes after every cell: it would answer no more."""
    if not (hasattr(sys.stdout, "flush") and hasattr(sys.stderr, "flush")):
        raise RuntimeError("sys.stdout or sys.stderr is gone")


def _told(what: Raised) -> Tree:
    return {"kinds": list(what.kinds), "message": what.message, "line": what.line}


def _changed(objects: list[Any], before: list[State | None], writer: Writer) -> Iterator[list[Any]]:
    for place, (item, old) in enumerate(zip(objects, before, strict=True)):
        if old is not None and state(item) != old:
            yield [place, writer.write_or_describe(item)]


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let an interrupt reach the function, as it does a cell: between cells a kernel ignores it."""
    kept = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, kept)
