"""What tensors are before and after a backward pass, as a table made from the tensors themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass, fields
from typing import Any

from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from gdhelpers.figures.style import BLUE, described, panels, styled


@dataclass(frozen=True)
class State:
    """Four attributes of a tensor at one moment, as text."""

    is_leaf: str
    requires_grad: str
    grad_fn: str
    grad: str


def tensor_states(tensors: Mapping[str, Any]) -> dict[str, State]:
    """Return what the tensors, by their names, are now.

    PyTorch keeps no gradient in a tensor that is not a leaf, and warns whoever asks; that is told here as "not kept".

    >>> import torch
    >>> x = torch.tensor(3.0, requires_grad=True)
    >>> states = tensor_states({"x": x, "z": x * x})
    >>> states["x"].grad, states["z"].grad_fn, states["z"].grad
    ('None', 'MulBackward0', 'not kept')
    """
    return {name: _state(tensor) for name, tensor in tensors.items()}


def _state(tensor: Any) -> State:
    function = "None" if tensor.grad_fn is None else tensor.grad_fn.name()
    return State(str(tensor.is_leaf), str(tensor.requires_grad), function, _grad(tensor))


def _grad(tensor: Any) -> str:
    if not (tensor.is_leaf or tensor.retains_grad):
        return "not kept"
    if tensor.grad is None:
        return "None"
    return str(tensor.grad.tolist()) if tensor.ndim else f"{tensor.grad.item():g}"


@styled
def state_tables(tables: Mapping[str, Mapping[str, State]]) -> Figure:
    """Draw tables of `tensor_states`, one under the other; what differs from the first table is set off.

    >>> import torch
    >>> x = torch.tensor(3.0, requires_grad=True)
    >>> before = tensor_states({"x": x})
    >>> (x * x).backward()
    >>> figure = state_tables({"before backward": before, "after": tensor_states({"x": x})})
    >>> figure.axes[1].tables[0][1, 4].get_text().get_text()
    '6'
    """
    rows = max(map(len, tables.values()))
    height = 0.75 + 0.3 * rows
    figure, panel_axes = panels(rows=len(tables), height=height, width=7.2 / height)
    figure.set_layout_engine("constrained", h_pad=0.15)
    first = next(iter(tables.values()))
    changes = []
    for axes, (title, states) in zip(panel_axes, tables.items(), strict=True):
        cells = [[name, *astuple(state)] for name, state in states.items()]
        heads = ["tensor", *(field.name for field in fields(State))]
        table = axes.table(cells, colLabels=heads, cellLoc="left", colLoc="left", bbox=Bbox.unit(), edges="horizontal")
        table.auto_set_font_size(False)
        table.set_fontsize(11)
        for (row, column), cell in table.get_celld().items():
            cell.set_edgecolor("0.7")
            cell.get_text().set_fontfamily("monospace")
            if row == 0:
                cell.get_text().set_fontweight("bold")
            elif (
                column
                and (name := cells[row - 1][0]) in first
                and astuple(first[name])[column - 1] != cells[row - 1][column]
            ):
                cell.get_text().set(color=BLUE, fontweight="bold")
                changes.append(f"{heads[column]} of {name} is {cells[row - 1][column]}")
        axes.set_title(title)
        axes.set_axis_off()
    said = f" {title} differs from the first: {', '.join(changes)}." if changes else ""
    return described(figure, f"Tables of {', '.join(heads[1:])} for {', '.join(first)}: {', '.join(tables)}.{said}")
