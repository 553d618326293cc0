"""The one style of all figures.

The colours are those of Okabe and Ito, "Color Universal Design" (2008): colour-blind readers can tell them apart. Lines
differ in their dashes, too, so that a figure can be read in a black-and-white print. Each figure carries a sentence or
two that describe it for someone who does not see it, with the numbers that it shows: `alt_text` returns them.
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
MARKERS = ("o", "s", "^", "D")
HEIGHT = 3.4
"""Inches of a panel; it is about a third wider than high."""

STYLE: dict[Any, Any] = {
    "figure.dpi": 100,
    "figure.max_open_warning": 0,  # a notebook closes what it has shown
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


def panels(
    count: int = 1, *, width: float = 1.45, rows: int = 1, height: float = HEIGHT, sharex: bool = False
) -> tuple[Figure, list[Axes]]:
    """Return a new figure of panels, `count` in each of the rows, and its axes, row by row.

    `width` is that of a panel, relative to its height in inches. With `sharex` the panels of a column have one x axis.

    >>> figure, axes = panels(2)
    >>> len(axes), [round(float(inches), 2) for inches in figure.get_size_inches()]
    (2, [9.86, 3.4])
    >>> plt.close(figure)
    """
    size = (height * width * count, height * rows)
    figure, axes = plt.subplots(
        rows, count, figsize=size, layout="constrained", squeeze=False, sharex="col" if sharex else False
    )
    return figure, list(axes.flat)


def described(figure: Figure, text: str) -> Figure:
    """Give a figure the text that describes it; white space becomes single spaces."""
    figure.set_label(" ".join(text.split()))
    return figure


def alt_text(figure: Figure) -> str:
    """Return what a figure of this package shows, for someone who does not see it.

    >>> alt_text(described(panels()[0], "A line that rises."))
    'A line that rises.'
    >>> plt.close("all")
    """
    return str(figure.get_label())


def number(value: float, digits: int = 3) -> str:
    """Return a number as a figure shows it: rounded to some significant digits, with a true minus.

    >>> number(-20.625), number(7.277e9), number(0.00012)
    ('\N{MINUS SIGN}20.6', '7.28e+09', '0.00012')
    """
    return f"{value:.{digits}g}".replace("-", "\N{MINUS SIGN}", 1) if value < 0 else f"{value:.{digits}g}"


def strokes() -> Iterator[dict[str, Any]]:
    """Yield one way to draw a line after the other, each with a colour and dashes of its own.

    >>> first = next(strokes())
    >>> first["color"], first["linestyle"]
    ('#0072B2', '-')
    """
    dashes: tuple[Literal["-", "--", "-.", ":"], ...] = ("-", "--", "-.", ":")
    for color, linestyle in zip(cycle((BLUE, VERMILION, GREEN, PURPLE)), cycle(dashes), strict=False):
        yield {"color": color, "linestyle": linestyle}
