"""Arguments that are described: the framework's own object is made where the function is called, and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from gdhelpers.wire.source import function_of
from gdhelpers.wire.value import Described, Tree, Writer


@dataclass(frozen=True, eq=False)
class Tensor(Described):
    """An argument that is a torch tensor: a leaf, with or without `requires_grad` and a `.grad` of its own."""

    array: NDArray[Any]
    requires_grad: bool = False
    grad: NDArray[Any] | None = None

    def made(self) -> Any:
        """Return the tensor."""
        import torch

        tensor = torch.tensor(self.array).requires_grad_(self.requires_grad)
        if self.grad is not None:
            tensor.grad = torch.tensor(self.grad)
        return tensor

    def written(self, writer: Writer) -> Tree:
        """Return the tree of the tensor."""
        return {
            "torch": writer.array(self.array),
            "bfloat16": False,
            "parameter": False,
            "requires_grad": self.requires_grad,
            "grad": None if self.grad is None else writer.write(Tensor(self.grad)),
        }


@dataclass(frozen=True, eq=False)
class TFTensor(Described):
    """An argument that is a `tf.Tensor`."""

    array: NDArray[Any]

    def made(self) -> Any:
        """Return the tensor."""
        import tensorflow as tf

        return tf.constant(self.array)

    def written(self, writer: Writer) -> Tree:
        """Return the tree of the tensor."""
        return {"tensorflow": writer.array(self.array), "dtype": self.array.dtype.name}


@dataclass(frozen=True, eq=False)
class TFVariable(Described):
    """An argument that is a trainable `tf.Variable`."""

    array: NDArray[Any]

    def made(self) -> Any:
        """Return the variable."""
        import tensorflow as tf

        return tf.Variable(self.array)

    def written(self, writer: Writer) -> Tree:
        """Return the tree of the variable."""
        return {"variable": writer.array(self.array), "dtype": self.array.dtype.name, "trainable": True}


@dataclass(frozen=True, eq=False)
class Source(Described):
    """An argument that is a function `f`, given as the text that defines it with torch."""

    text: str

    def made(self) -> Any:
        """Return the function."""
        import torch

        return function_of(self.text, {"torch": torch})

    def written(self, writer: Writer) -> Tree:
        """Return the tree of the function."""
        del writer
        return {"function": self.text, "names": [["torch", {"module": "torch"}]]}
