"""What a person sees of records: a table of scores in the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from gdhelpers.autograder.change import Change
from gdhelpers.autograder.outputs import plain
from gdhelpers.autograder.record import Record, Verdict
from gdhelpers.autograder.verdict import NO_ANSWER

PART = 3
"""A name takes at most a third of the width, so that scores are never cut."""


def scores(assignment: str, records: Sequence[Record], width: int) -> Table:
    """Return the table of scores, as wide as a terminal: a line a student, with what was lost and what was odd."""
    table = Table(title=assignment, title_justify="left", title_style="bold", header_style="bold")
    table.add_column("student", no_wrap=True)
    table.add_column("score", justify="right", no_wrap=True)
    table.add_column("remarks", overflow="fold")
    for record in records:
        table.add_row(_name(record.student, width), _score(record), _remarks(record))
    return table


def changes(assignment: str, found: Sequence[Change], width: int) -> Table:
    """Return the table of what a grading changed: a line for each test of a student."""
    table = Table(title=f"{assignment}: changes", title_justify="left", title_style="bold", header_style="bold")
    table.add_column("student", no_wrap=True)
    table.add_column("test", overflow="fold")
    table.add_column("from", justify="right", no_wrap=True)
    table.add_column("to", justify="right", no_wrap=True)
    table.add_column("why", overflow="fold")
    for change in found:
        before = "-" if change.before is None else f"{change.before:g}"
        style = "green" if change.after > (change.before or 0.0) else "red"
        name = change.grade_id.removeprefix("test-")
        table.add_row(
            _name(change.student, width), name, before, Text(f"{change.after:g}", style=style), Text(change.why)
        )
    return table


def shortened(name: str, limit: int) -> str:
    """Return a name that is at most so many columns wide, without its middle if it is wider.

    >>> shortened("Lovelace Ada_1843_assignsubmission_file", 15)
    'Lovela...n_file'
    """
    if cell_len(name) <= limit:
        return name
    head = (limit - 3) // 2
    return f"{_begins(name, head)}...{_begins(name[::-1], limit - 3 - head)[::-1]}"


def _begins(name: str, width: int) -> str:
    return next(name[:length] for length in range(width, -1, -1) if cell_len(name[:length]) <= width)


def _name(student: str, width: int) -> Text:
    return Text(shortened(plain(student), max(width // PART, 8)))


def _score(record: Record) -> Text:
    if record.counts is None:
        return Text("-", style="dim")
    full = record.counts + sum(v.max_points for v in record.verdicts if v.outcome == "manual")
    style = "green" if full == record.max_score else "red" if record.counts == 0 else ""
    return Text(f"{record.counts:g} / {record.max_score:g}", style=style)


def _remarks(record: Record) -> Text:
    odd = [Text(f"odd: {plain(oddity)}", style="yellow") for oddity in record.oddities]
    return Text("\n").join(text for text in (_losses(record), *odd) if text)


def _losses(record: Record) -> Text:
    if record.status != "graded":
        return Text(f"{record.status}: {record.message}", style="dim" if record.status == "missing" else "yellow")
    by_hand = sum(verdict.max_points for verdict in record.verdicts if verdict.outcome == "manual")
    lost = [_loss(verdict) for verdict in record.verdicts if verdict.points is not None and not verdict.points]
    missing = [verdict.function or verdict.grade_id for verdict in record.verdicts if verdict.outcome == "missing"]
    waiting = [f"{by_hand:g} points to be graded by hand"] if _awaits_person(record) else []
    if len(missing) == sum(verdict.points is not None for verdict in record.verdicts):
        lost = ["nothing is answered" + (" in code" if waiting else "")]
    late = [f"late: worth {record.score:g}, less a penalty of {record.penalty:g}"] if record.penalty else []
    return Text(", ".join(late + lost + waiting))


def _loss(verdict: Verdict) -> str:
    name = verdict.grade_id.removeprefix("test-")
    return f"{name}: {verdict.misconception or verdict.outcome}"


def _awaits_person(record: Record) -> bool:
    return any(verdict.outcome == "manual" and verdict.message != NO_ANSWER for verdict in record.verdicts)
