"""Rebuilding the graded notebook: the released one, with the student's answers and whatever else a student added.

Of a submission nothing else counts: no test cell, tag, flag, output or metadata of it gets into the notebook that is
run. Deleting, duplicating, retyping or editing a test cell changes nothing. What a student wrote stays, wherever it
stands: a new cell of text, or a text added to one of the instructor's.
"""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from nbformat.v4 import new_code_cell, new_markdown_cell

from gdhelpers.autograder.assignment import Assignment
from gdhelpers.autograder.bindings import bound, defines_function, has_words
from gdhelpers.autograder.submission import Cell

EXTRA = "extra-"
"""How the ids of a student's extra cells begin."""


@dataclass(frozen=True)
class Rebuilt:
    """The notebook to run, which answers are still as they were released, and what was odd about the submission."""

    notebook: Any
    unchanged: frozenset[str]
    oddities: tuple[str, ...]
    elsewhere: tuple[str, ...] = ()
    """Where the student wrote words outside of the cells of answers: the headings above them."""


def rebuild(assignment: Assignment, cells: Sequence[Cell]) -> Rebuilt:
    """Put a student's answers, and the cells and the text that were added, into the notebook that was released."""
    stubs = {_place(cell): cell for cell in assignment.stub.cells if _is_solution(cell)}
    texts = {cell.id: cell.source for cell in assignment.stub.cells if cell.cell_type != "code"}
    found: dict[str, list[Cell]] = defaultdict(list)
    extras: dict[str | None, list[Cell]] = defaultdict(list)
    anchor = None
    for cell, place in zip(cells, _places(assignment, cells), strict=True):
        extra = cell
        if place is not None:
            anchor = place
            if place in stubs:
                found[place].append(cell)
                continue
            # A line of code that was added to a cell of the instructor's does not count; a text may be an answer.
            extra = replace(cell, kind="markdown", source=_added(cell.source, texts[place]) if place in texts else "")
        if extra.source.strip():
            extras[anchor].append(extra)
    answers = {place: _answer(place, found[place], cells, stub) for place, stub in stubs.items()}
    notebook = _assemble(assignment, answers, extras)
    return Rebuilt(
        notebook,
        frozenset(place for place, answer in answers.items() if _same_text(answer.source, stubs[place].source)),
        tuple(_oddities(stubs, found)),
        tuple(dict.fromkeys(_elsewhere(notebook))),
    )


def is_of(assignment: Assignment, cells: Sequence[Cell]) -> bool:
    """Whether cells are those of a notebook of the assignment: one of its answers or tests is there, or half of all."""
    grade_ids = {grade_id for cell in assignment.graded for grade_id in (cell.grade_id, cell.answer)}
    found = {place for place in _known_places(assignment, cells) if place is not None}
    return any(cell.grade_id in grade_ids for cell in cells) or 2 * len(found) >= len(assignment.stub.cells)


def _assemble(assignment: Assignment, answers: Mapping[str, Cell], extras: Mapping[str | None, list[Cell]]) -> Any:
    """Lay the cells out as released; each extra cell stands behind the cell that it followed in the submission."""
    notebook = copy.deepcopy(assignment.stub)
    released, notebook.cells = notebook.cells, _extra_cells("start", extras[None])
    for cell in released:
        if _is_solution(cell):
            answer = answers[_place(cell)]
            cell.source = answer.source
            if answer.attachments and cell.cell_type == "markdown":
                cell.attachments = answer.attachments
        notebook.cells += [cell, *_extra_cells(cell.id, extras[_place(cell)])]
    return notebook


def _extra_cells(anchor: str, cells: list[Cell]) -> list[Any]:
    return [_extra_cell(cell, f"{EXTRA}{n}-{anchor}"[:64]) for n, cell in enumerate(cells)]


def _extra_cell(cell: Cell, cell_id: str) -> Any:
    if cell.kind == "code":
        return new_code_cell(cell.source, id=cell_id)
    # A raw cell goes into pages as it is: it becomes one of text.
    return new_markdown_cell(cell.source, id=cell_id, **({"attachments": cell.attachments} if cell.attachments else {}))


def _added(source: str, released: str) -> str:
    """Return the lines that a text of the instructor's did not have."""
    known = {line.strip() for line in released.splitlines() if line.strip()}
    return "\n".join(line for line in source.splitlines() if line.strip() not in known).strip()


def _elsewhere(notebook: Any) -> Iterator[str]:
    """Yield the headings below which cells of a student's hold words."""
    heading = "the beginning of the notebook"
    for cell in notebook.cells:
        if not cell.id.startswith(EXTRA):
            lines = cell.source.splitlines() if cell.cell_type == "markdown" else []
            heading = next((line.strip("# ") for line in reversed(lines) if line.startswith("#")), heading)
        elif cell.cell_type != "code" or has_words(cell.source):
            yield heading


def _places(assignment: Assignment, cells: Sequence[Cell]) -> list[str | None]:
    """Tell which of the instructor's cells each submitted cell is.

    A cell that is known by nothing else is the answer that it defines, unless that answer has a cell already. Where two
    answers have each other's grade ids, what they define counts.
    """
    answers = {graded.answer for graded in assignment.graded}
    known = _known_places(assignment, cells)
    places = list(known)
    for index, (cell, place) in enumerate(zip(cells, known, strict=True)):
        if place in answers and cell.kind == "code" and known.count(place) == 1 and place not in bound(cell.source):
            places[index] = next((name for name in bound(cell.source) if name in answers), place)
    functions = answers - set(places)
    for index, cell in enumerate(cells):
        if places[index] is None and cell.kind == "code":
            places[index] = next((name for name in bound(cell.source) if name in functions), None)
    return places


def _known_places(assignment: Assignment, cells: Sequence[Cell]) -> list[str | None]:
    """Tell which of the instructor's cells each is: by grade id, by cell id, or, where both are lost, by its text."""
    own = assignment.stub.cells
    by_grade_id = {_grade_id(cell): _place(cell) for cell in own if "nbgrader" in cell.metadata}
    by_cell_id = {cell.id: _place(cell) for cell in own}
    by_text = {_text(cell.source): _place(cell) for cell in reversed(own)}
    places = [by_grade_id.get(cell.grade_id) if cell.grade_id else by_cell_id.get(cell.cell_id or "") for cell in cells]
    return [place or by_text.get(_text(cell.source)) for place, cell in zip(places, cells, strict=True)]


def _answer(place: str, candidates: Sequence[Cell], cells: Sequence[Cell], stub: Any) -> Cell:
    """Return one answer: of code the first changed cell that defines the function, of text all that changed.

    An answer whose cell was merged into another one is there already: its stub must not define it anew.
    """
    released = Cell(stub.cell_type, stub.source, stub.id, place)
    if not candidates:
        return replace(released, source="") if any(place in bound(cell.source) for cell in _code(cells)) else released
    changed = [cell for cell in candidates if not _same_text(cell.source, stub.source)]
    defining = next((cell for cell in _code(changed) if place in bound(cell.source)), None)
    if stub.cell_type == "code" and defining is None:
        changed = changed[:1]
    elif defining is not None:
        # The halves of a cell that was split carry the same id: what does not define the function again belongs to it.
        changed = [cell for cell in changed if cell is defining or not defines_function(cell.source, place)]
    return _joined(released, changed) if changed else released


def _joined(released: Cell, parts: Sequence[Cell]) -> Cell:
    """Return an answer that stands in several cells as one; two pictures of one name get two names."""
    sources: list[str] = []
    attachments: dict[str, Any] = {}
    for part in parts:
        source = part.source
        for name, picture in part.attachments.items():
            new = name
            while attachments.get(new, picture) != picture:
                new = f"again-{new}"
            attachments[new] = picture
            source = source.replace(f"attachment:{name}", f"attachment:{new}")
        sources.append(source)
    return replace(released, source="\n\n".join(dict.fromkeys(sources)), attachments=attachments)


def _code(cells: Sequence[Cell]) -> Iterator[Cell]:
    return (cell for cell in cells if cell.kind == "code")


def _place(cell: Any) -> str:
    """Name a cell of the instructor: answers by their grade id, other cells by their cell id."""
    return _grade_id(cell) if _is_solution(cell) else str(cell.id)


def _grade_id(cell: Any) -> str:
    return str(cell.metadata.get("nbgrader", {}).get("grade_id"))


def _is_solution(cell: Any) -> bool:
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))


def _text(source: str) -> str:
    """Return a source without white space at the ends of lines and of the cell."""
    return "\n".join(line.rstrip() for line in source.strip().splitlines())


def _same_text(source: str, other: str) -> bool:
    return _text(source) == _text(other)


def _oddities(stubs: Mapping[str, Any], found: dict[str, list[Cell]]) -> list[str]:
    missing = [f"the cell for {place} is missing" for place in stubs if not found[place]]
    doubled = [
        f"there are {len(cells)} cells for {place}; {_which_count(stubs[place])}"
        for place, cells in found.items()
        if len(cells) > 1
    ]
    return missing + doubled


def _which_count(stub: Any) -> str:
    return "the first that was changed counts" if stub.cell_type == "code" else "all of them count"
