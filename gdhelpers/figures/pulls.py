"""The gradient as a pull: how far each prediction is from its target, and to which side."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from gdhelpers.figures.style import BLUE, VERMILION, described, number, panels, styled


@styled
def pulls(p: ArrayLike, t: ArrayLike, *, row: str = "row") -> Figure:
    """Draw p - t of each row, sorted by p: the slope of its loss with respect to its logit. p and t have n numbers.

    Where the target is 0 the bar goes up and descent pushes p down; where it is 1 the bar goes down.

    >>> figure = pulls([0.8, 0.2], [1.0, 0.0])
    >>> [[round(float(bar.get_height()), 1) for bar in bars] for bars in figure.axes[0].containers]
    [[0.2], [-0.2]]
    """
    p, t = np.ravel(np.asarray(p, dtype=np.float64)), np.ravel(np.asarray(t, dtype=np.float64))
    order = np.argsort(p, kind="stable")
    pull, target = (p - t)[order], t[order]
    rank = np.arange(len(p))
    figure, (axes,) = panels(width=2.3)
    for value, color, name in ((0, BLUE, "target 0, p too high"), (1, VERMILION, "target 1, p too low")):
        rows = target == value
        total = pull[rows].sum()
        label = f"{name}: {rows.sum()} rows, sum {number(total, 4)}"
        axes.bar(rank[rows], pull[rows], width=1.0, color=color, label=label)
    axes.axhline(0, color="black", linewidth=1)
    axes.set(xlabel=f"{row}, sorted by p", ylabel="p \N{MINUS SIGN} t", ylim=(-1.02, 1.02), xlim=(-1, len(p)))
    figure.legend(loc="outside upper left", ncols=2)
    up, down = pull[target == 0].sum(), pull[target == 1].sum()
    return described(
        figure,
        f"""A bar for each {row} of {len(p)}, sorted by the predicted probability p: p minus the target. Bars of the
        target 0 go up, higher to the right; bars of the target 1 go down, deeper to the left. The first sum to
        {number(up, 4)}, the others to {number(down, 4)}.""",
    )
