"""How gradient descent moves along a curve, how it fails, and where it stays."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike, NDArray

from gdhelpers.figures.style import BLUE, GREY, VERMILION, described, number, panels, styled

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
    return described(
        figure,
        f"""A curve f(x), and on it {len(visited) - 1} steps of a descent from x = {number(visited[0])} to
        {number(visited[-1])}.""",
    )


@styled
def descent_runs(runs: Mapping[str, tuple[ArrayLike, ArrayLike]], minimum: float, least: float) -> Figure:
    """Draw descents against their steps, a column for each: above where x is, below the loss there; both (n,).

    A dotted line marks the `minimum` above, and the `least` loss below.

    >>> figure = descent_runs({"lr 0.5": ([3.0, -2.0], [21.0, -4.0])}, -2.0, -4.0)
    >>> [axes.get_ylabel() for axes in figure.axes]
    ['x', 'loss']
    """
    figure, axes = panels(len(runs), width=1.12, rows=2, height=2.2, sharex=True)
    ends = []
    for column, (title, (path, losses)) in enumerate(runs.items()):
        for row, (values, level) in enumerate(((path, minimum), (losses, least))):
            shown = np.asarray(values, dtype=np.float64)
            panel = axes[row * len(runs) + column]
            panel.axhline(level, color=VERMILION, linewidth=1.5, linestyle=":")
            panel.plot(shown, color=BLUE, marker="o", markersize=3.5, linewidth=1)
            panel.xaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
        axes[column].set_title(title)
        axes[len(runs) + column].set_xlabel("step")
        x, loss = np.asarray(path, dtype=np.float64), np.asarray(losses, dtype=np.float64)
        ends.append(f"{title}: x from {number(x[0])} to {number(x[-1])}, loss {number(loss[-1], 4)}")
    axes[0].set_ylabel("x")
    axes[len(runs)].set_ylabel("loss")
    figure.legend([axes[0].lines[0]], ["at the minimum"], loc="outside lower right")
    return described(
        figure,
        f"""Descents step by step, above x, with a dotted line at the minimum {number(minimum, 4)}, below the loss, with
        one at {number(least, 4)}. {"; ".join(ends)}.""",
    )


@styled
def bifurcation(lr: ArrayLike, iterates: ArrayLike, limit: float, minimum: float) -> Figure:
    """Draw where descents stay against their learning rate, and a line at the `limit`: lr (n,), iterates (n, k).

    A descent that has settled shows as one point, a cycle as several, one that wanders as a column of points.

    >>> figure = bifurcation([0.5, 1.0], [[-2.0, -2.0], [-4.0, 0.0]], 1.0, -2.0)
    >>> figure.axes[0].lines[0].get_xdata().tolist()
    [0.5, 0.5, 1.0, 1.0]
    """
    rates, last = np.asarray(lr, dtype=np.float64), np.asarray(iterates, dtype=np.float64)
    figure, (axes,) = panels(width=2.3)
    axes.plot(
        np.repeat(rates, last.shape[1]),
        last.ravel(),
        ".",
        color=BLUE,
        markersize=1.2,
        markeredgewidth=0,
        rasterized=True,
    )
    axes.axvline(limit, color=VERMILION, linestyle="--", linewidth=1.5)
    axes.text(limit, axes.get_ylim()[1], f" limit {limit:.4f}", color=VERMILION, va="top")
    axes.axhline(minimum, color=GREY, linestyle=":", linewidth=1, zorder=0)
    axes.text(
        1.01, minimum, f"minimum {number(minimum)}", color="0.3", va="center", transform=axes.get_yaxis_transform()
    )
    axes.set(xlabel="learning rate", ylabel="x in the last steps", xlim=(rates[0], rates[-1]))
    shown = np.linspace(0, len(rates) - 1, 5).astype(int)
    counts = ", ".join(f"{len(np.unique(last[i].round(4)))} at {number(rates[i])}" for i in shown)
    return described(
        figure,
        f"""The last {last.shape[1]} places of descents against the learning rate, a line at {limit:.4f}, up to which
        there should be one place, and another at the minimum, {number(minimum)}. So many different places there are:
        {counts}. At the right end they lie between {number(last[-1].min())} and {number(last[-1].max())}.""",
    )
