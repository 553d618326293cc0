"""What was asked of the grader, next to what was measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from benchmarks.memory import SUBMISSION
from benchmarks.rows import Row, medians, ratio
from benchmarks.speed import FLOOR, GD, STOCK

Measured = Mapping[str, Sequence[Row]]
"""The rows of each benchmark that ran."""


def goals(measured: Measured) -> list[Row]:
    """Return for each goal what is asked and what came; what was not measured is left out."""
    speed = measured.get("speed", ())
    memory = {row["what"]: row for row in medians(measured.get("memory", ()))}.get(SUBMISSION, {})
    sizes = medians(measured.get("sizes", ()))
    largest = sizes[-1] if sizes else {}
    wrong = [row["wrong_scores"] for rows in measured.values() for row in rows if "wrong_scores" in row]
    found = [
        ("gd grade, with its start, over the floor without", "<= 1.3", ratio(speed, "seconds", GD, FLOOR)),
        ("gd grade over the floor, both with start", "", ratio(speed, "seconds", GD, FLOOR, "seconds_with_import")),
        ("the same in CPU seconds, without the floor's import", "", ratio(speed, "cpu_seconds", GD, FLOOR)),
        ("stock nbgrader over gd grade", ">= 15", ratio(speed, "seconds", STOCK, GD)),
        ("scores that are not the known ones", "0", sum(wrong) if wrong else None),
        ("MB unique to a running submission, median", "< 300", memory.get("median_mb")),
        ("MB unique to a running submission, largest", "< 300", memory.get("largest_mb")),
        ("its last quarter over its second", "1", _over(memory, "quarter_4", "quarter_2")),
        ("rate in the largest class: last quarter over second", "1", _over(largest, "rate_4", "rate_2")),
        ("memory of the command there: last quarter over second", "1", _over(largest, "mb_4", "mb_2")),
    ]
    return [{"what": goal, "asked": asked, "measured": value} for goal, asked, value in found if value is not None]


def _over(row: Row, above: str, below: str) -> float | None:
    return row[above] / row[below] if above in row and below in row else None
