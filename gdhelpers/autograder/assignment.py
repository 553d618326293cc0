"""An assignment as its instructor wrote it: the notebook, its graded cells, and what students get of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import nbformat
from traitlets.config import Config

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

    @property
    def max_score(self) -> float:
        """The points of all graded cells."""
        return sum(cell.points for cell in self.graded)

    @property
    def file_name(self) -> str:
        """The name that the submitted notebook should have."""
        return self.path.name
