"""The lecture's cells, run here, compute the lecture's numbers to 1e-6; from another start they do not."""

import re

import pytest

from tests.lecture import EXPECTED, lecture_cells

CELLS = lecture_cells()
DESCENTS = [found for found in CELLS if found.starts]


def by_name(found):
    return found.name


def replayed(found, source=None):
    """Run the cell and what it needs: the set-up cell, and the lecture's cells before it for a single value.

    Returns the rows that the cell keeps in `history`.
    """
    names = {}
    before = found.notebook.cells[: found.notebook.cells.index(found.cell)]
    needed = ["setup", "cars", "women"]  # imports and data; they print and draw nothing that matters here
    for cell in before:
        if cell.cell_type == "code" and cell.id in needed:
            exec(cell.source, names)
    exec(source or found.cell.source, names)
    return names["history"]


def agree(found, row, printed):
    """Whether the numbers of a line agree to 1e-6, relative to numbers above 1 and absolute below."""
    return all(
        abs(number - other) <= 1e-6 * max(1.0, abs(other)) + rounding
        for number, other, rounding in zip(row, printed, found.roundings, strict=True)
    )


def test_every_part_of_the_lecture_has_its_cell():
    descents = {entry for entry, values in EXPECTED.items() if "columns" in values}
    singles = {f"{entry}.{key}" for entry in set(EXPECTED) - descents for key in EXPECTED[entry]}
    assert sorted(map(by_name, CELLS)) == sorted(descents | singles)
    assert sum(len(found.printed) for found in DESCENTS) == 78
    assert len(singles) == 4


@pytest.mark.parametrize("found", DESCENTS, ids=by_name)
def test_a_trajectory_is_the_lectures(found):
    history = replayed(found)
    assert len(history) == EXPECTED[found.name]["steps"]
    for row, printed in zip(history, found.printed, strict=False):
        assert agree(found, row, printed), (row, printed)


@pytest.mark.parametrize("found", DESCENTS, ids=by_name)
def test_another_start_gives_other_numbers(found):
    for start in found.starts:
        source, count = re.subn(rf"(?<=[(\[]){re.escape(str(start))}(?=[,)\]])", str(start + 0.001), found.cell.source)
        assert count == 1, "the cell spells the start value once"
        history = replayed(found, source)
        assert not any(agree(found, row, printed) for row, printed in zip(history, found.printed, strict=False))
