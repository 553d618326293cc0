"""The figures of the course: each a function that takes data and returns a matplotlib figure; safe to give to students.

All have one style, which is readable in print and by colour-blind readers, and none computes what it shows. Two things
are read from live objects: `torch_graph` and `tensorflow_graph` return the graph of a computation, and `tensor_states`
what tensors are at the moment. `alt_text` describes a figure in words for someone who does not see it.
"""

from gdhelpers.figures.classification import probability_curves
from gdhelpers.figures.computation import computation_graphs
from gdhelpers.figures.contours import Landscape, loss_contours
from gdhelpers.figures.cross_entropies import cross_entropies
from gdhelpers.figures.descent import bifurcation, descent_path, descent_runs
from gdhelpers.figures.error_curves import error_curves
from gdhelpers.figures.evaluations import evaluations
from gdhelpers.figures.graph import Edge, Graph
from gdhelpers.figures.heat_map import heat_map
from gdhelpers.figures.losses import loss_against_logit, loss_curves
from gdhelpers.figures.momentum import forgotten_zero_grad
from gdhelpers.figures.pulls import pulls
from gdhelpers.figures.regression import fitted_lines
from gdhelpers.figures.residuals import residual_table, shape_bug
from gdhelpers.figures.secants import secants
from gdhelpers.figures.style import alt_text
from gdhelpers.figures.tensor_states import State, state_tables, tensor_states
from gdhelpers.figures.tensorflow_graph import tensorflow_graph
from gdhelpers.figures.torch_graph import torch_graph

__all__ = [
    "Edge",
    "Graph",
    "Landscape",
    "State",
    "alt_text",
    "bifurcation",
    "computation_graphs",
    "cross_entropies",
    "descent_path",
    "descent_runs",
    "error_curves",
    "evaluations",
    "fitted_lines",
    "forgotten_zero_grad",
    "heat_map",
    "loss_against_logit",
    "loss_contours",
    "loss_curves",
    "probability_curves",
    "pulls",
    "residual_table",
    "secants",
    "shape_bug",
    "state_tables",
    "tensor_states",
    "tensorflow_graph",
    "torch_graph",
]
