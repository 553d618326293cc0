"""Lines through points."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from gdhelpers.figures.style import GREY, described, number, panels, strokes, styled


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
    figure, (axes,) = panels()
    draw_lines(axes, x, y, lines)
    axes.set(xlabel=xlabel, ylabel=ylabel)
    return described(figure, f"{np.size(x)} points, {ylabel} against {xlabel}, and lines: {in_words(lines)}.")


def draw_lines(axes: Axes, x: ArrayLike, y: ArrayLike, lines: Mapping[str, tuple[float, float]]) -> None:
    """Draw points and lines through them into a panel."""
    x, y = np.ravel(x), np.ravel(y)
    ends = np.array([x.min(), x.max()])
    axes.scatter(x, y, s=16, color=GREY, alpha=0.45, linewidths=0)
    for (name, (slope, intercept)), stroke in zip(lines.items(), strokes(), strict=False):
        axes.plot(ends, slope * ends + intercept, label=name, **stroke)
    axes.legend()


def in_words(lines: Mapping[str, tuple[float, float]]) -> str:
    """Return the slopes of lines for the text that describes them.

    >>> in_words({"flat": (0.0, 23.4)})
    'flat, with the slope 0'
    """
    return ", ".join(f"{name}, with the slope {number(round(slope, 6) + 0.0)}" for name, (slope, _) in lines.items())
