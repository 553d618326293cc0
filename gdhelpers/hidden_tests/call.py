"""The seam between a hidden test and an answer: the one place where a student's function is called.

A test describes the arguments; `call` makes them, calls the function and returns plain data. Here the function is
called in this process, as under stock nbgrader. An examiner may send the same descriptions elsewhere and bring the same
replies back: a test cannot tell.
"""

from __future__ import annotations

import io
import linecache
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gdhelpers.checks.plain import NotPlainError, Plain, plain
from gdhelpers.quiet import quietly


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
class Raised:
    """An exception that came out of the student's function: its class and bases, its message, the student's line."""

    kinds: tuple[str, ...]
    message: str
    line: str | None

    def __str__(self) -> str:
        where = f" in the line `{self.line}`" if self.line else ""
        return f"{self.kinds[0]}: {self.message}{where}" if self.message else f"{self.kinds[0]}{where}"


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
    with _scaled_tape(tape_factor), _muted():
        for _ in range(times):
            value = _value(function, objects)
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
        return _compiled(argument.text)
    return argument.copy() if isinstance(argument, np.ndarray) else argument


def _compiled(text: str) -> object:
    import torch

    names: dict[str, object] = {"torch": torch}
    exec(compile(text, "<f>", "exec"), names)  # noqa: S102 - the text comes from the reference
    return names["f"]


def _value(function: Callable[..., object], objects: list[object]) -> Plain | NotPlainError | Raised:
    try:
        return plain(function(*objects))
    except NotPlainError as problem:
        return problem
    except Exception as error:
        return _raised(error)


def _raised(error: Exception) -> Raised:
    kinds = tuple(kind.__name__ for kind in type(error).__mro__ if kind not in (BaseException, object))
    lines = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in lines if _is_cell(frame.filename)]
    line = linecache.getline(own[-1].filename, own[-1].lineno or 0).strip() if own else None
    return Raised(kinds, message_of(error), line or None)


def message_of(error: Exception) -> str:
    """Return the line of a message that says what happened: the first, or the last of what came out of a graph."""
    lines = [line.strip() for line in str(error).strip().splitlines() if line.strip()] or [""]
    if lines[0] != "in user code:":
        return lines[0]
    return lines[-1].removeprefix(f"{type(error).__name__}: ")


def _is_cell(filename: str) -> bool:
    """Whether code comes from a notebook: ipykernel compiles a cell under a name in its own temporary folder."""
    return "ipykernel_" in filename or filename.startswith("<ipython-input")


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


@contextmanager
def _muted() -> Iterator[None]:
    """Keep a student's prints and warnings out of the test cell: stock nbgrader takes text on stderr for a failure."""
    with warnings.catch_warnings(), quietly(), redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        yield


def tape_is_genuine() -> bool:
    """Whether `tf.GradientTape.gradient` is TensorFlow's own code, and nothing that a notebook put in its place."""
    import tensorflow as tf
    from tensorflow.python.eager import backprop

    code = getattr(tf.GradientTape.gradient, "__code__", None)
    return code is not None and code.co_filename == backprop.__file__ and code.co_name == "gradient"


@contextmanager
def _scaled_tape(factor: float | None) -> Iterator[None]:
    if factor is None:
        yield
        return
    import tensorflow as tf

    original = tf.GradientTape.gradient

    def scaled(self: Any, *arguments: Any, **options: Any) -> Any:
        gradients = original(self, *arguments, **options)
        return tf.nest.map_structure(lambda g: None if g is None else tf.convert_to_tensor(g) * factor, gradients)

    # Functions of `tf.function` that were traced before would not see the patch: run them as plain Python meanwhile.
    eagerly = tf.config.functions_run_eagerly()
    tf.GradientTape.gradient = scaled
    tf.config.run_functions_eagerly(True)
    try:
        yield
    finally:
        tf.GradientTape.gradient = original
        tf.config.run_functions_eagerly(eagerly)
