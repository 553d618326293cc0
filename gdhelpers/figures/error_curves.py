"""How wrong a measured slope is, against the size of the nudge."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator
from numpy.typing import ArrayLike

from gdhelpers.figures.style import GREY, MARKERS, described, number, panels, strokes, styled


@styled
def error_curves(h: ArrayLike, errors: Mapping[str, Mapping[str, ArrayLike]]) -> Figure:
    """Draw errors against h, both on logarithmic scales: a panel for each title, a curve for each method.

    `h` has the shape (n,), and so has each error. An error of exactly zero, which has no logarithm, lies on a line
    of its own at the foot of the panels, named 0.

    >>> figure = error_curves([1.0, 0.1], {"x^2": {"central": [0.0, 1e-15]}})
    >>> [axes.get_title(loc="left") for axes in figure.axes], figure.axes[0].get_xscale()
    (['x^2'], 'log')
    """
    h = np.asarray(h, dtype=np.float64)
    found = np.concatenate([np.ravel(values) for panel in errors.values() for values in panel.values()])
    floor = 10.0 ** (np.floor(np.log10(found[found > 0].min())) - 2)
    figure, panel_axes = panels(len(errors), width=1.0 if len(errors) > 2 else 1.3)
    for axes, (title, curves) in zip(panel_axes, errors.items(), strict=True):
        axes.axhline(floor, color=GREY, linewidth=1, linestyle=":")
        for (method, values), stroke, marker in zip(curves.items(), strokes(), MARKERS, strict=False):
            error = np.asarray(values, dtype=np.float64)
            axes.loglog(
                h, np.where(error == 0, floor, error), label=method, marker=marker, markersize=4,
                **{**stroke, "linewidth": 1.3},
            )  # fmt: skip
        axes.set(xlabel="h", ylim=(floor / 10, found.max() * 10), title=title)
        axes.set_yticks(*_ticks(floor, found.max()))
        axes.yaxis.set_minor_locator(NullLocator())
        axes.label_outer()
    panel_axes[0].set_ylabel("error of the slope")
    handles = {name: line for axes in panel_axes for line, name in zip(*axes.get_legend_handles_labels(), strict=True)}
    figure.legend(handles.values(), handles.keys(), loc="outside upper center", ncols=len(handles))
    best = "; ".join(
        f"{title}: "
        + ", ".join(
            f"{method} {number(np.asarray(values).min(), 2)} at h = {number(h[np.argmin(values)], 1)}"
            for method, values in curves.items()
        )
        for title, curves in errors.items()
    )
    return described(
        figure,
        f"""Errors of measured slopes against h, on logarithmic scales.
        The smallest error of each method is: {best}.""",
    )


def _ticks(floor: float, largest: float) -> tuple[list[float], list[str]]:
    """Return ticks at every third power of ten and one for zero, and what is written there."""
    powers = range(3 * int(np.ceil((np.log10(floor) + 1) / 3)), int(np.log10(largest)) + 2, 3)
    return [floor, *(10.0**power for power in powers)], ["0", *(f"$10^{{{power}}}$" for power in powers)]
