"""An assignment as its instructor wrote it: the notebook, its graded cells, and what students get of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import nbformat
from traitlets.config import Config

from gdhelpers.autograder.bindings import bound
from gdhelpers.autograder.imports import imported
from gdhelpers.autograder.release import released
from gdhelpers.trouble import Trouble

TEST = "test-"
"""How the grade id of a test cell begins; the name of the function follows, and for some a suffix like `-tape`."""


@dataclass(frozen=True)
class GradedCell:
    """A cell that earns points: an automatic test of a function, or an answer that a person grades."""

    grade_id: str
    points: float
    kind: Literal["test", "manual"]

    @property
    def function(self) -> str | None:
        """The function that a test cell tests."""
        return self.grade_id.removeprefix(TEST).split("-")[0] if self.kind == "test" else None

    @property
    def answer(self) -> str:
        """The grade id of the cell that holds the answer: it is named by the function."""
        return self.function or self.grade_id


@dataclass(frozen=True)
class Assignment:
    """One assignment: exactly one notebook in a folder of `source/`."""

    name: str
    path: Path
    notebook: Any
    config: Config

    @classmethod
    def read(cls, folder: Path, config: Config) -> Assignment:
        """Read the instructor's notebook of an assignment."""
        paths = sorted(folder.glob("*.ipynb"))
        if len(paths) != 1:
            raise Trouble(f"{folder} should hold exactly one notebook, but it holds {len(paths)}.")
        return cls(folder.name, paths[0], nbformat.read(paths[0], as_version=4), config)

    @cached_property
    def stub(self) -> Any:
        """The notebook that students get."""
        return released(self.notebook, self.config)

    @cached_property
    def graded(self) -> tuple[GradedCell, ...]:
        """The cells that earn points, in the order of the notebook."""
        return tuple(
            GradedCell(
                cell.metadata.nbgrader.grade_id,
                float(cell.metadata.nbgrader.points),
                "manual" if cell.metadata.nbgrader.solution else "test",
            )
            for cell in self.notebook.cells
            if cell.metadata.get("nbgrader", {}).get("grade")
        )

    @cached_property
    def modules(self) -> tuple[str, ...]:
        """The modules that the notebook imports, but for those of this package."""
        return imported(cell.source for cell in self.notebook.cells if cell.cell_type == "code")

    @cached_property
    def defined(self) -> dict[str, tuple[str, ...]]:
        """The names that the solution in each solution cell of code defines, by the cell's grade id."""
        return {
            cell.metadata.nbgrader.grade_id: bound(cell.source)
            for cell in self.notebook.cells
            if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution")
        }

    @cached_property
    def sources(self) -> dict[str, str]:
        """The sources of the instructor's own code cells, hidden tests included, by cell id."""
        return {
            cell.id: cell.source
            for cell in self.notebook.cells
            if cell.cell_type == "code" and not cell.metadata.get("nbgrader", {}).get("solution")
        }

    @cached_property
    def files(self) -> dict[str, bytes]:
        """The files that lie beside the notebook, by their names: students get them, too."""
        paths = (path for path in self.path.parent.rglob("*") if path.is_file() and path.suffix != ".ipynb")
        names = {path: path.relative_to(self.path.parent) for path in paths}
        return {
            str(name): path.read_bytes()
            for path, name in names.items()
            if not any(part.startswith(".") for part in name.parts)
        }

    @property
    def max_score(self) -> float:
        """The points of all graded cells."""
        return sum(cell.points for cell in self.graded)

    @property
    def file_name(self) -> str:
        """The name that the submitted notebook should have."""
        return self.path.name
