"""How a loss changes: from step to step, and with the logit."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from gdhelpers.figures.style import GREY, described, number, panels, strokes, styled


@styled
def loss_curves(curves: Mapping[str, ArrayLike], levels: Mapping[str, float] | None = None) -> Figure:
    """Draw losses step by step, the one before the first step at 0, and dotted levels to compare them with.

    >>> figure = loss_curves({"right": [3.0, 2.0, 1.0]}, {"least squares": 0.5})
    >>> [line.get_ydata()[0] for line in figure.axes[0].lines], figure.axes[0].texts[0].get_text()
    ([np.float64(3.0), 0.5], 'least squares')
    """
    figure, (axes,) = panels(width=1.9)
    for (name, losses), stroke in zip(curves.items(), strokes(), strict=False):
        axes.plot(np.asarray(losses), label=name, **stroke)
    for name, level in (levels or {}).items():
        axes.axhline(level, color=GREY, linestyle=":")
        axes.text(1, level, name, color="0.3", ha="right", va="bottom", transform=axes.get_yaxis_transform())
    axes.set(xlabel="step", ylabel="loss")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    figure.legend(loc="outside right upper")
    ends = ", ".join(f"{name} {number(np.asarray(losses)[-1], 4)}" for name, losses in curves.items())
    marked = "".join(f" Dotted: {name}, at {number(level, 4)}." for name, level in (levels or {}).items())
    return described(figure, f"Losses step by step. They end at: {ends}.{marked}")


@styled
def loss_against_logit(logits: ArrayLike, losses: Mapping[str, ArrayLike], slopes: Mapping[str, ArrayLike]) -> Figure:
    """Draw losses of one row against its logit, and beside them their slopes with respect to the logit.

    A curve has a gap where it is not finite.

    >>> figure = loss_against_logit([0.0, 1.0], {"exact": [0.7, 1.3]}, {"exact": [0.5, 0.73]})
    >>> [axes.get_ylabel() for axes in figure.axes]
    ['loss', 'slope of the loss']
    """
    figure, (left, right) = panels(2, width=1.3)
    for axes, curves, what in ((left, losses, "loss"), (right, slopes, "slope of the loss")):
        _against_logit(axes, logits, curves)
        axes.set(xlabel="logit z", ylabel=what)
    left.legend()
    ends = f"from {number(np.asarray(logits).min())} to {number(np.asarray(logits).max())}"
    return described(
        figure,
        f"""Left the loss of one row, right its slope, against the logit {ends}, for: {", ".join(losses)}. A curve has a
        gap where it is not finite.""",
    )


def _against_logit(axes: Axes, logits: ArrayLike, curves: Mapping[str, ArrayLike]) -> None:
    for (name, values), stroke in zip(curves.items(), strokes(), strict=False):
        axes.plot(np.asarray(logits), np.ma.masked_invalid(np.asarray(values)), label=name, **stroke)
