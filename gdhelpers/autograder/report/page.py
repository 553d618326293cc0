"""A report as one HTML page: no script, nothing remote, and whatever a student wrote is shown as text."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from matplotlib import use

from gdhelpers.autograder.report import Report, plots


def html(report: Report) -> str:
    """Return the page."""
    use("agg")
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    tested = [exercise for exercise in report.exercises if exercise.seconds]
    figures = {
        "distribution": plots.distribution(list(report.scores.values()), report.max_score),
        "outcomes": plots.outcomes(tested),
        "times": plots.times(tested),
    }
    # What matplotlib draws holds names of exercises only, as outlines; it is the one thing that is not escaped.
    drawn = {name: Markup(plots.svg(figure)) for name, figure in figures.items()}  # noqa: S704
    return environment.get_template("page.html.j2").render(report=report, tested=tested, figures=drawn)
