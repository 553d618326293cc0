"""How probable a class is, as a model says and as the data say."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from gdhelpers.figures.style import GREY, described, number, panels, strokes, styled


@styled
def probability_curves(
    x: ArrayLike, y: ArrayLike, models: Mapping[str, tuple[float, float]], *, xlabel: str = "x", ylabel: str = "p"
) -> Figure:
    """Draw the share of ones among the rows of each `x`, and logistic curves given by weight and bias.

    The area of a point grows with its number of rows. `x` and `y` hold one number a row, in any shape.

    >>> figure = probability_curves([0.0, 0.0, 1.0], [0.0, 1.0, 1.0], {"start": (0.0, 0.0)})
    >>> figure.axes[0].collections[0].get_offsets().tolist()
    [[0.0, 0.5], [1.0, 1.0]]
    """
    x, y = np.ravel(x), np.ravel(y)
    places, group, rows = np.unique(x, return_inverse=True, return_counts=True)
    shares = np.bincount(group, weights=y) / rows
    figure, (axes,) = panels()
    axes.scatter(places, shares, s=8 + 250 * rows / rows.max(), color=GREY, alpha=0.6, linewidths=0)
    grid = np.linspace(x.min(), x.max(), 200)
    for (name, (weight, bias)), stroke in zip(models.items(), strokes(), strict=False):
        axes.plot(grid, 1 / (1 + np.exp(-(weight * grid + bias))), label=name, **stroke)
    axes.set(xlabel=xlabel, ylabel=ylabel, ylim=(-0.03, 1.03))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend()
    curves = ", ".join(f"{name}, with the weight {number(weight)}" for name, (weight, _) in models.items())
    return described(
        figure,
        f"""The share of ones among the rows of each {xlabel}, as points whose area grows with the number of rows, from
        {number(shares.min())} to {number(shares.max())}; and logistic curves: {curves}.""",
    )
