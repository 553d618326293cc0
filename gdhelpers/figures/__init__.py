"""The figures of the course: each a function that takes data and returns a matplotlib figure; safe to give to students.

All have one style, which is readable in print and by colour-blind readers, and none computes what it shows.
"""

from gdhelpers.figures.classification import probability_curves
from gdhelpers.figures.descent import descent_path
from gdhelpers.figures.losses import loss_against_logit, loss_curves
from gdhelpers.figures.regression import fitted_lines, residual_table

__all__ = [
    "descent_path",
    "fitted_lines",
    "loss_against_logit",
    "loss_curves",
    "probability_curves",
    "residual_table",
]
