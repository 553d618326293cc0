"""What lies in the course directory after grading: the autograded notebook and the page of feedback.

Both are free of hidden tests: the notebook that was run is the one that was released, and the examiner shows in place
of a traceback the message of its verdict.
"""

from __future__ import annotations

import copy
import logging
import re
import shutil
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_markdown_cell
from nbgrader.converters import GenerateFeedback
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import LimitOutput

from gdhelpers.autograder import markup
from gdhelpers.autograder.assignment import Assignment
from gdhelpers.autograder.course import Course
from gdhelpers.autograder.examination import Examined
from gdhelpers.autograder.handed_in import NOTE, NOTE_LIMIT
from gdhelpers.autograder.outputs import harmless, plain
from gdhelpers.autograder.receipt import write_whole

NOTES = (NOTE, "submission_secret.txt")
"""What nbgrader's exchange puts beside a submission, and asks for when it hands out the page."""

ODDITIES = "oddities"
"""The id of the cell that says what was odd."""


def write_autograded(course: Course, assignment: Assignment, examined: Examined) -> None:
    """Write the notebook that was run, with its outputs, to where nbgrader looks for it."""
    folder = course.folder("autograded", examined.record.student, assignment.name)
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / assignment.file_name, nbformat.writes(autograded(course, examined)) + "\n")
    _copy_notes(course.folder("submitted", examined.record.student, assignment.name), folder)


def _copy_notes(source: Path, to: Path) -> None:
    """Put the notes of the exchange beside what was made of a submission, as nbgrader does; a link is none."""
    for name in NOTES:
        (to / name).unlink(missing_ok=True)
        if (source / name).is_file() and not (source / name).is_symlink():
            with (source / name).open(encoding="utf-8", errors="replace") as note:
                write_whole(to / name, note.read(NOTE_LIMIT))


def autograded(course: Course, examined: Examined) -> Any:
    """Return the notebook that was run, as it is kept: with outputs that are text and pictures, and what was odd."""
    notebook, _ = LimitOutput(config=course.config).preprocess(harmless(examined.notebook), {})
    if examined.record.oddities:
        lines = (f"- {_verbatim(oddity)}" for oddity in examined.record.oddities)
        text = "\n".join(["**What was unusual about this submission:**", "", *lines])
        notebook.cells.insert(0, new_markdown_cell(text, id=ODDITIES))
    return notebook


def _verbatim(text: str) -> str:
    """Return a text as Markdown that shows it as it is: names of files hold anything."""
    return re.sub(r"([\\`*_{}\[\]()<>#+!|$~&-])", r"\\\1", " ".join(plain(text).split()))


class Feedback(GenerateFeedback):  # type: ignore[misc]
    """Makes pages of feedback from autograded notebooks and the gradebook, with nbgrader's own template.

    What the pages of a course share is made once: the configuration, the exporter, and its templates. One thread at a
    time may use it. It writes pages and nothing else: what lies beside the autograded notebook is the instructor's.
    """

    def __init__(self, course: Course) -> None:
        config = copy.deepcopy(course.config)
        markup.protect(config)
        super().__init__(coursedir=CourseDirectory(config=config), config=config)
        self.log = logging.getLogger("gdhelpers.feedback")
        self.log.setLevel(logging.CRITICAL)
        self.exporter = self.exporter_class(parent=self, config=self.config)
        for preprocessor in self.preprocessors:
            self.exporter.register_preprocessor(preprocessor)

    def write(self, assignment: Assignment, student: str) -> None:
        """Write the page of one student; raises `NbGraderException` where it cannot be made, from the error itself."""
        self.coursedir.assignment_id = assignment.name
        self.coursedir.student_id = student
        self._problem: Exception | None = None
        self.init_notebooks()
        try:
            self.convert_notebooks()
        except NbGraderException as error:
            raise error from self._problem

    def convert_single_notebook(self, notebook_filename: str) -> None:
        """Make the page of a notebook; nbgrader logs an error and forgets it."""
        try:
            super().convert_single_notebook(notebook_filename)
        except Exception as error:
            self._problem = error
            raise

    def init_notebooks(self) -> None:
        """Find the notebook that was graded; nbgrader would take the student's name for a pattern of names."""
        folder = Path(self._format_source(self.coursedir.assignment_id, self.coursedir.student_id))
        self.assignments = {str(folder): [str(path) for path in sorted(folder.glob("*.ipynb"))]}

    def init_destination(self, assignment_id: str, student_id: str) -> bool:
        """Remove what is no page of this notebook, and say whether the student gets one."""
        if student_id in self.coursedir.student_id_exclude.split(","):
            return False
        pages = {Path(notebook).stem + self.exporter.file_extension for notebook in self.notebooks}
        for path in Path(self._format_dest(assignment_id, student_id)).glob("*"):
            if path.name not in pages:
                shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
        return True

    def init_assignment(self, assignment_id: str, student_id: str) -> None:
        """Copy no file but the notes of the exchange."""
        folder = Path(self._format_dest(assignment_id, student_id))
        folder.mkdir(parents=True, exist_ok=True)
        _copy_notes(Path(self._format_source(assignment_id, student_id)), folder)

    def write_single_notebook(self, output: str, resources: Any) -> None:
        """Write a page, in place of an earlier one."""
        folder = Path(self._format_dest(resources["nbgrader"]["assignment"], resources["nbgrader"]["student"]))
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(folder / (resources["unique_key"] + resources["output_extension"]), output)
