"""What a call did to its arguments, carried over from the student's objects to those of the test."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from gdhelpers.wire.source import Untransferable
from gdhelpers.wire.value import Writer

State = tuple[Any, tuple[bytes, ...]]
"""Everything that can be told of an object at one moment."""


def state(value: Any) -> State | None:
    """Return the present state of an object; None where it cannot travel any more."""
    writer = Writer()
    try:
        tree = writer.write(value)
    except Untransferable:
        return None
    arrays = tuple(str((array.dtype, array.shape)).encode() + array.tobytes() for array in writer.arrays)
    return (tree, writer.trees), arrays


def carry_over(old: Any, new: Any) -> None:
    """Make the object of the test hold what the student's object holds now."""
    torch = sys.modules.get("torch")
    if type(old) is list and type(new) is list:
        old[:] = new
    elif type(old) is dict and type(new) is dict:
        old.clear()
        old.update(new)
    elif type(old) is np.ndarray and type(new) is np.ndarray:
        _carry_array(old, new)
    elif torch is not None and isinstance(old, torch.Tensor) and isinstance(new, torch.Tensor):
        _carry_tensor(torch, old, new)
    elif hasattr(old, "assign") and hasattr(new, "assign"):
        old.assign(new)
    elif hasattr(old, "columns") and type(new) is type(old):
        _carry_frame(old, new)


def _carry_array(old: Any, new: Any) -> None:
    if old.shape != new.shape or old.dtype != new.dtype:
        old.resize(new.shape, refcheck=False)
        old.dtype = new.dtype
    old.setflags(write=True)
    old[...] = new


def _carry_tensor(torch: Any, old: Any, new: Any) -> None:
    with torch.no_grad():
        if old.shape == new.shape and old.dtype == new.dtype:
            old.copy_(new)
        else:
            old.data = new.detach()
    if old.is_leaf:
        old.requires_grad_(new.requires_grad)
        old.grad = new.grad


def _carry_frame(old: Any, new: Any) -> None:
    old.drop(index=old.index, columns=old.columns, inplace=True)
    for name in new.columns:
        old[name] = new[name]
