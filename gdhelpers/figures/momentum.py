"""A descent that forgets to empty its gradients, and the momentum that it is."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from gdhelpers.figures.style import BLUE, GREEN, ORANGE, described, number, panels, styled


@styled
def forgotten_zero_grad(forgotten: ArrayLike, momentum: ArrayLike, right: ArrayLike, minimum: float) -> Figure:
    """Draw where three descents are at each step: without `zero_grad`, with momentum, and as it should be; all (n,).

    The first two should lie on each other: one is a line, the other is the points on it.

    >>> figure = forgotten_zero_grad([3.0, 2.0, 0.2], [3.0, 2.0, 0.2], [3.0, 2.0, 1.2], -2.0)
    >>> [line.get_label() for line in figure.axes[0].lines][:2]
    ['momentum, beta = 1', 'zero_grad forgotten']
    """
    forgotten, momentum, right = (np.asarray(path, dtype=np.float64) for path in (forgotten, momentum, right))
    figure, (axes,) = panels(width=2.3)
    axes.plot(momentum, color=ORANGE, linewidth=5, alpha=0.6, label="momentum, beta = 1")
    axes.plot(forgotten, color=BLUE, marker="o", markersize=4, linestyle="none", label="zero_grad forgotten")
    axes.plot(right, color=GREEN, linestyle="--", label="gradient emptied at each step")
    axes.axhline(minimum, color="0.35", linewidth=1, linestyle=":")
    axes.set(xlabel="step", ylabel="x")
    axes.text(
        1.01, minimum, f"minimum {number(minimum)}", color="0.35", va="center", transform=axes.get_yaxis_transform()
    )
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    figure.legend(loc="outside upper left", ncols=3)
    apart = np.abs(forgotten - momentum).max()
    swings = f"{number(forgotten.min())} and {number(forgotten.max())}"
    return described(
        figure,
        f"""Three descents from x = {number(forgotten[0])} over {len(forgotten) - 1} steps. With the gradient emptied at
        each step x goes to {number(right[-1])}; the minimum is at {number(minimum)}. Without zero_grad it swings
        between {swings}. The points of that descent lie on the line of momentum with beta = 1, at most
        {number(apart, 1)} away.""",
    )
