"""What the lecture printed, and the cells of `course/` that compute it again.

A cell of a notebook says in its metadata which entry of expected.json it reproduces: `lecture` is the name of the
entry, or of one value in it, as in `torch_derivative_at_0.printed`.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

COURSE = Path(__file__).parents[2] / "course"
EXPECTED = json.loads((Path(__file__).parent / "expected.json").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class LectureCell:
    """A cell that reproduces a part of the lecture, with what the lecture printed there, line by line."""

    name: str
    path: Path
    notebook: Any
    cell: Any

    @property
    def printed(self) -> list[list[float]]:
        """The lines of the lecture's output; a single value is one line of one number."""
        entry, _, value = self.name.partition(".")
        return [[EXPECTED[entry][value]]] if value else EXPECTED[entry]["printed"]

    @property
    def starts(self) -> list[float]:
        """The start values of a descent, as the cell spells them."""
        entry = EXPECTED[self.name.partition(".")[0]]
        return [entry[key] for key in ("x0", "W0", "b0") if key in entry]

    @property
    def roundings(self) -> list[float]:
        """How far each number of a line may be from what was printed because the lecture printed it rounded.

        Half a unit of the fourth decimal, and 2e-6 on top: the start values were recovered from the losses, which fix
        them no better (a bias lower by 2e-6 with a weight higher by 4.4e-7 gives the same nine losses in float32).
        """
        columns = EXPECTED[self.name.partition(".")[0]].get("columns", [""])
        return [0.52e-4 if "4 decimals" in column else 0.0 for column in columns]


def lecture_cells() -> list[LectureCell]:
    """Return the cells that reproduce the lecture, notebook by notebook."""
    return list(_found())


def _found() -> Iterator[LectureCell]:
    for path in sorted(COURSE.glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        for cell in notebook.cells:
            if "lecture" in cell.metadata:
                yield LectureCell(cell.metadata.lecture, path, notebook, cell)
