"""A report as one HTML page: no script, nothing remote, and whatever a student wrote is shown as text."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from gdhelpers.autograder.report.contents import MEANINGS, Report
from gdhelpers.autograder.report.text import plain, points, time


def html(report: Report) -> str:
    """Return the page."""
    from gdhelpers.autograder.report import plots

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"points": points, "time": time}
    drawn = plots.figures(report.exercises, list(report.scores.values()), report.max_score)
    # What is drawn holds the names of exercises only, as outlines; it is the one thing that is not escaped.
    figures = {name: Markup(figure) for name, figure in drawn.items()}  # noqa: S704
    return environment.get_template("page.html.j2").render(report=report, figures=figures, meanings=MEANINGS)


def _shown(value: object) -> object:
    return plain(value) if isinstance(value, str) and not isinstance(value, Markup) else value
