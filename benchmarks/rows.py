"""What was measured, row by row: medians of like rows, the table, and the document of `--json`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from rich.table import Table

Row = dict[str, Any]
"""Figures by their names; `what` says of what they are. Rows of the same `what` are runs of the same thing."""


def medians(rows: Sequence[Row]) -> list[Row]:
    """Return one row for each `what`, with the number of runs and the median of each figure."""
    runs: dict[str, list[Row]] = {}
    for row in rows:
        runs.setdefault(row["what"], []).append(row)
    return [{"what": what, "runs": len(alike)} | _median(alike) for what, alike in runs.items()]


def ratio(rows: Sequence[Row], figure: str, above: str, below: str, figure_below: str = "") -> float | None:
    """Return the median ratio of a figure of two things, run by run where both ran as often; None without both."""
    tops = [row[figure] for row in rows if row["what"] == above]
    bottoms = [row[figure_below or figure] for row in rows if row["what"] == below]
    if not tops or not bottoms:
        return None
    if len(tops) != len(bottoms):
        return float(median(tops) / median(bottoms))
    return float(median(top / bottom for top, bottom in zip(tops, bottoms, strict=True)))


def table(title: str, rows: Sequence[Row]) -> Table:
    """Show rows, a column for each figure that any of them has; lists are left to `--json`."""
    names = dict.fromkeys(name for row in rows for name, value in row.items() if not isinstance(value, list))
    made = Table(title=title, title_justify="left")
    for name in names:
        made.add_column(name.replace("_", " "), justify="left" if name == "what" else "right", overflow="fold")
    for row in rows:
        made.add_row(*(_text(row.get(name)) for name in names))
    return made


def document(machine: Row, measured: Mapping[str, Sequence[Row]], goals: Sequence[Row]) -> Row:
    """Return what `--json` writes: the machine, what was asked for, and each benchmark's medians and single runs."""
    benchmarks = {name: {"medians": medians(rows), "runs": list(rows)} for name, rows in measured.items()}
    return {"machine": machine, "goals": list(goals), "benchmarks": benchmarks}


def _median(alike: Sequence[Row]) -> Row:
    names = dict.fromkeys(name for row in alike for name in row)
    found = {name: [row[name] for row in alike if _is_number(row.get(name))] for name in names}
    return {name: median(values) for name, values in found.items() if values}


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _text(value: object) -> str:
    """Write a number with three digits, or as many as stand before its point."""
    if isinstance(value, float):
        return f"{value:.3g}" if abs(value) < 100 else f"{value:.0f}"
    return "" if value is None else str(value)
