"""The landscape of a loss of two parameters, and a descent through it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from gdhelpers.figures.style import BLUE, VERMILION, described, number, panels, styled

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Landscape:
    """The losses of a grid of two parameters, and where a descent went."""

    first: Array
    """The values of the first parameter, (m,)."""
    second: Array
    """The values of the second, (n,)."""
    losses: Array
    """The loss of each pair, (n, m): a row for each value of the second parameter."""
    path: Array
    """The pairs that a descent visited, (steps + 1, 2), the start first."""
    condition: float
    """The condition number of the loss."""


@styled
def loss_contours(
    landscapes: Mapping[str, Landscape], best: Mapping[str, tuple[float, float]], *, names: tuple[str, str] = ("W", "b")
) -> Figure:
    """Draw landscapes side by side as contours, with the path of a descent and the `best` pair; levels are logarithmic.

    >>> grid = np.linspace(-1, 1, 5)
    >>> bowl = Landscape(grid, grid, grid**2 + grid[:, None] ** 2, np.array([[1.0, 1.0], [0.0, 0.0]]), 1.0)
    >>> figure = loss_contours({"standardised": bowl}, {"standardised": (0.0, 0.0)})
    >>> figure.axes[0].get_title(loc="left")
    'standardised: condition number 1'
    """
    figure, panel_axes = panels(len(landscapes), width=1.3)
    said = []
    for axes, (name, land) in zip(panel_axes, landscapes.items(), strict=True):
        above = land.losses - land.losses.min()
        levels = land.losses.min() + np.geomspace(above.max() / 2000, above.max(), 12)
        axes.contour(land.first, land.second, land.losses, levels=levels, colors="0.6", linewidths=0.9)
        path = land.path
        axes.plot(
            path[:, 0], path[:, 1], color=BLUE, marker="o", markersize=3, linewidth=1, label=f"{len(path) - 1} steps"
        )
        axes.plot(*path[0], "s", color=BLUE, markersize=8, label="start")
        axes.plot(*best[name], "*", color=VERMILION, markersize=14, linestyle="none", label="minimum", zorder=1.9)
        axes.set(xlabel=names[0], ylabel=names[1], title=f"{name}: condition number {number(land.condition)}")
        said.append(
            f"""{name}, condition number {number(land.condition)}: after {len(path) - 1} steps the descent is at
            ({number(path[-1, 0])}, {number(path[-1, 1])}), and the minimum at ({number(best[name][0])},
            {number(best[name][1])})"""
        )
    figure.legend(*panel_axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=3)
    return described(figure, f"Contours of a loss of {names[0]} and {names[1]} with a descent. {'; '.join(said)}.")
