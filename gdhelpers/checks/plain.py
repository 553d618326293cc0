"""Turning an answer into plain data before anything looks at it.

Plain data is None, bool, int, float, str, `numpy.ndarray` of numbers, and lists and tuples of these. Only exact types
are read, and only by methods of those types: an answer's own `__eq__`, `__array__`, `__float__` or
`__torch_function__` is never called, so no object can speak for itself.

>>> plain((1.5, np.float32(0.25)))
(1.5, 0.25)
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gdhelpers.checks.foreign import Foreign

Plain = Any
"""None | bool | int | float | str | ndarray | list[Plain] | tuple[Plain, ...]"""

DEPTH = 8
LENGTH = 100_000


class NotPlainError(TypeError):
    """The answer is, or holds, an object that is neither a number, nor an array, nor a sequence of these."""


def plain(answer: object, depth: int = DEPTH) -> Plain:
    """Return `answer` as plain data; raise `NotPlainError`, which says what came, for anything else."""
    if answer is None or type(answer) in (bool, int, float, str):
        return answer
    if isinstance(answer, np.generic):
        return _number(answer)
    if isinstance(answer, list | tuple):
        return _sequence(answer, depth)
    if type(answer) is Foreign:
        raise NotPlainError(answer.what)
    array = _array(answer)
    if array is None:
        raise NotPlainError(f"an object of type {_name(type(answer))}")
    if array.dtype.kind not in "biufc":
        raise NotPlainError(f"an array of dtype {array.dtype}")
    return array.copy()


def describe(value: Plain) -> str:
    """Say in words what kind of value came.

    >>> describe(np.zeros((3, 1), dtype=np.float32))
    'an array of shape (3, 1)'
    """
    if isinstance(value, np.ndarray):
        kind = {"f": "", "i": " of integers", "u": " of integers", "b": " of booleans", "c": " of complex numbers"}
        shape = f"an array of shape {value.shape}" if value.shape else "a 0-d array"
        return f"{shape}{kind[value.dtype.kind]}"
    if isinstance(value, list | tuple):
        return f"a {type(value).__name__} of {len(value)}"
    if isinstance(value, str):
        return "a string"
    return {"NoneType": "None", "bool": "a bool", "int": "an int", "float": "a float"}[type(value).__name__]


def _number(answer: np.generic) -> bool | int | float:
    if type(answer).__module__ != "numpy" or answer.dtype.kind not in "biuf":
        raise NotPlainError(f"an object of type {_name(type(answer))}")
    array = np.asarray(answer)
    # The item of an array of longdouble is no float of Python's.
    return np.ndarray.item(array.astype(np.float64) if array.dtype.kind == "f" else array)  # type: ignore[no-any-return]


def _sequence(answer: list[object] | tuple[object, ...], depth: int) -> Plain:
    base = list if isinstance(answer, list) else tuple
    if depth == 0:
        raise NotPlainError(f"a {base.__name__} nested more than {DEPTH} deep")
    if base.__len__(answer) > LENGTH:  # type: ignore[arg-type]
        raise NotPlainError(f"a {base.__name__} of more than {LENGTH} items")
    return base(plain(item, depth - 1) for item in base.__iter__(answer))  # type: ignore[arg-type]


def _array(answer: object) -> NDArray[Any] | None:
    """Read the numbers of an array or tensor of an exact type, or return None."""
    kind = type(answer)
    if kind is np.ndarray:
        return answer  # type: ignore[return-value]
    torch = sys.modules.get("torch")
    if torch is not None and kind in (torch.Tensor, torch.nn.Parameter):
        return _torch_array(torch, answer)
    if "tensorflow" in sys.modules:
        return _tensorflow_array(answer)
    return None


def _torch_array(torch: Any, answer: Any) -> NDArray[Any]:
    if answer.layout != torch.strided:
        raise NotPlainError("a sparse tensor")
    tensor = torch.Tensor.detach(answer)
    if tensor.dtype in (torch.bfloat16, torch.float16):  # NumPy has no bfloat16; float64 holds both exactly
        tensor = torch.Tensor.to(tensor, torch.float64)
    return torch.Tensor.numpy(tensor.cpu().resolve_conj().resolve_neg())  # type: ignore[no-any-return]


def _tensorflow_array(answer: Any) -> NDArray[Any] | None:
    from tensorflow.python.framework.ops import EagerTensor

    keras = sys.modules.get("keras")
    if keras is not None and type(answer) is keras.Variable:
        answer = answer.value
    if is_variable(answer):
        answer = type(answer).read_value(answer)
    if type(answer) is not EagerTensor:
        return None
    if answer.dtype.name == "bfloat16":
        import tensorflow as tf

        answer = tf.cast(answer, tf.float64)
    return np.array(EagerTensor.numpy(answer))


def is_variable(answer: object) -> bool:
    """Whether an answer is a variable of TensorFlow's, made outside of a `tf.function` or by one that ran first."""
    from tensorflow.python.eager.polymorphic_function.polymorphic_function import UnliftedInitializerVariable
    from tensorflow.python.ops.resource_variable_ops import ResourceVariable

    return type(answer) in (ResourceVariable, UnliftedInitializerVariable)


def _name(kind: type) -> str:
    module = kind.__module__
    return kind.__qualname__ if module in ("builtins", "__main__") else f"{module.split('.')[0]}.{kind.__qualname__}"
