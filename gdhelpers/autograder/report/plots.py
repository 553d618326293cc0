"""The plots of a report, as SVG that stands in a page by itself and takes on the colours of the page.

Imported only where a page is made: matplotlib takes its time.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from gdhelpers.autograder.report.contents import MEANINGS, Exercise
from gdhelpers.autograder.report.text import points
from gdhelpers.figures.style import BLUE, GREEN, ORANGE, PURPLE, VERMILION, styled

INK, PAPER = "#010203", "#fdfcfb"
"""Stand for the colours of the page's text and background until the SVG is written; nothing else has them."""

COLORS = {
    "passed": BLUE,
    "failed": VERMILION,
    "error": ORANGE,
    "timeout": PURPLE,
    "crashed": GREEN,
    "missing": "#b0b0b0",
}
HATCHES = {"failed": "//", "error": "..", "timeout": "xx", "crashed": "--"}
"""Beside the colours, for a black-and-white print."""

WIDTH = 6.6
"""Inches: wide enough for a screen, and still legible when a telephone halves it."""


def distribution(scores: Sequence[float], max_score: float) -> Figure:
    """Draw how many students have which score, in twenty bins at the most, and the median."""
    figure, axes = _figure(2.8)
    bins = np.linspace(0.0, max_score, min(20, max(2, round(max_score))) + 1)
    axes.hist(scores, bins=list(bins), color=BLUE, edgecolor=PAPER)
    middle = float(np.median(scores))
    axes.axvline(middle, color=VERMILION, linestyle="--", label=f"median {points(middle)}")
    axes.set(xlabel="score", ylabel="students", xlim=(0, max_score))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(integer=True))
    figure.legend(loc="outside upper right")
    return figure


def outcomes(exercises: Sequence[Exercise]) -> Figure:
    """Draw for each exercise how many were right, wrong, raised an error or were missing."""
    figure, axes = _figure(1.1 + 0.36 * len(exercises))
    left = np.zeros(len(exercises))
    for outcome, color in COLORS.items():
        counts = np.array([exercise.outcomes.get(outcome, 0) for exercise in exercises], dtype=float)
        if counts.any():
            axes.barh(
                range(len(exercises)), counts, left=left, color=color, edgecolor=PAPER, hatch=HATCHES.get(outcome),
                label=MEANINGS[outcome],
            )  # fmt: skip
        left += counts
    _rows(axes, exercises)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set(xlabel="students", xlim=(0, left.max()))
    figure.legend(loc="outside upper right", ncols=len(COLORS))
    return figure


def times(exercises: Sequence[Exercise]) -> Figure:
    """Draw for each exercise how long its tests took, a point a student, and the median as a stroke."""
    figure, axes = _figure(0.9 + 0.36 * len(exercises))
    for place, exercise in enumerate(exercises):
        seconds = [seconds for seconds, _ in exercise.seconds]
        axes.plot(seconds, [place] * len(seconds), "o", color=BLUE, alpha=0.45, markersize=7, markeredgewidth=0)
        axes.plot([float(np.median(seconds))], [place], "|", color=VERMILION, markersize=15, markeredgewidth=2.5)
    _rows(axes, exercises)
    axes.set(xlabel="seconds", xlim=(0, None), ylim=(len(exercises) - 0.5, -0.5))
    return figure


def svg(name: str, draw: Figure) -> str:
    """Return a figure as an SVG element for a page; `name` makes its ids differ from those of other figures."""
    buffer = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": name}):
        draw.savefig(buffer, format="svg", metadata={"Date": None}, transparent=True)
    text = buffer.getvalue()
    text = re.sub(r"<metadata>.*?</metadata>", "", text[text.index("<svg") :], flags=re.DOTALL)
    text = re.sub(r' xmlns(:\w+)?="[^"]*"', "", text)
    text = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{name}-", text)
    return text.replace(INK, "var(--ink)").replace(PAPER, "var(--paper)")


@styled
def figures(exercises: Sequence[Exercise], scores: Sequence[float], max_score: float) -> dict[str, str]:
    """Return all plots of a report as SVG; there are none of exercises that nobody answered."""
    with mpl.rc_context(_INKED):
        drawn = {"distribution": distribution(scores, max_score)}
        if tested := [exercise for exercise in exercises if exercise.total and not exercise.by_hand]:
            drawn["outcomes"] = outcomes(tested)
        if timed := [exercise for exercise in exercises if exercise.seconds]:
            drawn["times"] = times(timed)
        return {name: svg(name, figure) for name, figure in drawn.items()}


_INKED: dict[Any, Any] = {
    "hatch.linewidth": 0.8,
    **dict.fromkeys(("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color"), INK),
}


def _figure(height: float) -> tuple[Figure, Axes]:
    """Return a figure that pyplot does not know of, so that nothing has to be closed and no screen is asked for."""
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    return figure, figure.subplots()


def _rows(axes: Axes, exercises: Sequence[Exercise]) -> None:
    axes.set_yticks(range(len(exercises)), [exercise.name for exercise in exercises])
    axes.invert_yaxis()
