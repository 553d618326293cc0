"""Graphs of computations side by side, with values and gradients on their edges."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from numpy.typing import NDArray

from gdhelpers.figures.graph import Edge, Graph
from gdhelpers.figures.layout import routes
from gdhelpers.figures.style import BLUE, VERMILION, described, number, panels, styled

Array = NDArray[np.float64]


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
        at, paths = routes(graph)
        _draw_nodes(axes, graph, at)
        _draw_edges(axes, graph, paths)
        crossed = np.concatenate([at, *paths])[:, 0]
        axes.set(
            xlim=(min(crossed.min(), -0.75) - 0.6, max(crossed.max(), 0.75) + 0.6),
            ylim=(at[:, 1].min() - 0.3, 0.45),
            title=title,
        )
        axes.set_axis_off()
    _explain(figure)
    said = "; ".join(
        f"{title}: {', '.join(graph.nodes)}, and back at {graph.nodes[graph.leaf]} come {_sum(graph)}"
        for title, graph in graphs.items()
    )
    return described(
        figure,
        f"""Graphs of a computation, from the input at the top to the result at the bottom, with a value and a gradient
        at each edge. {said}.""",
    )


def _explain(figure: Figure) -> None:
    """Say what the two kinds of numbers are."""
    kinds = ((r"$\downarrow$", BLUE, "value, forward"), (r"$\uparrow$", VERMILION, "gradient, backward"))
    handles = [
        Line2D([], [], marker=arrow, color=color, label=what, linestyle="none", markersize=9)
        for arrow, color, what in kinds
    ]
    figure.legend(handles=handles, labelcolor=[BLUE, VERMILION], loc="outside lower center", ncols=2)


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


def _draw_edges(axes: Axes, graph: Graph, paths: list[Array]) -> None:
    """Draw each edge as a curve; edges between the same two nodes bulge to different sides."""
    ends = [(edge.source, edge.target) for edge in graph.edges]
    for slot, (edge, points) in enumerate(zip(graph.edges, paths, strict=True)):
        twins = [other for other, pair in enumerate(ends) if pair == ends[slot]]
        bulge = 0.75 * (twins.index(slot) - (len(twins) - 1) / 2) if len(points) == 2 else 0.0
        control = points[:2].mean(axis=0) + np.array([bulge, 0.0])
        curve = [points[0], control, *points[1:]]
        codes = [Path.MOVETO, Path.CURVE3, Path.CURVE3, *[Path.LINETO] * (len(points) - 2)]
        color = "0.25" if edge.gradient is not None else "0.6"
        axes.add_patch(PathPatch(Path(curve, codes), facecolor="none", edgecolor=color, linewidth=1.3, zorder=1))
        _label(axes, points[:2].mean(axis=0) + np.array([bulge / 2, 0.0]) if len(points) == 2 else points[1], edge)


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
