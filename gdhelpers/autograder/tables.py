"""What a person sees in the terminal: a table of scores, and a report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.table import Table
from rich.text import Text

from gdhelpers.autograder.record import Record, Verdict
from gdhelpers.autograder.report import Report
from gdhelpers.autograder.verdict import NO_ANSWER


def scores(assignment: str, records: Sequence[Record]) -> Table:
    """Return the table of scores: a line a student, with what was lost and why."""
    table = Table(title=assignment, title_justify="left", title_style="bold", header_style="bold")
    table.add_column("student", no_wrap=True)
    table.add_column("score", justify="right", no_wrap=True)
    table.add_column("lost points", overflow="fold")
    for record in records:
        table.add_row(Text(record.student), _score(record), _losses(record))
    return table


def _score(record: Record) -> Text:
    if record.score is None:
        return Text("-", style="dim")
    full = record.score + sum(v.max_points for v in record.verdicts if v.outcome == "manual")
    style = "green" if full == record.max_score else "red" if record.score == 0 else ""
    return Text(f"{record.score:g} / {record.max_score:g}", style=style)


def _losses(record: Record) -> Text:
    if record.status != "graded":
        return Text(f"{record.status}: {record.message}", style="dim" if record.status == "missing" else "yellow")
    by_hand = sum(verdict.max_points for verdict in record.verdicts if verdict.outcome == "manual")
    lost = [_loss(verdict) for verdict in record.verdicts if verdict.points is not None and not verdict.points]
    missing = [verdict.function or verdict.grade_id for verdict in record.verdicts if verdict.outcome == "missing"]
    waiting = [f"{by_hand:g} points to be graded by hand"] if _awaits_person(record) else []
    if len(missing) == sum(verdict.points is not None for verdict in record.verdicts):
        return Text("nothing is answered", style="dim")
    return Text(", ".join(lost + waiting))


def _loss(verdict: Verdict) -> str:
    name = verdict.grade_id.removeprefix("test-")
    return f"{name}: {verdict.misconception or verdict.outcome}"


def _awaits_person(record: Record) -> bool:
    return any(verdict.outcome == "manual" and verdict.message != NO_ANSWER for verdict in record.verdicts)


BAR = 20
"""Characters of the longest bar."""

NAMED = 6
"""So many students are named in a line of the terminal; the page names all."""


def report(found: Report) -> Iterator[Table | Text]:
    """Yield the parts of a report."""
    yield Text(
        f"{found.assignment}: {len(found.scores)} submissions, median {found.median_score:g} of {found.max_score:g}"
    )
    if found.awaiting:
        yield Text(f"{found.awaiting} submissions await grading by hand.", style="yellow")
    yield _distribution(found)
    yield _exercises(found)
    yield _misconceptions(found)
    if found.unexplained:
        yield Text(
            f"{len(found.unexplained)} wrong answers are explained by no misconception; the page shows their code."
        )


def _distribution(found: Report) -> Table:
    """Return the scores in tenths of the full score."""
    table = Table(title="scores", title_justify="left", title_style="bold", show_header=False, box=None)
    tenths = [min(int(10 * score / found.max_score), 9) for score in found.scores.values()]
    most = max(tenths.count(tenth) for tenth in range(10))
    for tenth in range(10):
        count = tenths.count(tenth)
        low, high = found.max_score * tenth / 10, found.max_score * (tenth + 1) / 10
        table.add_row(f"{low:g} to {high:g}", "\u2588" * round(BAR * count / most), str(count) if count else "")
    return table


def _exercises(found: Report) -> Table:
    table = Table(title="exercises", title_justify="left", title_style="bold", header_style="bold")
    for name in ("exercise", "passed", "others", "median time"):
        table.add_column(name, justify="right" if name in ("passed", "median time") else "left")
    for exercise in found.exercises:
        others = ", ".join(f"{n} {outcome}" for outcome, n in sorted(exercise.outcomes.items()) if outcome != "passed")
        if exercise.median_seconds is None:
            table.add_row(exercise.name, "by hand", "", "")
        else:
            rate = f"{exercise.passed} of {exercise.total} ({exercise.rate:.0%})"
            table.add_row(exercise.name, rate, others, f"{exercise.median_seconds:.2f} s")
    return table


def _misconceptions(found: Report) -> Table:
    table = Table(title="misconceptions", title_justify="left", title_style="bold", header_style="bold")
    for name in ("students", "misconception", "who"):
        table.add_column(name, justify="right" if name == "students" else "left", overflow="fold")
    for held in found.misconceptions:
        who = ", ".join(held.students[:NAMED]) + (
            f" and {more} more" if (more := len(held.students) - NAMED) > 0 else ""
        )
        table.add_row(str(len(held.students)), Text(f"{held.exercise}: {held.slug}\n{held.sentence}"), Text(who))
    return table
