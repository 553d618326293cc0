"""A course directory: where submissions lie, where graded work goes, and which configuration holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config, PyFileConfigLoader

from gdhelpers import sandbox
from gdhelpers.autograder.assignment import Assignment
from gdhelpers.environment import home
from gdhelpers.trouble import WrongCall

CONFIG_FILE = "nbgrader_config.py"


@dataclass(frozen=True)
class Course:
    """A course directory. What it does not hold itself, `source/` and the configuration, comes from the checkout."""

    root: Path
    db_url: str = ""
    """Where the gradebook is, if not where the configuration says."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "db_url", self.db_url or str(self.nbgrader.db_url))

    @cached_property
    def config(self) -> Config:
        """The configuration of this course, as nbgrader reads it."""
        folder = home(CONFIG_FILE, self.root)
        loaded = PyFileConfigLoader(CONFIG_FILE, path=str(folder)).load_config()
        own = Config()
        own.CourseDirectory.root = str(self.root)
        own.CourseDirectory.source_directory = str(self.source)
        loaded.merge(own)
        return loaded

    def trust(self) -> None:
        """Let what is run, which is nobody's but the instructor's, run in as much of a sandbox as there is."""
        self.config.Examiner.do_without = sorted(sandbox.missing())

    @cached_property
    def nbgrader(self) -> Any:
        """The directory as nbgrader sees it."""
        return CourseDirectory(config=self.config)

    @cached_property
    def source(self) -> Path:
        """The folder of the instructor's notebooks."""
        return home("source", self.root) / "source"

    @property
    def course_id(self) -> str:
        """The name of the course in the gradebook."""
        return str(self.nbgrader.course_id)

    def folder(self, step: str, student: str, assignment: str) -> Path:
        """Return the folder of one student's assignment at one step: "submitted", "autograded" or "feedback"."""
        directory = getattr(self.nbgrader, f"{step}_directory")
        return Path(self.nbgrader.format_path(directory, student, assignment))

    def assignments(self) -> list[str]:
        """Return the names of the known assignments."""
        return sorted(folder.name for folder in self.source.iterdir() if any(folder.glob("*.ipynb")))

    def assignment(self, name: str) -> Assignment:
        """Read one assignment; raises `WrongCall` with the known names for any other."""
        known = self.assignments()
        if name not in known:
            raise WrongCall(f"There is no assignment {name!r}. Known assignments: {', '.join(known)}.")
        return Assignment.read(self.source / name, self.config)

    def student_of(self, path: Path, assignment: str) -> str:
        """Return the student whose submission of an assignment a path leads to."""
        anyone = self.folder("submitted", "*", assignment).relative_to(self.root)
        return (self.root / path).relative_to(self.root).parts[anyone.parts.index("*")]

    def submitted(self, assignment: str) -> Iterator[str]:
        """Yield the students who have a folder for this assignment, in order."""
        anyone = self.folder("submitted", "*", assignment)
        for folder in sorted(self.root.glob(str(anyone.relative_to(self.root)))):
            if folder.is_dir():
                yield self.student_of(folder, assignment)
