"""The seam between a hidden test and an answer: the one place where a student's function is called.

A test describes the arguments; `call` makes them, calls the function and returns plain data. Under stock nbgrader the
function is one of this process. In the examiner it is a proxy for one of the student's process: a test cannot tell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gdhelpers.checks.plain import NotPlainError, Plain, plain
from gdhelpers.wire import Lost, Malformed
from gdhelpers.wire.proxy import Proxy
from gdhelpers.wire.raised import Raised, muted, raised
from gdhelpers.wire.source import Untransferable, function_of
from gdhelpers.wire.tape import scaled


@dataclass(frozen=True, eq=False)
class Tensor:
    """An argument that is a torch tensor: a leaf, with or without `requires_grad` and a `.grad` of its own."""

    array: NDArray[Any]
    requires_grad: bool = False
    grad: NDArray[Any] | None = None


@dataclass(frozen=True, eq=False)
class TFTensor:
    """An argument that is a `tf.Tensor`."""

    array: NDArray[Any]


@dataclass(frozen=True, eq=False)
class TFVariable:
    """An argument that is a trainable `tf.Variable`."""

    array: NDArray[Any]


@dataclass(frozen=True, eq=False)
class Source:
    """An argument that is a function `f`, given as the text that defines it with torch."""

    text: str


@dataclass(frozen=True)
class Reply:
    """What one call gave: plain data, or `NotPlainError`, or what it raised; and what it changed in its arguments."""

    value: Plain | NotPlainError | Raised
    changes: list[str] = field(default_factory=list)


def call(
    function: Callable[..., object], arguments: Sequence[object], times: int = 1, tape_factor: float | None = None
) -> list[Reply]:
    """Call `function` `times` times with the same argument objects.

    With a `tape_factor`, whatever `tf.GradientTape.gradient` returns meanwhile is multiplied by it.
    """
    made: dict[int, object] = {}
    objects = [made.setdefault(id(argument), make(argument)) for argument in arguments]
    replies = []
    for _ in range(times):
        value = _value(function, objects, tape_factor)
        changes = [
            change for argument, item in zip(arguments, objects, strict=True) for change in _changes(argument, item)
        ]
        replies.append(Reply(value, changes))
        if isinstance(value, Raised):
            break
    return replies


def make(argument: object) -> object:
    """Make the object that an argument describes; numbers and NumPy arrays stand for themselves."""
    if isinstance(argument, Tensor):
        import torch

        tensor = torch.tensor(argument.array).requires_grad_(argument.requires_grad)
        if argument.grad is not None:
            tensor.grad = torch.tensor(argument.grad)
        return tensor
    if isinstance(argument, TFTensor | TFVariable):
        import tensorflow as tf

        return tf.constant(argument.array) if isinstance(argument, TFTensor) else tf.Variable(argument.array)
    if isinstance(argument, Source):
        import torch

        return function_of(argument.text, {"torch": torch})
    return argument.copy() if isinstance(argument, np.ndarray) else argument


def _value(
    function: Callable[..., object], objects: list[object], tape_factor: float | None
) -> Plain | NotPlainError | Raised:
    try:
        if isinstance(function, Proxy):
            return plain(function.with_tape(objects, tape_factor))
        with scaled(tape_factor), muted():
            value = function(*objects)
        return plain(value)
    except (Lost, Malformed, Untransferable):
        raise
    except NotPlainError as problem:
        return problem
    except Exception as error:
        return raised(error)


def _changes(argument: object, item: Any) -> Iterator[str]:
    """Say what a call changed in one argument."""
    if isinstance(argument, Tensor):
        if not _same(argument.array, plain(item)):
            yield "the values of a tensor that it was given"
        if item.requires_grad != argument.requires_grad:
            yield "`requires_grad` of a tensor that it was given"
        grad = None if item.grad is None else plain(item.grad)
        if (grad is None) != (argument.grad is None) or (grad is not None and not _same(argument.grad, grad)):
            yield "`.grad` of a tensor that it was given"
    elif isinstance(argument, TFVariable | TFTensor) and not _same(argument.array, plain(item)):
        yield "the value of a variable that it was given"
    elif isinstance(argument, np.ndarray) and not _same(argument, item):
        yield "the values of an array that it was given"


def _same(before: NDArray[Any] | None, after: NDArray[Any]) -> bool:
    return before is not None and before.dtype == after.dtype and np.array_equal(before, after)
