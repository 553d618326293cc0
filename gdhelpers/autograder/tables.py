"""What a person sees of records: a table of scores in the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from gdhelpers.autograder.change import Change
from gdhelpers.autograder.outputs import plain
from gdhelpers.autograder.record import Record, Verdict
from gdhelpers.autograder.verdict import NO_ANSWER


def scores(assignment: str, records: Sequence[Record]) -> Table:
    """Return the table of scores: a line a student, with what was lost and why."""
    table = Table(title=assignment, title_justify="left", title_style="bold", header_style="bold")
    table.add_column("student", no_wrap=True)
    table.add_column("score", justify="right", no_wrap=True)
    table.add_column("lost points, and what was odd", overflow="fold")
    for record in records:
        table.add_row(Text(record.student), _score(record), _remarks(record))
    return table


def changes(assignment: str, found: Sequence[Change]) -> Table:
    """Return the table of what a grading changed: a line for each test of a student."""
    table = Table(title=f"{assignment}: changes", title_justify="left", title_style="bold", header_style="bold")
    table.add_column("student", no_wrap=True)
    table.add_column("test", overflow="fold")
    table.add_column("from", justify="right")
    table.add_column("to", justify="right")
    table.add_column("why", overflow="fold")
    for change in found:
        before = "-" if change.before is None else f"{change.before:g}"
        style = "green" if change.after > (change.before or 0.0) else "red"
        name = change.grade_id.removeprefix("test-")
        table.add_row(Text(change.student), name, before, Text(f"{change.after:g}", style=style), Text(change.why))
    return table


def _score(record: Record) -> Text:
    if record.score is None or record.counts is None:
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
