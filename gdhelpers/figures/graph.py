"""A computation as a graph: its operations, with a value forward and a gradient backward on each edge.

`torch_graph` and `tensorflow_graph` make one of a live computation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch
from matplotlib.path import Path
from numpy.typing import NDArray

from gdhelpers.figures.style import BLUE, VERMILION, described, number, panels, styled

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Edge:
    """What flows between two nodes: a value from the source to the target, and a gradient back, or None."""

    source: int
    target: int
    value: float | None
    gradient: float | None


@dataclass(frozen=True)
class Graph:
    """The nodes of a computation by their names, and the edges between them; sources come before their targets."""

    nodes: tuple[str, ...]
    edges: tuple[Edge, ...]
    leaf: int
    """The node whose gradient was asked for."""

    def contributions(self) -> list[float]:
        """Return the gradients that come back to the leaf, one for each use of it; its gradient is their sum.

        >>> Graph(("x", "Mul"), (Edge(0, 1, 3.0, 3.0), Edge(0, 1, 3.0, 3.0)), 0).contributions()
        [3.0, 3.0]
        """
        return [edge.gradient for edge in self.edges if edge.source == self.leaf and edge.gradient is not None]

    def layers(self) -> list[list[int]]:
        """Return the nodes in layers from the sources to the result; a node lies as near to what uses it as it can.

        >>> Graph(("x", "4", "Mul"), (Edge(0, 2, 3.0, 4.0), Edge(1, 2, 4.0, None)), 0).layers()
        [[0, 1], [2]]
        """
        depth = [0] * len(self.nodes)
        for edge in self.edges:
            depth[edge.target] = max(depth[edge.target], depth[edge.source] + 1)
        for node in range(len(self.nodes)):
            targets = [depth[edge.target] for edge in self.edges if edge.source == node]
            if node != self.leaf and not any(edge.target == node for edge in self.edges):
                depth[node] = min(targets) - 1
        return [[node for node in range(len(self.nodes)) if depth[node] == layer] for layer in range(max(depth) + 1)]


def places(graph: Graph) -> Array:
    """Return where each node is drawn, (nodes, 2): the sources at the top, each node near the nodes that use it.

    >>> places(Graph(("x", "4", "Mul"), (Edge(0, 2, 3.0, 4.0), Edge(1, 2, 4.0, None)), 0)).tolist()
    [[-0.5, 0.0], [0.5, 0.0], [0.0, -1.0]]
    """
    at = np.zeros((len(graph.nodes), 2))
    layers = graph.layers()
    for depth in reversed(range(len(layers))):
        wanted = {}
        for node in layers[depth]:
            targets = [(at[edge.target, 0], slot) for slot, edge in enumerate(graph.edges) if edge.source == node]
            # The slot decides between inputs of the same operation: they stand in its own order.
            wanted[node] = (np.mean([x for x, _ in targets]), targets[0][1]) if targets else (0.0, 0)
        row = sorted(layers[depth], key=wanted.__getitem__)
        for position, node in enumerate(row):
            at[node] = position - (len(row) - 1) / 2, -depth
    return at


@styled
def computation_graphs(graphs: Mapping[str, Graph]) -> Figure:
    r"""Draw graphs side by side, values and gradients on their edges, and at the leaf the sum of what comes back.

    >>> graph = Graph(("x = 3", "Mul", "z = 9"), (Edge(0, 1, 3.0, 3.0), Edge(0, 1, 3.0, 3.0), Edge(1, 2, 9.0, 1.0)), 0)
    >>> [text.get_text() for text in computation_graphs({"PyTorch": graph}).axes[0].texts][:2]
    ['x = 3', 'Mul']
    """
    depth = max(len(graph.layers()) for graph in graphs.values())
    height = 0.8 + 1.05 * depth
    figure, panel_axes = panels(len(graphs), width=4.7 / height, height=height)
    for axes, (title, graph) in zip(panel_axes, graphs.items(), strict=True):
        at = places(graph)
        _draw_nodes(axes, graph, at)
        _draw_edges(axes, graph, at)
        breadth = np.abs(at[:, 0]).max() + 0.75
        axes.set(xlim=(-breadth, breadth), ylim=(at[:, 1].min() - 0.3, 0.45), title=title)
        axes.set_axis_off()
    figure.text(0.5, -0.01, "\N{DOWNWARDS ARROW} value, forward", color=BLUE, ha="right", va="top")
    figure.text(
        0.5, -0.01, "    \N{UPWARDS ARROW} gradient, backward", color=VERMILION, ha="left", va="top", style="italic"
    )
    said = "; ".join(
        f"{title}: {', '.join(graph.nodes)}, and back at {graph.nodes[graph.leaf]} come {_sum(graph)}"
        for title, graph in graphs.items()
    )
    return described(
        figure,
        f"""Graphs of a computation, from the input at the top to the result at the bottom, with a value and a gradient
        at each edge. {said}.""",
    )


def _sum(graph: Graph) -> str:
    parts = graph.contributions()
    return f"{' + '.join(map(number, parts))} = {number(sum(parts))}" if len(parts) > 1 else number(sum(parts))


def _draw_nodes(axes: Axes, graph: Graph, at: Array) -> None:
    """Draw operations as grey boxes, what goes in and comes out as white ones, and what comes back above the leaf."""
    inner = {edge.target for edge in graph.edges} & {edge.source for edge in graph.edges}
    for node, (name, (x, y)) in enumerate(zip(graph.nodes, at, strict=True)):
        box = {"boxstyle": "round,pad=0.4", "facecolor": "0.9" if node in inner else "white", "edgecolor": "0.3"}
        axes.text(x, y, name, ha="center", va="center", bbox=box, zorder=3)
    x, y = at[graph.leaf]
    back = f"\N{UPWARDS ARROW} {_sum(graph)}"
    axes.text(x, y + 0.19, back, color=VERMILION, ha="center", va="bottom", style="italic", weight="bold")


def _draw_edges(axes: Axes, graph: Graph, at: Array) -> None:
    """Draw each edge as a curve; edges between the same two nodes bulge to different sides."""
    for index, edge in enumerate(graph.edges):
        twins = [i for i, other in enumerate(graph.edges) if (other.source, other.target) == (edge.source, edge.target)]
        bulge = 0.75 * (twins.index(index) - (len(twins) - 1) / 2)
        start, end = at[edge.source], at[edge.target]
        control = (start + end) / 2 + np.array([bulge, 0.0])
        color = "0.25" if edge.gradient is not None else "0.6"
        arrow = FancyArrowPatch(
            path=Path([tuple(start), tuple(control), tuple(end)], [Path.MOVETO, Path.CURVE3, Path.CURVE3]),
            arrowstyle="-", color=color, linewidth=1.3, zorder=1,
        )  # fmt: skip
        axes.add_patch(arrow)
        middle = start / 4 + control / 2 + end / 4
        _label(axes, middle, edge)


def _label(axes: Axes, middle: Array, edge: Edge) -> None:
    """Write the value and the gradient of an edge, one above the other, on the edge itself."""
    x, y = middle
    halo = {"facecolor": "white", "edgecolor": "none", "pad": 1.0}
    if edge.value is not None:
        text = f"\N{DOWNWARDS ARROW} {number(edge.value)}"
        axes.text(x, y, text, color=BLUE, ha="center", va="bottom", bbox=halo, zorder=2)
    if edge.gradient is not None:
        text = f"\N{UPWARDS ARROW} {number(edge.gradient)}"
        axes.text(x, y, text, color=VERMILION, ha="center", va="top", style="italic", bbox=halo, zorder=2)
