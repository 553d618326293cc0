"""One cross-entropy in several spellings, against the logit: where each flattens, leaps or stops to be a number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from gdhelpers.figures.style import BLUE, GREEN, ORANGE, VERMILION, described, number, panels, styled

STROKES: tuple[dict[str, Any], ...] = (
    {"color": ORANGE, "linestyle": "-", "linewidth": 7.0},
    {"color": VERMILION, "linestyle": "--", "linewidth": 3.0},
    {"color": GREEN, "linestyle": "-.", "linewidth": 2.5},
    {"color": BLUE, "linestyle": "-", "linewidth": 1.2},
)
"""Curves lie on each other over most of the figure: the later ones are thinner, so that all can be seen."""


@styled
def cross_entropies(logits: ArrayLike, losses: Mapping[str, ArrayLike], slopes: Mapping[str, ArrayLike]) -> Figure:
    """Draw losses of one row against its logit, and beside them their slopes; all (n,).

    A cross marks where a curve stops to be a number. At most four curves can be told apart.

    >>> figure = cross_entropies([0.0, 1.0], {"naive": [0.7, np.inf]}, {"naive": [0.5, np.nan]})
    >>> [line.get_xdata().tolist() for line in figure.axes[0].lines if line.get_marker() == "x"]
    [[0.0]]
    """
    z = np.asarray(logits, dtype=np.float64)
    figure, (left, right) = panels(2, width=1.35)
    _draw(left, z, losses)
    _draw(right, z, slopes)
    left.set(xlabel="logit z", ylabel="loss")
    right.set(xlabel="logit z", ylabel="slope of the loss")
    figure.legend(
        *left.get_legend_handles_labels(), loc="outside upper left", ncols=len(losses), fontsize=9.5, handlelength=3
    )
    ends = ", ".join(f"{name}: {_end(z, np.asarray(values))}" for name, values in losses.items())
    return described(
        figure,
        f"""Left the loss of one row, right its slope, against the logit from {number(z.min())} to {number(z.max())}. At
        the right end the losses are: {ends}.""",
    )


def _draw(axes: Axes, z: np.ndarray, curves: Mapping[str, ArrayLike]) -> None:
    for (name, values), stroke in zip(curves.items(), STROKES, strict=False):
        shown = np.asarray(values, dtype=np.float64)
        axes.plot(z, np.ma.masked_invalid(shown), label=name, **stroke)
        finite = np.flatnonzero(np.isfinite(shown))
        if 0 < len(finite) < len(z):
            last = finite[-1]
            axes.plot(z[last], shown[last], "x", color="black", markersize=11, markeredgewidth=2, zorder=3)


def _end(z: np.ndarray, values: np.ndarray) -> str:
    finite = np.flatnonzero(np.isfinite(values))
    if not len(finite):
        return "never a finite number"
    if finite[-1] < len(z) - 1:
        return f"not a finite number beyond z = {number(z[finite[-1]])}"
    return number(values[-1], 4)
