"""Reading the trees that `value` writes; the other side may have written anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gdhelpers.checks.foreign import Foreign
from gdhelpers.wire.frame import FRAME_LIMIT, Malformed
from gdhelpers.wire.source import function_of
from gdhelpers.wire.value import DEPTH, NAMES, NODES, Tree

Array = NDArray[Any]

COLUMNS = 1000
"""Columns of a pandas frame that are read."""


class Reader:
    """Reads values; `objects` are those that were written once and may be referred to often.

    `named` finds what the reader's side knows by a name. Where none is given, as for what a student's process has
    written, a message that holds functions, modules or names is malformed. With `numbers_alone` an array stands for
    each tensor and variable: whoever looks at nothing else needs no framework.
    """

    def __init__(
        self,
        arrays: Sequence[Array],
        trees: Sequence[Tree],
        named: Callable[[str], Any] | None = None,
        *,
        numbers_alone: bool = False,
    ) -> None:
        self.objects: list[Any] = []
        self._arrays = arrays
        self._named = named
        self._readers = _READERS | _NUMBERS if numbers_alone else _READERS
        self._nodes = self._bytes = 0
        if type(trees) is not list or len(trees) > NODES:
            raise Malformed("it has no list of objects")
        self._trees = trees
        self._made: dict[int, Any] = {}
        self._making: list[int] = []
        self.objects = [self._referred(place) for place in range(len(trees))]

    def read(self, tree: Tree, depth: int = DEPTH) -> Any:
        """Return the value of a tree; raises `Malformed`."""
        self._nodes += 1
        if depth == 0 or self._nodes > 2 * NODES:
            raise Malformed("it is too deep or too large")
        if tree is None or type(tree) in (bool, int, float, str):
            return tree
        kind = _kind(tree)
        if kind == "object":
            return self._referred(tree["object"])
        if kind == "tuple":
            return tuple(self.read(item, depth - 1) for item in _list(tree["tuple"]))
        if kind == "int":
            return _int(tree["int"])
        if kind == "scalar":
            return self.array(tree["scalar"])[()]
        if kind == "foreign":
            return Foreign(_text(tree["foreign"])[:NAMES].encode("utf-8", "replace").decode())
        if kind == "module" and self._named is not None:
            return import_module(tree["module"])
        raise Malformed(f"it holds a {kind[:NAMES]}")

    def _referred(self, place: Any) -> Any:
        """Return the object at a place; it is made when it is first referred to."""
        if type(place) is not int or not 0 <= place < len(self._trees):
            raise Malformed("it refers to an object that it does not hold")
        if place not in self._made:
            if place in self._making or len(self._making) > DEPTH:
                raise Malformed("it holds an object that contains itself, or one that is too deep")
            self._making.append(place)
            self._made[place] = self._object(self._trees[place])
            self._making.pop()
        return self._made[place]

    def _object(self, tree: Tree) -> Any:
        kind = _kind(tree)
        if kind == "list":
            return [self.read(item) for item in _list(tree["list"])]
        if kind == "dict":
            return self._dict(_list(tree["dict"]))
        if kind == "numpy":
            return self.array(tree["numpy"])
        if kind == "function" and self._named is not None:
            return function_of(tree["function"], {name: self.read(item) for name, item in tree["names"]})
        if kind == "named" and self._named is not None:
            return self._named(tree["named"])
        if kind not in self._readers:
            raise Malformed(f"it holds a {kind[:NAMES]}")
        try:
            return self._readers[kind](self, tree)
        except Malformed:
            raise
        except Exception as error:  # whatever a library says of numbers and names that make no such object
            raise Malformed(f"its {kind} is none: {type(error).__name__}") from error

    def _dict(self, pairs: list[Any]) -> dict[Any, Any]:
        found = {}
        for pair in pairs:
            if type(pair) is not list or len(pair) != 2:
                raise Malformed("it holds a dict that is none")
            key, item = map(self.read, pair)
            if not _is_hashable(key):
                raise Malformed("it holds a dict whose key is none")
            found[key] = item
        return found

    def array(self, number: Any) -> Array:
        """Return the array of a number, or of two for a complex one of double width."""
        if type(number) is list and len(number) == 2:
            parts = [self.array(part) for part in number]
            if any(part.dtype != np.float64 or part.shape != parts[0].shape for part in parts):
                raise Malformed("it holds complex numbers that are none")
            return parts[0] + 1j * parts[1]
        if type(number) is not int or not 0 <= number < len(self._arrays):
            raise Malformed("it refers to an array that it does not hold")
        self._bytes += self._arrays[number].nbytes  # whoever reads an array twice may copy it twice
        if self._bytes > 2 * FRAME_LIMIT:
            raise Malformed("it is too large")
        return self._arrays[number]


def _kind(tree: Tree) -> str:
    if type(tree) is not dict or not tree:
        raise Malformed("it holds something that is no value")
    return str(next(iter(tree)))


def _list(tree: Tree) -> list[Any]:
    if type(tree) is not list:
        raise Malformed("it holds a list that is none")
    return tree


def _text(tree: Tree) -> str:
    if type(tree) is not str:
        raise Malformed("it holds a text that is none")
    return tree


def _int(text: Tree) -> int:
    try:
        return int(_text(text)[:2000], 16)
    except ValueError as error:
        raise Malformed("it holds an int that is none") from error


def _is_hashable(key: Any) -> bool:
    if type(key) is tuple:
        return all(map(_is_hashable, key))
    return key is None or type(key) in (bool, int, float, str) or isinstance(key, np.generic)


def _read_torch(reader: Reader, tree: Mapping[str, Any]) -> Any:
    import torch

    tensor = torch.from_numpy(np.array(reader.array(tree["torch"])))
    if tree["bfloat16"]:
        tensor = tensor.view(torch.bfloat16)
    if tree["parameter"]:
        tensor = torch.nn.Parameter(tensor, requires_grad=bool(tree["requires_grad"]))
    elif tree["requires_grad"]:
        tensor.requires_grad_()
    if tree["grad"] is not None:
        tensor.grad = reader.read(tree["grad"])
    return tensor


def _read_tensorflow(reader: Reader, tree: Mapping[str, Any]) -> Any:
    return _tensor(reader.array(tree["tensorflow"]), tree["dtype"])


def _read_variable(reader: Reader, tree: Mapping[str, Any]) -> Any:
    import tensorflow as tf

    return tf.Variable(_tensor(reader.array(tree["variable"]), tree["dtype"]), trainable=bool(tree["trainable"]))


def _read_keras(reader: Reader, tree: Mapping[str, Any]) -> Any:
    import keras

    numbers = _tensor(reader.array(tree["keras"]), tree["dtype"])
    return keras.Variable(numbers, trainable=bool(tree["trainable"]), dtype=numbers.dtype.name)


def _tensor(numbers: Array, dtype: str) -> Any:
    import tensorflow as tf

    tensor = tf.constant(numbers)
    return tf.bitcast(tensor, tf.bfloat16) if dtype == "bfloat16" else tensor


def _read_series(reader: Reader, tree: Mapping[str, Any]) -> Any:
    import pandas

    return pandas.Series(
        _column(reader, tree["series"]), index=_column(reader, tree["index"]), name=_label(tree["name"])
    )


def _read_frame(reader: Reader, tree: Mapping[str, Any]) -> Any:
    import pandas

    if len(_list(tree["frame"])) > COLUMNS:
        raise Malformed("it holds a frame of too many columns")
    columns = {place: _column(reader, column) for place, column in enumerate(tree["frame"])}
    frame = pandas.DataFrame(columns, index=_column(reader, tree["index"]))
    frame.columns = pandas.Index([_label(name) for name in _list(tree["names"])])
    return frame


def _column(reader: Reader, tree: Tree) -> Any:
    if type(tree) is dict:
        return [None if item is None else _text(item) for item in _list(tree["text"])]
    return reader.array(tree)


def _label(name: Tree) -> Any:
    if name is not None and type(name) not in (bool, int, float, str):
        raise Malformed("it holds a column whose name is none")
    return name


_READERS: dict[str, Callable[[Reader, Mapping[str, Any]], Any]] = {
    "torch": _read_torch,
    "tensorflow": _read_tensorflow,
    "variable": _read_variable,
    "keras": _read_keras,
    "series": _read_series,
    "frame": _read_frame,
}


def _numbers_of_torch(reader: Reader, tree: Mapping[str, Any]) -> Array:
    array = reader.array(tree["torch"])
    if tree["bfloat16"]:
        return _of_bfloat16(array)
    return array.astype(np.float64) if array.dtype == np.float16 else array


def _numbers_of(kind: str) -> Callable[[Reader, Mapping[str, Any]], Array]:
    def numbers(reader: Reader, tree: Mapping[str, Any]) -> Array:
        array = reader.array(tree[kind])
        return _of_bfloat16(array) if tree["dtype"] == "bfloat16" else array

    return numbers


def _of_bfloat16(bits: Array) -> Array:
    """Return the numbers that NumPy lacks in float64: they are the upper halves of float32."""
    return (bits.view(np.uint16).astype(np.uint32) << 16).view(np.float32).astype(np.float64)


_NUMBERS: dict[str, Callable[[Reader, Mapping[str, Any]], Any]] = {
    "torch": _numbers_of_torch,
    "tensorflow": _numbers_of("tensorflow"),
    "variable": _numbers_of("variable"),
    "keras": _numbers_of("keras"),
}
