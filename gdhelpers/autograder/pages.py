"""What lies in the course directory after grading: the autograded notebook and the page of feedback.

Both are free of hidden tests: the notebook that was run is the one that was released, and the examiner shows in place
of a traceback the message of its verdict.
"""

from __future__ import annotations

import copy
import logging
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import LimitOutput

from gdhelpers.autograder import markup
from gdhelpers.autograder.assignment import Assignment
from gdhelpers.autograder.course import Course
from gdhelpers.autograder.examination import Examined
from gdhelpers.autograder.outputs import harmless


def write_autograded(course: Course, assignment: Assignment, examined: Examined) -> None:
    """Write the notebook that was run, with its outputs, to where nbgrader looks for it."""
    folder = course.folder("autograded", examined.record.student, assignment.name)
    folder.mkdir(parents=True, exist_ok=True)
    where = folder / assignment.file_name
    where.unlink(missing_ok=True)  # nbgrader leaves files that cannot be written to
    where.write_text(nbformat.writes(autograded(course, examined)) + "\n", encoding="utf-8")


def autograded(course: Course, examined: Examined) -> Any:
    """Return the notebook that was run, as it is kept: with outputs that are text and pictures."""
    notebook, _ = LimitOutput(config=course.config).preprocess(harmless(examined.notebook), {})
    return notebook


def write_feedback(course: Course, assignment: Assignment, student: str) -> None:
    """Make the page of feedback from the autograded notebook and the gradebook, with nbgrader's own template."""
    config = copy.deepcopy(course.config)
    markup.protect(config)
    config.CourseDirectory.student_id = student
    config.CourseDirectory.assignment_id = assignment.name
    converter = _Feedback(coursedir=CourseDirectory(config=config), config=config)
    converter.force = True
    converter.log = logging.getLogger("gdhelpers.feedback")
    converter.log.setLevel(logging.CRITICAL)
    converter.start()


class _Feedback(GenerateFeedback):  # type: ignore[misc]
    """nbgrader's converter for one student, whose name nbgrader itself would take for a pattern of names.

    It writes the page and nothing else: what lies beside the autograded notebook is the instructor's.
    """

    def init_notebooks(self) -> None:
        """Find the notebook that was graded."""
        folder = Path(self._format_source(self.coursedir.assignment_id, self.coursedir.student_id))
        self.assignments = {str(folder): [str(path) for path in sorted(folder.glob("*.ipynb"))]}

    def init_assignment(self, assignment_id: str, student_id: str) -> None:
        """Copy no file."""
