"""A computation as a graph: its operations, with a value forward and a gradient backward on each edge.

`torch_graph` and `tensorflow_graph` make one of a live computation, `computation_graphs` draws them.
"""

from __future__ import annotations

from dataclasses import dataclass


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
        """Return the nodes in layers, from the sources to the result; constants lie just before what uses them.

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
