"""A report in the terminal: what fits a screen or two; the page has all of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from gdhelpers.autograder.report.contents import Exercise, Report
from gdhelpers.autograder.report.text import plain, points, time

BAR = 24
"""Characters of the longest bar."""

NAMED = 6
"""So many students are named in a list."""

CODES, LINES = 2, 12
"""So many unexplained answers to an exercise are shown, and so many lines of each."""


def parts(found: Report) -> Iterator[RenderableType]:
    """Yield the parts of a report, with an empty line between them."""
    yield _head(found)
    for part in (_distribution(found), _exercises(found), _misconceptions(found), _times(found)):
        yield Text()
        yield part
    if found.unexplained:
        yield Text()
        yield Text(f"wrong answers that no misconception explains: {len(found.unexplained)}", style="bold italic")
        for exercise in found.exercises:
            yield from _unexplained(found, exercise.name)


def _head(found: Report) -> Text:
    median = f"median {points(found.median_score)} of {points(found.max_score)}"
    head = Text.assemble((found.assignment, "bold"), f": {_count(len(found.scores), 'submission')}, {median}")
    notes: tuple[tuple[str, Sequence[str] | None], ...] = (
        (f"{_count(found.awaiting, 'submission')} to be graded by hand", [] if found.awaiting else None),
        (f"late, less {points(sum(found.penalties.values()))} points in all", list(found.penalties) or None),
        ("broken, 0 points", list(found.broken) or None),
        ("nothing handed in", found.absent.missing or None),
        ("handed in, but without a score: grade again", found.absent.ungraded or None),
        ("handed in anew since: grade again", found.absent.changed or None),
    )
    for what, students in notes:
        if students is not None:
            who = f": {_names(students)}" if students else ""
            head.append(f"\n{what}{who}", style="yellow")
    return head


def _distribution(found: Report) -> Table:
    """Return the scores in tenths of the full score."""
    table = Table(title="scores", title_justify="left", title_style="bold", show_header=False, box=None)
    table.add_column(justify="right")
    tenths = [min(int(10 * score / found.max_score), 9) for score in found.scores.values()]
    most = max(tenths.count(tenth) for tenth in range(10))
    for tenth in range(10):
        count = tenths.count(tenth)
        low, high = found.max_score * tenth / 10, found.max_score * (tenth + 1) / 10
        bar = Text("\u2588" * round(BAR * count / most), style="blue")
        table.add_row(f"{points(low)} to {points(high)}", bar, str(count) if count else "")
    return table


def _exercises(found: Report) -> Table:
    table = _table("exercises", "exercise", "right", "others")
    table.columns[1].justify = "right"
    table.columns[1].no_wrap = True
    for exercise in found.exercises:
        table.add_row(exercise.name, _rate(exercise), exercise.others)
    return table


def _rate(exercise: Exercise) -> Text:
    if exercise.by_hand:
        given = exercise.given
        return Text(f"mean {points(sum(given) / len(given))} of {points(exercise.max_points)}" if given else "by hand")
    style = "green" if exercise.passed == exercise.total else "red" if exercise.rate < 0.5 else ""
    return Text(f"{exercise.passed} of {exercise.total} ({exercise.rate:.0%})", style=style)


def _misconceptions(found: Report) -> RenderableType:
    if not found.misconceptions:
        return Text("No misconception was found.")
    table = _table("misconceptions", "students", "misconception", "who")
    table.columns[0].justify = "right"
    for held in found.misconceptions:
        what = Text.assemble((f"{held.exercise}: {held.slug}", "bold"), f"\n{plain(held.sentence)}")
        table.add_row(str(len(held.students)), what, Text(_names(held.students)))
    return table


def _times(found: Report) -> Table:
    table = _table("time of the tests", "exercise", "median", "slowest")
    table.columns[1].justify = "right"
    for exercise in found.exercises:
        if exercise.median_seconds is not None:
            seconds, student = exercise.seconds[-1]
            slowest = Text(f"{time(seconds)}, {plain(student)}")
            table.add_row(exercise.name, time(exercise.median_seconds), slowest)
    return table


def _unexplained(found: Report, exercise: str) -> Iterator[RenderableType]:
    """Yield what was said of the answers to one exercise and of whom, and the code of the first."""
    shown = 0
    for message, answers in found.unexplained_of(exercise).items():
        yield Text()
        yield Text.assemble((f"{exercise}, {_names([one.student for one in answers])}: ", "bold"), plain(message))
        for answer in answers[: max(0, CODES - shown)]:
            shown += 1
            whose = [Text(plain(answer.student), style="dim")] if len(answers) > 1 else []
            yield Padding(Group(*whose, _code(answer.code)), (0, 0, 0, 4))


def _code(code: str) -> Text:
    lines = plain(code).strip("\n").splitlines()
    more = f"\n... and {_count(len(lines) - LINES, 'line')} more" if len(lines) > LINES else ""
    return Text("\n".join(lines[:LINES]), style="cyan").append(more, style="dim")


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _names(students: Sequence[str]) -> str:
    more = f" and {len(students) - NAMED} more" if len(students) > NAMED else ""
    return plain(", ".join(students[:NAMED])) + more


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
