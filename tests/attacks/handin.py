"""Handing in: the students' notebook with all answers right, changed by an attack and written to a file."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from textwrap import dedent
from typing import Any

import nbformat

from gdhelpers.autograder.assignment import Assignment

Notebook = dict[str, Any]
Build = Callable[[Assignment], bytes]

DERIVATIVE = """
def derivative(f, x):
    return 0.0
"""
"""A wrong answer to `derivative`."""

RIGHT_DERIVATIVE = """
def derivative(f, x):
    x = torch.tensor(x, requires_grad=True)
    f(x).backward()
    return x.grad
"""


def solved(assignment: Assignment) -> Notebook:
    """Return what a student hands in who got everything right, as JSON data with a string for each source."""
    notebook: Notebook = json.loads(nbformat.writes(copy.deepcopy(assignment.stub)))
    right = {cell.id: cell.source for cell in assignment.notebook.cells}
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"])
        if cell["metadata"].get("nbgrader", {}).get("solution"):
            cell["source"] = _unmarked(right[cell["id"]])
    return notebook


def _unmarked(source: str) -> str:
    """Return a solution without the instructor's marks, and without what is released in its place."""
    kept, instead = [], False
    for line in source.splitlines():
        instead = (instead or line.strip() == "### INSTEAD") and line.strip() != "### END SOLUTION"
        if not instead and line.strip() not in ("### BEGIN SOLUTION", "### END SOLUTION"):
            kept.append(line)
    return "\n".join(kept)


def index(notebook: Notebook, grade_id: str) -> int:
    """Return where the cell with a grade id stands."""
    return next(n for n, cell in enumerate(notebook["cells"]) if settings(cell).get("grade_id") == grade_id)


def find(notebook: Notebook, grade_id: str) -> dict[str, Any]:
    """Return the cell with a grade id."""
    cell: dict[str, Any] = notebook["cells"][index(notebook, grade_id)]
    return cell


def settings(cell: dict[str, Any]) -> dict[str, Any]:
    """Return what nbgrader keeps in a cell, or nothing."""
    found: dict[str, Any] = cell["metadata"].get("nbgrader", {})
    return found


def tests(notebook: Notebook) -> list[dict[str, Any]]:
    """Return the test cells."""
    return [cell for cell in notebook["cells"] if settings(cell).get("grade") and not settings(cell).get("solution")]


def answers(notebook: Notebook) -> list[dict[str, Any]]:
    """Return the cells of answers."""
    return [cell for cell in notebook["cells"] if settings(cell).get("solution")]


def code(source: str, number: int = 0) -> dict[str, Any]:
    """Make a code cell of the student's own."""
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": f"own-{number}",
        "metadata": {},
        "outputs": [],
        "source": dedent(source).strip("\n"),
    }


def hand_in(
    answer: Mapping[str, str] | None = None,
    *,
    first: str = "",
    before: Mapping[str, str] | None = None,
    after: Mapping[str, str] | None = None,
    last: str = "",
) -> Build:
    """Hand in right answers but for those given, with cells of the student's own.

    `first` stands above the set-up cell, `last` at the end; `before` and `after` stand beside the cell of a grade id.
    """

    def build(assignment: Assignment) -> bytes:
        notebook = solved(assignment)
        for grade_id, source in (answer or {}).items():
            find(notebook, grade_id)["source"] = dedent(source).strip("\n")
        added = [(index(notebook, grade_id), source) for grade_id, source in (before or {}).items()]
        added += [(index(notebook, grade_id) + 1, source) for grade_id, source in (after or {}).items()]
        added += [(0, first), (len(notebook["cells"]), last)]
        for number, (place, source) in enumerate(sorted(added, reverse=True)):
            if source:
                notebook["cells"].insert(place, code(source, number))
        return written(notebook)

    return build


def changed(change: Callable[[Notebook], object], answer: Mapping[str, str] | None = None) -> Build:
    """Hand in a notebook whose JSON was changed in place."""

    def build(assignment: Assignment) -> bytes:
        notebook = json.loads(hand_in(answer)(assignment))
        change(notebook)
        return written(notebook)

    return build


def rewritten(rewrite: Callable[[str], str | bytes], answer: Mapping[str, str] | None = None) -> Build:
    """Hand in a file whose text was changed."""

    def build(assignment: Assignment) -> bytes:
        made = rewrite(hand_in(answer)(assignment).decode())
        return made.encode() if isinstance(made, str) else made

    return build


def written(notebook: Any) -> bytes:
    """Write a notebook as JupyterLab does."""
    return (json.dumps(notebook, indent=1) + "\n").encode()
