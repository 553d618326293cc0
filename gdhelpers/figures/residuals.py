"""Residuals as an image, and what a model learns from a table of them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from gdhelpers.figures.regression import draw_lines, in_words
from gdhelpers.figures.style import VERMILION, described, number, panels, styled


@styled
def residual_table(residuals: ArrayLike, *, rows: str = "row of y", columns: str = "row of the prediction") -> Figure:
    """Draw a two-dimensional table of residuals as an image, from dark (negative) to light (positive).

    The colours are ordered by their lightness, too, so that a print without colours shows the same. In a square table a
    line marks the diagonal, the only place where a row is compared with itself.

    >>> figure = residual_table(np.arange(6.0).reshape(2, 3))
    >>> figure.axes[0].images[0].get_array().shape
    (2, 3)
    """
    figure, (axes,) = panels(width=1.25)
    return described(figure, _draw_table(figure, axes, residuals, rows, columns))


@styled
def shape_bug(
    residuals: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    lines: Mapping[str, tuple[float, float]],
    *,
    xlabel: str = "x",
    ylabel: str = "y",
) -> Figure:
    """Draw the table of residuals, (n, n), and beside it points and the lines that were learnt: slope and intercept.

    `x` and `y` hold one number a row, in any shape.

    >>> figure = shape_bug([[4.0, 3.0], [6.0, 5.0]], [0.0, 1.0], [5.0, 7.0], {"table": (0.0, 6.0), "right": (2.0, 5.0)})
    >>> figure.axes[0].get_title(loc="left"), figure.axes[1].lines[0].get_ydata().tolist()
    ('2 x 2 residuals', [6.0, 6.0])
    """
    figure, (left, right) = panels(2, width=1.35)
    figure.set_layout_engine("constrained", wspace=0.1)
    text = _draw_table(figure, left, residuals, f"row of {ylabel}", "row of the prediction")
    draw_lines(right, x, y, lines)
    right.set(xlabel=xlabel, ylabel=ylabel)
    right.set_title("What is learnt")
    return described(figure, f"Left: {text} Right: {np.size(x)} points and lines: {in_words(lines)}.")


def _draw_table(figure: Figure, axes: Axes, residuals: ArrayLike, rows: str, columns: str) -> str:
    """Draw a table into a panel, with its colour bar, and return what it shows."""
    table = np.asarray(residuals, dtype=np.float64)
    largest = float(np.abs(table).max())
    image = axes.imshow(table, cmap="cividis", vmin=-largest, vmax=largest, interpolation="nearest")
    diagonal = ""
    if table.shape[0] == table.shape[1]:
        axes.axline((0, 0), slope=1, color=VERMILION, linewidth=1.2)
        diagonal = " A line marks the diagonal, where a row is compared with itself."
    size = f"{table.shape[0]} x {table.shape[1]} residuals"
    axes.set(xlabel=columns, ylabel=rows, title=size)
    axes.spines[["left", "bottom"]].set_visible(False)
    figure.colorbar(image, ax=axes, label="residual")
    return f"""An image of {size} from {number(table.min())} to {number(table.max())}: each {rows} is compared with each
        {columns}.{diagonal}"""
