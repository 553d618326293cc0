"""What a gradient costs, against the number of parameters."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from gdhelpers.figures.style import described, number, panels, strokes, styled


@styled
def evaluations(parameters: ArrayLike, counts: Mapping[str, ArrayLike]) -> Figure:
    """Draw how many evaluations each method needs for one gradient, on logarithmic scales: all arrays (n,).

    >>> figure = evaluations([1, 10], {"forward differences": [2, 11], "autograd": [2, 2]})
    >>> [text.get_text() for text in figure.axes[0].texts]
    ['forward differences: 11', 'autograd: 2']
    """
    parameters = np.asarray(parameters)
    figure, (axes,) = panels(width=2.1)
    for (name, count), stroke, marker in zip(counts.items(), strokes(), "osD^", strict=False):
        found = np.asarray(count)
        axes.loglog(parameters, found, marker=marker, markersize=6, **stroke)
        axes.annotate(
            f"{name}: {found[-1]:,}", (parameters[-1], found[-1]), xytext=(8, 0), textcoords="offset points",
            color=stroke["color"], va="center", annotation_clip=False,
        )  # fmt: skip
    axes.set(xlabel="number of parameters", ylabel="evaluations")
    ends = ", ".join(f"{name} {number(np.asarray(count)[-1], 6)}" for name, count in counts.items())
    return described(
        figure,
        f"""Evaluations of the function for one gradient, against the number of parameters, from {parameters[0]} to
        {parameters[-1]}, on logarithmic scales. At the right end they are: {ends}.""",
    )
