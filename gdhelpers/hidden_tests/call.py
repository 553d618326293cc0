"""The seam between a hidden test and an answer: the one place where a student's function is called.

A test describes the arguments; `call` makes them, calls the function and returns plain data. Under stock nbgrader the
function is one of this process. In the examiner it is a proxy for one of the student's process: a test cannot tell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gdhelpers.checks.foreign import Foreign
from gdhelpers.checks.plain import NotPlainError, Plain, plain
from gdhelpers.wire import Lost, Malformed, modes
from gdhelpers.wire.described import Tensor, TFTensor, TFVariable
from gdhelpers.wire.proxy import Outcome, Proxy
from gdhelpers.wire.raised import Raised, muted, raised
from gdhelpers.wire.source import Untransferable
from gdhelpers.wire.tape import scaled
from gdhelpers.wire.value import Described


@dataclass(frozen=True)
class Reply:
    """What one call gave: plain data, or `NotPlainError`, or what it raised; and what it changed in its arguments."""

    value: Plain | NotPlainError | Raised
    changes: list[str] = field(default_factory=list)


def ask(
    function: Callable[..., object],
    questions: Sequence[Sequence[object]],
    times: int = 1,
    tape_factor: float | None = None,
) -> list[list[Reply]]:
    """Call `function` for each question in turn, `times` times with the same argument objects; one that raises, once.

    With a `tape_factor`, whatever `tf.GradientTape.gradient` returns meanwhile is multiplied by it.
    """
    if isinstance(function, Proxy):
        asked = zip(questions, function.ask(questions, times, tape_factor), strict=True)
        return [[_told(arguments, outcome) for outcome in outcomes] for arguments, outcomes in asked]
    return [_replies(function, arguments, times, tape_factor) for arguments in questions]


def call(function: Callable[..., object], arguments: Sequence[object], times: int = 1) -> list[Reply]:
    """Put a single question; see `ask`."""
    return ask(function, [arguments], times)[0]


def make(argument: object) -> object:
    """Make the object that an argument describes; numbers and NumPy arrays stand for themselves."""
    if isinstance(argument, Described):
        return argument.made()
    return argument.copy() if isinstance(argument, np.ndarray) else argument


def _replies(
    function: Callable[..., object], arguments: Sequence[object], times: int, tape_factor: float | None
) -> list[Reply]:
    made: dict[int, object] = {}
    objects = [made.setdefault(id(argument), make(argument)) for argument in arguments]
    replies = []
    for _ in range(times):
        value = _value(function, objects, tape_factor)
        replies.append(Reply(value, _all_changes(arguments, zip(arguments, objects, strict=True))))
        if isinstance(value, Raised):
            break
    return replies


def _value(
    function: Callable[..., object], objects: list[object], tape_factor: float | None
) -> Plain | NotPlainError | Raised:
    try:
        with scaled(tape_factor), muted(), modes.kept():
            value = function(*objects)
        return _plain(value)
    except (Lost, Malformed, Untransferable):
        raise
    except Exception as error:
        return raised(error)


def _told(arguments: Sequence[object], outcome: Outcome) -> Reply:
    """Return what a call in another process gave."""
    value, changes = outcome
    return Reply(value if isinstance(value, Raised) else _plain(value), _all_changes(arguments, changes))


def _plain(value: object) -> Plain | NotPlainError:
    try:
        return plain(value)
    except NotPlainError as problem:
        return problem


def _all_changes(arguments: Sequence[object], held: Iterable[tuple[object, Any]]) -> list[str]:
    """Say what a call changed, from what arguments hold now; one of which nothing is known has not changed."""
    now = {id(argument): item for argument, item in held}
    known = [argument for argument in arguments if id(argument) in now]
    return [change for argument in known for change in _changes(argument, now[id(argument)])]


def _changes(argument: object, item: Any) -> Iterator[str]:
    """Say what a call changed in one argument."""
    if isinstance(argument, Tensor):
        if not _same(argument.array, item):
            yield "the values of a tensor that it was given"
        if type(item) is Foreign or not hasattr(item, "requires_grad"):
            return
        if item.requires_grad != argument.requires_grad:
            yield "`requires_grad` of a tensor that it was given"
        if (item.grad is None) != (argument.grad is None) or not _same(argument.grad, item.grad):
            yield "`.grad` of a tensor that it was given"
    elif isinstance(argument, TFVariable | TFTensor) and not _same(argument.array, item):
        yield "the value of a variable that it was given"
    elif isinstance(argument, np.ndarray) and not _same(argument, item):
        yield "the values of an array that it was given"


def _same(before: NDArray[Any] | None, item: object) -> bool:
    if before is None:
        return item is None
    after = _plain(item)
    return isinstance(after, np.ndarray) and before.dtype == after.dtype and np.array_equal(before, after)
