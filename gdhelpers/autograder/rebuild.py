"""Rebuilding the graded notebook: the released one, with the student's answers and extra code cells put in.

Of a submission nothing else counts: no test cell, tag, flag, output or metadata of it gets into the notebook that is
run. Deleting, duplicating, retyping or editing a test cell changes nothing.
"""

from __future__ import annotations

import copy
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nbformat.v4 import new_code_cell

from gdhelpers.autograder.assignment import Assignment
from gdhelpers.autograder.submission import Cell

EXTRA = "extra-"
"""How the ids of a student's extra cells begin."""


@dataclass(frozen=True)
class Rebuilt:
    """The notebook to run, which answers are still as they were released, and what was odd about the submission."""

    notebook: Any
    unchanged: frozenset[str]
    oddities: tuple[str, ...]


def rebuild(assignment: Assignment, cells: Sequence[Cell]) -> Rebuilt:
    """Put a student's answers and extra code cells into the notebook that was released."""
    stubs = {_place(cell): cell.source for cell in assignment.stub.cells if _is_solution(cell)}
    found: dict[str, list[Cell]] = defaultdict(list)
    extras: dict[str | None, list[Cell]] = defaultdict(list)
    anchor = None
    for cell, place in zip(cells, _places(assignment, cells), strict=True):
        if place is not None:
            anchor = place
            if place in stubs:
                found[place].append(cell)
        elif cell.kind == "code" and cell.source.strip():
            extras[anchor].append(cell)
    sources = {place: _answer(place, found, cells, stub) for place, stub in stubs.items()}
    return Rebuilt(
        _assemble(assignment, sources, extras),
        frozenset(place for place, source in sources.items() if _same_text(source, stubs[place])),
        tuple(_oddities(stubs, found)),
    )


def _assemble(assignment: Assignment, sources: dict[str, str], extras: dict[str | None, list[Cell]]) -> Any:
    """Lay the cells out as released; each extra cell stands behind the cell that it followed in the submission."""
    notebook = copy.deepcopy(assignment.stub)
    released, notebook.cells = notebook.cells, _extra_cells("start", extras[None])
    for cell in released:
        if _is_solution(cell):
            cell.source = sources[_place(cell)]
        notebook.cells += [cell, *_extra_cells(cell.id, extras[_place(cell)])]
    return notebook


def _extra_cells(anchor: str, cells: list[Cell]) -> list[Any]:
    return [new_code_cell(cell.source, id=f"{EXTRA}{n}-{anchor}"[:64]) for n, cell in enumerate(cells)]


def _places(assignment: Assignment, cells: Sequence[Cell]) -> list[str | None]:
    """Tell which of the instructor's cells each submitted cell is: by grade id, else by cell id.

    A cell known by neither, as after an editor that drops metadata, is the answer that it defines, unless that answer
    has a cell already.
    """
    own = assignment.stub.cells
    by_grade_id = {_grade_id(cell): _place(cell) for cell in own if "nbgrader" in cell.metadata}
    by_cell_id = {cell.id: _place(cell) for cell in own}
    places = [by_grade_id.get(cell.grade_id) if cell.grade_id else by_cell_id.get(cell.cell_id or "") for cell in cells]
    functions = {graded.answer for graded in assignment.graded} - set(places)
    for index, cell in enumerate(cells):
        if places[index] is None:
            places[index] = next((name for name in _defined(cell) if name in functions), None)
    return places


def _answer(place: str, found: dict[str, list[Cell]], cells: Sequence[Cell], stub: str) -> str:
    """Return the source of one answer: the first changed cell that defines the function, else the stub.

    An answer whose cell was merged into another one is there already: its stub must not define it anew.
    """
    candidates = found[place]
    if not candidates:
        return "" if any(place in _defined(cell) for cell in cells) else stub
    changed = [cell for cell in candidates if not _same_text(cell.source, stub)]
    defining = next((cell for cell in changed if place in _defined(cell)), None)
    if defining is None:
        return changed[0].source if changed else stub
    # The halves of a cell that was split carry the same id: what does not define the function again belongs to it.
    return "\n\n".join(cell.source for cell in changed if cell is defining or place not in _defined(cell))


def _defined(cell: Cell) -> list[str]:
    return re.findall(r"^(?:async )?def (\w+)\(", cell.source, flags=re.MULTILINE) if cell.kind == "code" else []


def _place(cell: Any) -> str:
    """Name a cell of the instructor: answers by their grade id, other cells by their cell id."""
    return _grade_id(cell) if _is_solution(cell) else str(cell.id)


def _grade_id(cell: Any) -> str:
    return str(cell.metadata.get("nbgrader", {}).get("grade_id"))


def _is_solution(cell: Any) -> bool:
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))


def _same_text(source: str, other: str) -> bool:
    """Whether two sources are the same but for white space at the ends of lines and of the cell."""
    return [line.rstrip() for line in source.strip().splitlines()] == [
        line.rstrip() for line in other.strip().splitlines()
    ]


def _oddities(stubs: dict[str, str], found: dict[str, list[Cell]]) -> list[str]:
    missing = [f"the cell for {place} is missing" for place in stubs if not found[place]]
    doubled = [
        f"there are {len(cells)} cells for {place}; the first that was changed counts"
        for place, cells in found.items()
        if len(cells) > 1
    ]
    return missing + doubled
