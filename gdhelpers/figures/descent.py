"""How gradient descent moves along a curve."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from gdhelpers.figures.style import BLUE, GREY, VERMILION, panels, styled

Array = NDArray[np.float64]


@styled
def descent_path(
    f: Callable[[Array], Array], path: Sequence[float], between: tuple[float, float], *, minimum: float | None = None
) -> Figure:
    """Draw the graph of `f` between two points and on it the places that a descent visits, the start first.

    >>> figure = descent_path(lambda x: x**2 + 4 * x, [3.0, 2.0, 1.2], (-5, 4), minimum=-2.0)
    >>> [line.get_label() for line in figure.axes[0].lines]
    ['f(x)', '2 steps', 'start', 'minimum']
    """
    x = np.linspace(*between, 400)
    visited = np.asarray(path, dtype=np.float64)
    figure, (axes,) = panels()
    axes.plot(x, f(x), color=GREY, label="f(x)")
    axes.plot(visited, f(visited), color=BLUE, marker="o", markersize=5, linewidth=1, label=f"{len(visited) - 1} steps")
    axes.plot(visited[:1], f(visited[:1]), color=BLUE, marker="s", markersize=9, linestyle="none", label="start")
    if minimum is not None:
        at = np.array([minimum])
        axes.plot(at, f(at), color=VERMILION, marker="*", markersize=14, linestyle="none", label="minimum")
    axes.set(xlabel="x", ylabel="f(x)")
    axes.legend()
    return figure
