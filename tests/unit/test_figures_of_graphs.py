"""Graphs are those that the frameworks recorded, with the numbers of the chain rule on their edges."""

import subprocess
import sys

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest

from gdhelpers import figures
from gdhelpers.figures.graph import Edge, Graph
from gdhelpers.figures.layout import routes

mpl.use("agg")

MAKERS = {"torch": figures.torch_graph, "tensorflow": figures.tensorflow_graph}


@pytest.fixture(params=MAKERS)
def graph_of(request):
    return MAKERS[request.param]


def between(graph, source, target):
    """Return (value, gradient) of each edge between two nodes of these names."""
    return [
        (edge.value, edge.gradient)
        for edge in graph.edges
        if (graph.nodes[edge.source], graph.nodes[edge.target]) == (source, target)
    ]


@pytest.mark.parametrize(
    ("maker", "multiply", "add"), [("torch", "MulBackward0", "AddBackward0"), ("tensorflow", "Mul", "AddV2")]
)
def test_x_forks_three_ways(maker, multiply, add):
    graph = MAKERS[maker](lambda x: x * x + 4 * x, 3.0)
    assert sorted(graph.nodes) == sorted(["x = 3", "4", multiply, multiply, add, "z = 21"])
    assert between(graph, "x = 3", multiply) == [(3, 3), (3, 3), (3, 4)]
    assert between(graph, "4", multiply) == [(4, None)]
    assert between(graph, multiply, add) == [(9, 1), (12, 1)]
    assert between(graph, add, "z = 21") == [(21, 1)]
    assert graph.contributions() == [3, 3, 4]


@pytest.mark.parametrize(
    ("f", "x", "slope"),
    [
        (lambda x: 750 / x + 10 * x, 5.0, -20.0),
        (lambda x: (2 * x - 1) ** 2, 2.0, 12.0),
        (lambda x: x * x * x, 2.0, 12.0),
        (lambda x: (x + 3) * (x - 3), 4.0, 8.0),
        (lambda x: -x / 4, 4.0, -0.25),
    ],
)
def test_what_comes_back_is_the_derivative(graph_of, f, x, slope):
    graph = graph_of(f, x)
    assert sum(graph.contributions()) == pytest.approx(slope, rel=1e-6)
    assert graph.edges[-1].value == pytest.approx(f(x))
    assert graph.edges[-1].gradient == 1
    assert all(edge.value is not None for edge in graph.edges)
    assert all(edge.source < edge.target for edge in graph.edges), "sources come before their targets"


def test_the_reciprocal_inside_of_a_division_is_known_in_torch():
    graph = figures.torch_graph(lambda x: 750 / x, 5.0)
    assert between(graph, "ReciprocalBackward0", "MulBackward0") == [(pytest.approx(0.2), 750)]


def test_functions_of_the_frameworks():
    import tensorflow as tf
    import torch

    p = 1 / (1 + np.exp(-3))
    for graph in (
        figures.torch_graph(lambda w: torch.sigmoid(2 * w - 1), 2.0, name="w", result="p"),
        figures.tensorflow_graph(lambda w: tf.sigmoid(2 * w - 1), 2.0, name="w", result="p"),
    ):
        assert graph.nodes[graph.leaf] == "w = 2"
        assert graph.nodes[-1] == "p = 0.953"
        assert graph.contributions() == [pytest.approx(2 * p * (1 - p), rel=1e-5)]


def test_a_chain_of_reuse_doubles_at_every_step(graph_of):
    def f(x):
        for _ in range(6):
            x = x + x
        return x

    graph = graph_of(f, 1.0)
    assert len(graph.nodes) == 8, "six additions, each once, the input and the result"
    assert graph.contributions() == [32, 32]


def test_tensors_of_one_element_and_vectors_are_shown_as_they_are():
    import torch

    tensors = {"W": torch.tensor([[0.5, 2.0]], requires_grad=True), "kept": None}
    tensors["kept"] = tensors["W"] * 2
    tensors["kept"].retain_grad()
    tensors["kept"].sum().backward()
    states = figures.tensor_states(tensors)
    assert states["W"] == figures.State("True", "True", "None", "[[2.0, 2.0]]")
    assert states["kept"] == figures.State("False", "True", "MulBackward0", "[[1.0, 1.0]]")


# The drawing


def test_nodes_of_a_layer_keep_apart_and_edges_go_down():
    graph = figures.torch_graph(lambda x: 750 / x + 10 * x, 5.0)
    at, paths = routes(graph)
    for first in range(len(at)):
        for second in range(first):
            assert at[first, 1] != at[second, 1] or abs(at[first, 0] - at[second, 0]) >= 1 - 1e-12
    for edge, path in zip(graph.edges, paths, strict=True):
        np.testing.assert_array_equal(path[[0, -1]], at[[edge.source, edge.target]])
        assert np.all(np.diff(path[:, 1]) == -1), "through every layer on the way"


def test_an_edge_that_skips_a_layer_goes_around_the_node_in_it():
    graph = Graph(("x", "Sin", "Mul"), (Edge(0, 1, 1.0, 1.0), Edge(1, 2, 1.0, 1.0), Edge(0, 2, 1.0, 1.0)), 0)
    at, paths = routes(graph)
    assert len(paths[2]) == 3
    assert abs(paths[2][1, 0] - at[1, 0]) >= 1


def test_every_number_is_written_on_its_edge():
    graph = figures.torch_graph(lambda x: x * x + 4 * x, 3.0)
    (axes,) = figures.computation_graphs({"PyTorch": graph}).axes
    texts = [text.get_text() for text in axes.texts]
    plt.close("all")
    for value in ("3", "3", "3", "4", "9", "12", "21"):
        texts.remove(f"\N{DOWNWARDS ARROW} {value}")
    for gradient in ("3", "3", "4", "1", "1", "1", "3 + 3 + 4 = 10"):
        texts.remove(f"\N{UPWARDS ARROW} {gradient}")
    assert sorted(texts) == sorted(graph.nodes)


def test_importing_the_figures_imports_no_framework():
    code = "import sys, gdhelpers.figures; print(sorted({'torch', 'tensorflow', 'pandas'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
