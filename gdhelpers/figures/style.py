"""The one style of all figures.

The colours are those of Okabe and Ito, "Color Universal Design" (2008): colour-blind readers can tell them apart. Lines
differ in their dashes, too, so that a figure can be read in a black-and-white print.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle
from typing import Any, Literal

import matplotlib as mpl
import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

BLUE, VERMILION, GREEN, ORANGE, PURPLE = "#0072B2", "#D55E00", "#009E73", "#E69F00", "#CC79A7"
GREY = "0.55"
HEIGHT = 3.4
"""Inches of a panel; it is about a third wider than high."""

STYLE: dict[Any, Any] = {
    "figure.dpi": 100,
    "font.size": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 11,
    "axes.titlelocation": "left",
    "axes.axisbelow": True,
    "legend.frameon": False,
    "lines.linewidth": 2.0,
}

styled = mpl.rc_context(STYLE)
"""Decorates a function that draws a figure: it is drawn in this style, and the caller's settings stay as they are."""


def panels(count: int = 1, *, width: float = 1.45) -> tuple[Figure, list[Axes]]:
    """Return a new figure of panels side by side, and its axes; `width` is relative to the height.

    >>> figure, axes = panels(2)
    >>> len(axes), [round(float(inches), 2) for inches in figure.get_size_inches()]
    (2, [9.86, 3.4])
    >>> plt.close(figure)
    """
    figure, axes = plt.subplots(1, count, figsize=(HEIGHT * width * count, HEIGHT), layout="constrained")
    return figure, [axes] if count == 1 else list(axes)


def strokes() -> Iterator[dict[str, Any]]:
    """Yield one way to draw a line after the other, each with a colour and dashes of its own.

    >>> first = next(strokes())
    >>> first["color"], first["linestyle"]
    ('#0072B2', '-')
    """
    dashes: tuple[Literal["-", "--", "-.", ":"], ...] = ("-", "--", "-.", ":")
    for color, linestyle in zip(cycle((BLUE, VERMILION, GREEN, PURPLE)), cycle(dashes), strict=False):
        yield {"color": color, "linestyle": linestyle}
