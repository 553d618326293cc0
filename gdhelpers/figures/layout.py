"""Where the nodes and the edges of a graph are drawn."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from gdhelpers.figures.graph import Graph

Array = NDArray[np.float64]


def routes(graph: Graph) -> tuple[Array, list[Array]]:
    """Return where each node is drawn, (nodes, 2), and through which points each edge goes, (points, 2).

    The sources are at the top. Every layer that an edge crosses keeps a place for it, so that it goes around nodes. A
    node lies above the nodes that use it, and constants move aside for others.

    >>> from gdhelpers.figures.graph import Edge
    >>> at, paths = routes(Graph(("x", "4", "Mul"), (Edge(0, 2, 3.0, 4.0), Edge(1, 2, 4.0, None)), 0))
    >>> at.tolist(), paths[1].tolist()
    ([[0.0, 0.0], [1.0, 0.0], [0.0, -1.0]], [[1.0, 0.0], [0.0, -1.0]])
    """
    layers = graph.layers()
    depth = {node: layer for layer, nodes in enumerate(layers) for node in nodes}
    used = {edge.target for edge in graph.edges}
    at: dict[tuple[int, int], float] = {}  # by edge and layer; a node counts as edge -1 - node
    for layer in reversed(range(len(layers))):
        wanted = {}
        for node in layers[layer]:
            uses = [slot for slot, edge in enumerate(graph.edges) if edge.source == node]
            below = [_below(at, graph, depth, slot, layer) for slot in uses]
            wanted[-1 - node] = (float(np.mean(below)) if below else 0.0, min(uses, default=0))
        for slot, edge in enumerate(graph.edges):
            if depth[edge.source] < layer < depth[edge.target]:
                wanted[slot] = (_below(at, graph, depth, slot, layer), slot)
        fixed = {key for key in wanted if key >= 0 or -1 - key in used or -1 - key == graph.leaf}
        for key, x in _spread(wanted, fixed).items():
            at[key, layer] = x
    nodes = np.array([(at[-1 - node, depth[node]], -depth[node]) for node in range(len(graph.nodes))], dtype=np.float64)
    paths = []
    for slot, edge in enumerate(graph.edges):
        between = [(at[slot, layer], -float(layer)) for layer in range(depth[edge.source] + 1, depth[edge.target])]
        paths.append(np.array([tuple(nodes[edge.source]), *between, tuple(nodes[edge.target])]))
    return nodes, paths


def _below(at: dict[tuple[int, int], float], graph: Graph, depth: dict[int, int], slot: int, layer: int) -> float:
    """Return where an edge is in the layer below this one."""
    target = graph.edges[slot].target
    return at[-1 - target if depth[target] == layer + 1 else slot, layer + 1]


def _spread(wanted: Mapping[int, tuple[float, int]], fixed: set[int]) -> dict[int, float]:
    """Return places that are 1 apart or more, in the wanted order; on average the fixed ones are where they want."""
    found: dict[int, float] = {}
    last = -np.inf
    for key in sorted(wanted, key=wanted.__getitem__):
        found[key] = last = max(wanted[key][0], last + 1)
    shift = float(np.mean([found[key] - wanted[key][0] for key in fixed]))
    return {key: x - shift for key, x in found.items()}
