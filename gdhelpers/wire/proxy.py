"""The examiner's side of the wire: names that stand for what the student's process holds."""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from gdhelpers.checks.foreign import Foreign
from gdhelpers.wire.agent import ECHO
from gdhelpers.wire.changes import carry_over
from gdhelpers.wire.frame import Lost, Malformed, Stream
from gdhelpers.wire.raised import KINDS, LINE, MESSAGE, Raised
from gdhelpers.wire.reader import Reader
from gdhelpers.wire.value import NAMES, Named, Writer

SIGNS = 20
"""Signs of tampering that are kept."""


Question = tuple[Sequence[Any], dict[str, Any]]
"""The arguments of a call: the positional ones, and those with keywords."""

Outcome = tuple[Any, list[tuple[Any, Any]]]
"""What a call returned or `Raised`; and which of its arguments were changed, each beside what it holds now."""


class Interrupted(BaseException):
    """A call was interrupted, as where it took too long: no test goes on after that, whatever it catches."""


class Student:
    """The student's process, as the examiner sees it: names can be looked up and functions called, no more."""

    def __init__(self, stream: Stream | None) -> None:
        self._stream = stream
        self.signs: list[str] = []

    def look(self, names: Iterable[str]) -> dict[str, Any]:
        """Return what is known by these names: functions as proxies, values as copies, nothing for a missing name."""
        wanted = list(names)
        self._send({"ask": "look", "names": wanted})
        tree, arrays = self._receive()
        reader = Reader(arrays, _part(tree, "objects", list))
        self._note(_readable(str(sign)[:NAMES]) for sign in _part(tree, "signs", list))
        found = {}
        for pair in _part(tree, "found", list):
            if type(pair) is not list or len(pair) != 2 or pair[0] not in wanted:
                raise Malformed("it tells of a name that was not asked for")
            name, told = pair
            value = Proxy(name, self) if told is None else reader.read(_part(told, "is", object))
            found[name] = Foreign(f"{name}, {value.what},") if type(value) is Foreign else value
        return found

    def call(self, name: str, arguments: Sequence[Any], keywords: dict[str, Any]) -> Any:
        """Call a function there; what it changes in the arguments is changed in these objects, too.

        Raises what it raised: a built-in exception as it is, any other as a new class of its name below the nearest
        built-in one.
        """
        (((value, changes),),) = self.ask(name, [(arguments, keywords)])
        for old, new in changes:
            carry_over(old, new)
        if isinstance(value, Raised):
            raise exception(value)
        return value

    def ask(
        self,
        name: str,
        questions: Sequence[Question],
        times: int = 1,
        tape_factor: float | None = None,
        *,
        numbers_alone: bool = False,
    ) -> list[list[Outcome]]:
        """Call a function there for each question in turn, `times` times with the same objects; one that raises, once.

        All the questions go in one message, so that the other side is woken once. With a `tape_factor`, what
        `tf.GradientTape.gradient` returns meanwhile is multiplied by it; with `numbers_alone`, values are as a `Reader`
        of that kind reads them.
        """
        writers, asked = [], []
        for arguments, keywords in questions:
            writer = Writer(functions=True)
            asked.append({
                "arguments": [writer.write(item) for item in arguments],
                "keywords": [[key, writer.write(item)] for key, item in keywords.items()],
                "objects": writer.trees,
                "arrays": len(writer.arrays),
            })  # fmt: skip
            writers.append(writer)
        tree = {"ask": "call", "name": name, "questions": asked, "times": times, "tape_factor": tape_factor}
        self._send(tree, [array for writer in writers for array in writer.arrays])
        return [self._outcomes(name, writer.objects, times, numbers_alone) for writer in writers]

    def _outcomes(self, name: str, objects: list[Any], times: int, numbers_alone: bool) -> list[Outcome]:
        outcomes = []
        for _ in range(times):
            outcomes.append(self._outcome(objects, numbers_alone))
            value, _ = outcomes[-1]
            if isinstance(value, Foreign):
                self._note([f"{name} returned {value.what}"])
            if isinstance(value, Raised):
                self._demand_more(name, value)
                break
        return outcomes

    def _outcome(self, objects: list[Any], numbers_alone: bool) -> Outcome:
        tree, arrays = self._receive()
        try:
            told, changed = _part(tree, "objects", list), _part(tree, "changed", list)
            reader = Reader(arrays, told, numbers_alone=numbers_alone)
            as_they_are = Reader(arrays, told) if numbers_alone and changed else reader
            changes = [(objects[place], new) for place, new in _changes(changed, as_they_are, len(objects))]
            return _raised(tree["raised"]) if "raised" in tree else reader.read(_part(tree, "value", object)), changes
        except Malformed:
            self._hang_up()  # more answers may be on their way, and nobody waits for them
            raise

    def _demand_more(self, name: str, told: Raised) -> None:
        """Raise `Lost` or `Interrupted` where nothing more will come."""
        if told.kinds[0] == "SystemExit":
            self._hang_up()
            raise Lost(f"{name} ended Python")
        if told.is_last:
            raise Interrupted(f"{name} was interrupted")

    def _send(self, tree: dict[str, Any], arrays: Sequence[Any] = ()) -> None:
        if self._stream is None:
            raise Lost("the student's process has ended")
        try:
            self._stream.send(tree, arrays)
        except (Malformed, Lost):
            self._hang_up()
            raise

    def _receive(self) -> tuple[dict[str, Any], list[Any]]:
        if self._stream is None:
            raise Lost("the student's process has ended")
        try:
            reply, found = self._stream.receive()
            if type(reply) is not dict:
                raise Malformed("it is no answer")
        except (Malformed, Lost) as error:
            if isinstance(error, Malformed):
                self._note(["it sent what is no answer"])
            self._hang_up()  # nothing that comes after this could be understood
            raise
        return reply, found

    def answers(self) -> bool:
        """Whether what is sent to it comes back: a notebook may have broken what its own process answers with."""
        array = np.arange(6.0).reshape(2, 3)
        sent = (True, 2, 3.5, "text", [None, array])
        try:
            came = self.call(ECHO, sent, {})
            return came[:4] == sent[:4] and came[4][0] is None and np.array_equal(came[4][1], array)
        except (Interrupted, Exception):
            return False

    @property
    def is_there(self) -> bool:
        """Whether it can be asked."""
        return self._stream is not None

    def _hang_up(self) -> None:
        if self._stream is not None:
            self._stream.close()
        self._stream = None

    def _note(self, signs: Iterable[str]) -> None:
        for sign in signs:
            if sign not in self.signs and len(self.signs) < SIGNS:
                self.signs.append(sign)


class Proxy(Named):
    """A function of the student's process: calling it calls the function there, with plain data both ways."""

    def __init__(self, name: str, student: Student) -> None:
        self.name = self.__name__ = name
        self._student = student

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """Call the function with plain data; see `Student.call`."""
        return self._student.call(self.name, arguments, keywords)

    def ask(
        self, questions: Sequence[Sequence[Any]], times: int = 1, tape_factor: float | None = None
    ) -> list[list[Outcome]]:
        """Call the function with one set of arguments after the other; see `Student.ask`. Values are numbers alone."""
        asked: list[Question] = [(arguments, {}) for arguments in questions]
        return self._student.ask(self.name, asked, times, tape_factor, numbers_alone=True)

    def __repr__(self) -> str:
        return f"<{self.name}, a function of the student's notebook>"


def exception(told: Raised) -> Exception:
    """Return the exception that a student's function raised, as far as this process knows its classes."""
    known = (getattr(builtins, kind, None) for kind in told.kinds)
    nearest = next((kind for kind in known if isinstance(kind, type) and issubclass(kind, Exception)), RuntimeError)
    kind = nearest if nearest.__name__ == told.kinds[0] else type(told.kinds[0], (nearest,), {})
    try:
        error: Exception = kind(told.message)
    except TypeError:  # UnicodeDecodeError and its like ask for more than a message
        error = type(told.kinds[0], (ValueError,), {})(told.message)
    error.raised = told  # type: ignore[attr-defined]
    return error


def _changes(changed: list[Any], reader: Reader, count: int) -> Iterable[tuple[int, Any]]:
    for pair in changed:
        if type(pair) is not list or len(pair) != 2 or type(pair[0]) is not int or not 0 <= pair[0] < count:
            raise Malformed("it tells of a change to something that was not sent")
        yield pair[0], reader.read(pair[1])


def _raised(tree: Any) -> Raised:
    kinds, message, line = _part(tree, "kinds", list), _part(tree, "message", str), _part(tree, "line", object)
    names = [kind[:NAMES] for kind in kinds[:KINDS] if type(kind) is str and kind.isidentifier()]
    if not names or (line is not None and type(line) is not str):
        raise Malformed("it tells of an exception that is none")
    return Raised(tuple(names), _readable(message[:MESSAGE]), _readable(line[:LINE]) if line else None)


def _readable(text: str) -> str:
    """Return a text that can be written to a file: half a surrogate pair cannot."""
    return text.encode("utf-8", "replace").decode()


def _part(tree: Any, name: str, kind: type) -> Any:
    if type(tree) is not dict or name not in tree or not isinstance(tree[name], kind):
        raise Malformed(f'it has no "{name}"')
    return tree[name]
