"""Secants that close in on a tangent."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from gdhelpers.figures.style import BLUE, GREY, MARKERS, described, number, panels, strokes, styled


@styled
def secants(
    x: ArrayLike, y: ArrayLike, at: tuple[float, float], slope: float, h: ArrayLike, slopes: ArrayLike
) -> Figure:
    """Draw a curve with secants through one of its points and the tangent there, and beside it the slopes against h.

    The curve goes through `x` and `y`, both (n,); the tangent touches it at the point `at` and has `slope`. The secant
    of each step of `h`, (k,), has a slope of `slopes`, (k,).

    >>> figure = secants([0.0, 4.0], [0.0, 32.0], (3.0, 21.0), 10.0, [2.0, 1.0], [12.0, 11.0])
    >>> [line.get_label() for line in figure.axes[0].lines if not line.get_label().startswith("_")]
    ['h = 2', 'h = 1', 'tangent']
    """
    x, y, h, slopes = (np.asarray(array, dtype=np.float64) for array in (x, y, h, slopes))
    figure, (left, right) = panels(2, width=1.3)
    left.plot(x, y, color=GREY, linewidth=3)
    ends = np.array([x.min(), x.max()])
    ways = strokes()
    next(ways)  # the first colour is the tangent's
    for step, steepness, stroke, marker in zip(h, slopes, ways, MARKERS, strict=False):
        left.plot(ends, at[1] + steepness * (ends - at[0]), label=f"h = {number(step)}", **{**stroke, "linewidth": 1.3})
        left.plot(at[0] + step, at[1] + steepness * step, marker, color=stroke["color"], markersize=6, zorder=3)
        right.plot(step, steepness, marker, color=stroke["color"], markersize=8)
    left.plot(ends, at[1] + slope * (ends - at[0]), color=BLUE, label="tangent")
    left.plot(*at, "s", color=BLUE, markersize=8)
    left.set(xlabel="x", ylabel="f(x)", ylim=(y.min() - 0.05 * np.ptp(y), y.max() + 0.05 * np.ptp(y)))
    left.set_title("Secants from x to x + h")
    left.legend()
    right.axhline(slope, color=BLUE, linewidth=1.5)
    right.text(h.max(), slope, f"slope of the tangent: {number(slope)}", color=BLUE, ha="right", va="bottom")
    right.set(xlabel="h", ylabel="slope of the secant", xlim=(-0.05 * h.max(), 1.05 * h.max()))
    right.set_title("Their slopes")
    right.yaxis.set_major_locator(MaxNLocator(integer=True))
    pairs = ", ".join(f"{number(steepness)} for h = {number(step)}" for step, steepness in zip(h, slopes, strict=True))
    return described(
        figure,
        f"""Left: a curve, its tangent at x = {number(at[0])}, and secants from there to x + h, which turn towards the
        tangent as h gets smaller. Right: the slopes of the secants against h: {pairs}. The tangent has the slope
        {number(slope)}.""",
    )
