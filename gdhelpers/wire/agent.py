"""The student's side of the wire: it looks up names and calls functions for the examiner.

It runs in the student's process, in the event loop of the kernel, when no cell is running. All that it can do for the
student is to answer.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from gdhelpers.wire.changes import State, state
from gdhelpers.wire.frame import Malformed, Stream
from gdhelpers.wire.raised import Raised, muted, raised
from gdhelpers.wire.reader import Reader
from gdhelpers.wire.tape import scaled
from gdhelpers.wire.value import Writer

Tree = dict[str, Any]

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
        self._asked: dict[str, Callable[[Tree, list[Any]], tuple[Tree, Writer]]] = {
            "look": self._look,
            "call": self._call,
        }

    def answer(self) -> None:
        """Answer the next question; raises `Lost` where nobody asks any more."""
        tree, arrays = self._stream.receive()
        try:
            reply, writer = self._asked[tree["ask"]](tree, arrays)
            self._stream.send(reply | {"objects": writer.trees}, writer.arrays)
        except Malformed:  # what came of it is too long
            self._stream.send({"value": {"foreign": "something too large"}, "changed": [], "objects": []})

    def _look(self, tree: Tree, arrays: list[Any]) -> tuple[Tree, Writer]:
        del arrays
        writer = Writer()
        found = [self._found(name, writer) for name in tree["names"] if name in self._names]
        return {"found": found, "signs": self._signs()}, writer

    def _found(self, name: str, writer: Writer) -> list[Any]:
        value = self._names[name]
        return [name, None] if callable(value) else [name, {"is": writer.write_or_describe(value)}]

    def _call(self, tree: Tree, arrays: list[Any]) -> tuple[Tree, Writer]:
        reader = Reader(arrays, tree["objects"], self._names.__getitem__)
        positional = [reader.read(item) for item in tree["arguments"]]
        keywords = {name: reader.read(item) for name, item in tree["keywords"]}
        before = [state(item) for item in reader.objects]
        writer = Writer()
        with _interruptible():
            try:
                with scaled(tree["tape_factor"]), muted():
                    name = tree["name"]
                    value = (self._own.get(name) or self._names[name])(*positional, **keywords)
                reply = {"value": writer.write_or_describe(value)}
                if self._leaving():
                    reply = {"raised": _told(Raised(("SystemExit",), "it asked Python to end", None))}
            except BaseException as error:
                reply = {"raised": _told(raised(error))}
        return reply | {"changed": list(_changed(reader.objects, before, writer))}, writer


def _echo(*values: Any) -> Any:
    """Return what came: to see whether anything comes through."""
    return values


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
