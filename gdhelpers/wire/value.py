"""Values as trees of JSON and arrays, and back.

JSON holds None, bools, floats, strings and small ints as they are. Everything else is an object with one key that says
what it is: `{"list": [...]}`, `{"torch": 0, ...}`, where 0 is the number of the array that holds the numbers. An object
that occurs twice in a message is written once and stays one object.
"""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Callable
from types import FunctionType, ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gdhelpers.checks.plain import is_variable
from gdhelpers.wire import source
from gdhelpers.wire.frame import DTYPES
from gdhelpers.wire.source import Untransferable

Array = NDArray[Any]
Tree = Any

DEPTH = 32
NODES = 200_000
BITS = 4096
"""Of the largest int."""

NAMES = 200
"""Characters of the description of an object that does not travel."""

_WIDER = {np.dtype(np.longdouble): np.dtype(np.float64), np.dtype(np.clongdouble): np.dtype(np.complex128)}
_NUMBERS = frozenset(map(np.dtype, DTYPES.values()))


class Named:
    """Something that the student's process knows by a name."""

    name: str


class Described(ABC):
    """Something that only describes an object, which the reader makes."""

    @abstractmethod
    def made(self) -> Any:
        """Return the object."""

    @abstractmethod
    def written(self, writer: Writer) -> Tree:
        """Return the tree of the object."""


class Writer:
    """Writes values; `objects` are those that may be shared or changed, `trees` what was written of them."""

    def __init__(self, functions: bool = False) -> None:
        self.arrays: list[Array] = []
        self.objects: list[Any] = []
        self.trees: list[Tree] = []
        self._functions = functions
        self._places: dict[int, int] = {}
        self._nodes = 0

    def write(self, value: Any, depth: int = DEPTH) -> Tree:
        """Return the tree of a value; raises `Untransferable`."""
        self._nodes += 1
        if depth == 0 or self._nodes > NODES:
            raise Untransferable("something too deep or too large")
        kind = type(value)
        if value is None or kind in (bool, float, str):
            return value
        if kind is int:
            return _int(value)
        if issubclass(kind, np.generic) and kind.__module__ == "numpy":
            return {"scalar": self.array(np.asarray(value))}
        if issubclass(kind, tuple):
            return {"tuple": [self.write(item, depth - 1) for item in tuple.__iter__(value)]}
        if self._functions and isinstance(value, ModuleType):
            return {"module": value.__name__}
        return self._shared(value, depth)

    def write_or_describe(self, value: Any) -> Tree:
        """Return the tree of a value, or of what it is where it cannot travel."""
        arrays, objects, trees = len(self.arrays), len(self.objects), len(self.trees)
        try:
            return self.write(value)
        except Untransferable as problem:
            del self.arrays[arrays:], self.objects[objects:], self.trees[trees:]
            self._places = {key: place for key, place in self._places.items() if place < objects}
            return {"foreign": str(problem)[:NAMES]}

    def _shared(self, value: Any, depth: int) -> Tree:
        place = self._places.get(id(value))
        if place is None:
            place = self._places[id(value)] = len(self.objects)
            self.objects.append(value)
            self.trees.append(None)
            self.trees[place] = self._object(value, depth)
        elif self.trees[place] is None:
            raise Untransferable("something that contains itself")
        return {"object": place}

    def _object(self, value: Any, depth: int) -> Tree:
        kind = type(value)
        if self._functions and kind is FunctionType:
            names = [[name, self.write(item, depth - 1)] for name, item in source.names_of(value)]
            return {"function": source.text_of(value), "names": names}
        if self._functions and isinstance(value, Named):
            return {"named": value.name}
        if self._functions and isinstance(value, Described):
            return value.written(self)
        if issubclass(kind, list):
            return {"list": [self.write(item, depth - 1) for item in list.__iter__(value)]}
        if kind is dict:
            pairs = [[self.write(key, depth - 1), self.write(item, depth - 1)] for key, item in value.items()]
            return {"dict": pairs}
        if kind is np.ndarray:
            return {"numpy": self.array(value)}
        for module, write in _WRITERS.items():
            library = sys.modules.get(module)
            tree = write(self, library, value) if library is not None else None
            if tree is not None:
                return tree
        raise Untransferable(f"an object of type {name_of(kind)}")

    def array(self, value: Array) -> int | list[int]:
        """Keep the numbers of an array; two of them for a complex one of double width, which safetensors lacks."""
        value = _usual(value)
        if value.dtype == np.complex128:
            return [self.array(value.real), self.array(value.imag)]  # type: ignore[list-item]
        if value.dtype not in _NUMBERS:
            raise Untransferable(f"an array of dtype {value.dtype}")
        self.arrays.append(np.array(value, order="C"))
        return len(self.arrays) - 1


def _usual(array: Array) -> Array:
    """Return an array with its numbers in the order of this machine's bytes, and none wider than double."""
    native = array.dtype.newbyteorder("=")
    return array.astype(_WIDER.get(native, native), copy=False)


def _int(value: int) -> Tree:
    if value.bit_length() > BITS:
        raise Untransferable(f"an int of {value.bit_length()} bits")
    return value if value.bit_length() < 64 else {"int": hex(value)}


def _write_torch(writer: Writer, torch: Any, value: Any) -> Tree | None:
    kind = type(value)
    if kind is not torch.Tensor and kind is not torch.nn.Parameter:
        return None
    if value.layout != torch.strided:
        raise Untransferable("a sparse tensor")
    grad = None if not value.is_leaf or value.grad is None else writer.write(value.grad)
    return {
        "torch": writer.array(_numbers_of_torch(torch, value)),
        "bfloat16": value.dtype == torch.bfloat16,
        "parameter": kind is torch.nn.Parameter,
        "requires_grad": value.requires_grad,
        "grad": grad,
    }


def _numbers_of_torch(torch: Any, tensor: Any) -> Array:
    tensor = torch.Tensor.detach(tensor).cpu().resolve_conj().resolve_neg()
    if tensor.dtype == torch.bfloat16:  # NumPy has no such numbers: their bits travel
        tensor = tensor.contiguous().view(torch.int16)
    return torch.Tensor.numpy(tensor)  # type: ignore[no-any-return]


def _write_tensorflow(writer: Writer, tf: Any, value: Any) -> Tree | None:
    from tensorflow.python.framework.ops import EagerTensor

    keras, variable = sys.modules.get("keras"), "variable"
    if keras is not None and type(value) is keras.Variable:
        value, variable = value.value, "keras"
    if type(value) is EagerTensor:
        return {"tensorflow": writer.array(_numbers_of_tensorflow(tf, value)), "dtype": value.dtype.name}
    if not is_variable(value):
        return None
    numbers = _numbers_of_tensorflow(tf, type(value).read_value(value))
    return {variable: writer.array(numbers), "dtype": value.dtype.name, "trainable": bool(value.trainable)}


def _numbers_of_tensorflow(tf: Any, tensor: Any) -> Array:
    from tensorflow.python.framework.ops import EagerTensor

    if tensor.dtype == tf.bfloat16:
        tensor = tf.bitcast(tensor, tf.uint16)
    return np.array(EagerTensor.numpy(tensor))


def _write_pandas(writer: Writer, pandas: Any, value: Any) -> Tree | None:
    if type(value) is pandas.Series:
        return {"series": _column(writer, value), "name": _label(value.name), "index": _column(writer, value.index)}
    if type(value) is not pandas.DataFrame:
        return None
    columns = [_column(writer, value.iloc[:, place]) for place in range(value.shape[1])]
    return {"frame": columns, "names": [_label(name) for name in value.columns], "index": _column(writer, value.index)}


def _column(writer: Writer, column: Any) -> Tree:
    """Write the numbers of a column or an index, or its strings."""
    if isinstance(column.dtype, np.dtype) and column.dtype in _NUMBERS:
        return writer.array(column.to_numpy())
    items = [None if item is None or item != item else item for item in column.tolist()]  # noqa: PLR0124 - NaN
    if all(item is None or type(item) is str for item in items):
        return {"text": items}
    raise Untransferable(f"a pandas column of dtype {column.dtype}")


def _label(name: Any) -> Tree:
    if name is not None and type(name) not in (str, int, float, bool):
        raise Untransferable("a pandas column whose name is neither text nor a number")
    return _int(name) if type(name) is int else name


_WRITERS: dict[str, Callable[[Writer, Any, Any], Tree | None]] = {
    "torch": _write_torch,
    "tensorflow": _write_tensorflow,
    "pandas": _write_pandas,
}


def name_of(kind: type) -> str:
    """Name a type as a student knows it, by nothing that the type can say about itself."""
    module = str(type.__dict__["__module__"].__get__(kind))
    name = str(type.__dict__["__qualname__"].__get__(kind))
    name = name if module in ("builtins", "__main__") else f"{module.split('.', maxsplit=1)[0]}.{name}"
    return name[:NAMES]
