"""A line through points, and the residuals that are left."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from gdhelpers.figures.style import GREY, panels, strokes, styled


@styled
def fitted_lines(
    x: ArrayLike, y: ArrayLike, lines: Mapping[str, tuple[float, float]], *, xlabel: str = "x", ylabel: str = "y"
) -> Figure:
    """Draw points and lines through them, each line given by its slope and its intercept.

    `x` and `y` hold one number a row, in any shape.

    >>> figure = fitted_lines([4.0, 8.0], [30.0, 15.0], {"least squares": (-3.75, 45.0)})
    >>> figure.axes[0].lines[0].get_ydata().tolist()
    [30.0, 15.0]
    """
    x, y = np.ravel(x), np.ravel(y)
    ends = np.array([x.min(), x.max()])
    figure, (axes,) = panels()
    axes.scatter(x, y, s=16, color=GREY, alpha=0.45, linewidths=0)
    for (name, (slope, intercept)), stroke in zip(lines.items(), strokes(), strict=False):
        axes.plot(ends, slope * ends + intercept, label=name, **stroke)
    axes.set(xlabel=xlabel, ylabel=ylabel)
    axes.legend()
    return figure


@styled
def residual_table(residuals: ArrayLike, *, rows: str = "row of y", columns: str = "row of the prediction") -> Figure:
    """Draw a two-dimensional table of residuals as an image: negative blue, positive red, zero white.

    >>> figure = residual_table(np.arange(6.0).reshape(2, 3))
    >>> figure.axes[0].images[0].get_array().shape
    (2, 3)
    """
    table = np.asarray(residuals, dtype=np.float64)
    largest = float(np.abs(table).max())
    figure, (axes,) = panels(width=1.25)
    image = axes.imshow(table, cmap="RdBu_r", vmin=-largest, vmax=largest, interpolation="nearest")
    axes.set(xlabel=columns, ylabel=rows, title=f"{table.shape[0]} x {table.shape[1]} residuals")
    axes.spines[["left", "bottom"]].set_visible(False)
    figure.colorbar(image, label="residual")
    return figure
