"""The plots of a report, as SVG that stands in a page by itself."""

from __future__ import annotations

import io
from collections.abc import Sequence

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from gdhelpers.autograder.report import Exercise
from gdhelpers.figures.style import BLUE, GREY, ORANGE, VERMILION, panels, styled

ORDER = (("passed", BLUE), ("failed", VERMILION), ("error", ORANGE), ("missing", "0.8"))
"""The outcomes that are told apart, from the left, with their colours; all others are stopped answers."""


@styled
def distribution(scores: Sequence[float], max_score: float) -> Figure:
    """Draw how many students have which score, in twenty bins at the most, and the median."""
    figure, (axes,) = panels(width=2.2)
    bins = np.linspace(0.0, max_score, min(20, max(2, round(max_score))) + 1)
    axes.hist(scores, bins=list(bins), color=BLUE, edgecolor="white")
    axes.axvline(float(np.median(scores)), color=VERMILION, linestyle="--", label="median")
    axes.set(xlabel="score", ylabel="students", xlim=(0, max_score))
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    figure.legend(loc="outside right upper")
    return figure


@styled
def outcomes(exercises: Sequence[Exercise]) -> Figure:
    """Draw for each exercise how many passed, failed, raised or gave no answer."""
    figure, axes = plt.subplots(figsize=(7.5, 0.8 + 0.38 * len(exercises)), layout="constrained")
    left = np.zeros(len(exercises))
    names = [exercise.name for exercise in exercises]
    known = {outcome for outcome, _ in ORDER}
    for outcome, color in (*ORDER, ("stopped", GREY)):
        counts = np.array([_count(exercise, outcome, known) for exercise in exercises], dtype=float)
        if counts.any():
            axes.barh(names, counts, left=left, color=color, edgecolor="white", label=outcome)
        left += counts
    axes.invert_yaxis()
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set(xlabel="students")
    figure.legend(loc="outside right upper")
    return figure


@styled
def times(exercises: Sequence[Exercise]) -> Figure:
    """Draw for each exercise how long its tests took, a point a student."""
    figure, axes = plt.subplots(figsize=(7.5, 0.8 + 0.38 * len(exercises)), layout="constrained")
    for place, exercise in enumerate(exercises):
        seconds = [seconds for seconds, _ in exercise.seconds]
        axes.plot(seconds, [place] * len(seconds), "o", color=BLUE, alpha=0.4, markersize=6, markeredgewidth=0)
    axes.set_yticks(range(len(exercises)), [exercise.name for exercise in exercises])
    axes.invert_yaxis()
    axes.set(xlabel="seconds", xlim=(0, None))
    return figure


def svg(figure: Figure) -> str:
    """Return a figure as the text of an SVG element, and close it."""
    buffer = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": "report"}):
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    plt.close(figure)
    text = buffer.getvalue()
    return text[text.index("<svg") :]


def _count(exercise: Exercise, outcome: str, known: set[str]) -> int:
    if outcome == "stopped":
        return sum(count for name, count in exercise.outcomes.items() if name not in known)
    return exercise.outcomes.get(outcome, 0)
