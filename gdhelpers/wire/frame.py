"""Messages as bytes: a tree of JSON and the arrays that it refers to, written as safetensors, behind their length.

A safetensors file is a table of contents and raw numbers; its reader checks that the table fits the numbers. The tree
itself is one of its tensors, of bytes.
"""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, deserialize
from safetensors.numpy import save

Array = NDArray[Any]

FRAME_LIMIT = 64 * 2**20
"""Bytes of the largest message that is read."""

ARRAYS = 10_000
"""Arrays in a message."""

DTYPES = {
    "BOOL": np.bool_, "I8": np.int8, "I16": np.int16, "I32": np.int32, "I64": np.int64, "U8": np.uint8,
    "U16": np.uint16, "U32": np.uint32, "U64": np.uint64, "F16": np.float16, "F32": np.float32, "F64": np.float64,
    "C64": np.complex64,
}  # fmt: skip
"""The numbers that travel, by their names in safetensors."""

_TREE = "tree"
_LENGTH = struct.Struct(">Q")


class Malformed(Exception):  # noqa: N818 - it is the other side that is in error
    """What came over the wire is no message; the text says what is wrong with it."""


class Lost(Exception):  # noqa: N818 - see above
    """The other side is gone, or did not answer in time."""


def pack(tree: Any, arrays: Sequence[Array]) -> bytes:
    """Return a message as bytes.

    >>> tree, arrays = unpack(pack({"value": 0}, [np.ones((2, 1))]))
    >>> tree, arrays[0].shape
    ({'value': 0}, (2, 1))
    """
    text = json.dumps(tree, separators=(",", ":")).encode()
    tensors = {str(number): np.asarray(array, order="C") for number, array in enumerate(arrays)}
    return save(tensors | {_TREE: np.frombuffer(text, np.uint8)})


def unpack(content: bytes) -> tuple[Any, list[Array]]:
    """Return the tree and the arrays of a message; raises `Malformed` for anything else."""
    try:
        tensors = dict(deserialize(content))  # type: ignore[no-untyped-call]
        text = bytes(tensors.pop(_TREE)["data"]).decode()
        arrays = [_array(tensors[str(number)]) for number in range(len(tensors))]
        tree = json.loads(text)
    except (SafetensorError, KeyError, ValueError, TypeError, RecursionError, OverflowError) as error:
        raise Malformed(f"it is not a message: {type(error).__name__}") from error
    if len(arrays) > ARRAYS:
        raise Malformed(f"it holds more than {ARRAYS} arrays")
    return tree, arrays


def _array(tensor: Mapping[str, Any]) -> Array:
    return np.frombuffer(tensor["data"], DTYPES[tensor["dtype"]]).reshape(tensor["shape"]).copy()


class Stream:
    """A connected socket that carries messages, one after the other."""

    def __init__(self, connection: socket.socket, timeout: float | None = None) -> None:
        self._connection = connection
        connection.settimeout(timeout)

    def fileno(self) -> int:
        """Return the file descriptor, for whoever waits for a message."""
        return self._connection.fileno()

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def send(self, tree: Any, arrays: Sequence[Array] = ()) -> None:
        """Send a message; raises `Malformed` where it would be too long, `Lost` where nobody listens."""
        content = pack(tree, arrays)
        if len(content) > FRAME_LIMIT:
            raise Malformed(f"it is longer than {FRAME_LIMIT // 2**20} MiB")
        try:
            self._connection.sendall(_LENGTH.pack(len(content)) + content)
        except OSError as error:
            raise Lost("the other side has gone") from error

    def receive(self) -> tuple[Any, list[Array]]:
        """Wait for a message; raises `Malformed` for what is none, `Lost` where nothing comes any more."""
        (length,) = _LENGTH.unpack(self._exactly(_LENGTH.size))
        if length > FRAME_LIMIT:
            raise Malformed(f"it is longer than {FRAME_LIMIT // 2**20} MiB")
        return unpack(self._exactly(length))

    def _exactly(self, size: int) -> bytes:
        parts = bytearray()
        while len(parts) < size:
            try:
                part = self._connection.recv(min(size - len(parts), 2**20))
            except OSError as error:
                raise Lost("the other side did not answer in time") from error
            if not part:
                raise Lost("the other side has gone")
            parts += part
        return bytes(parts)
