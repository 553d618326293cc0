"""What lies in the course directory after grading: the autograded notebook and the page of feedback.

Both are free of hidden tests: a test cell is shown as it was released, and in place of a traceback stands the message
of its verdict.
"""

from __future__ import annotations

import copy
import logging
from typing import Any

import nbformat
from nbformat.v4 import new_output
from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import LimitOutput

from gdhelpers.autograder import receipt
from gdhelpers.autograder.assignment import Assignment
from gdhelpers.autograder.course import Course
from gdhelpers.autograder.examination import Examined


def write_autograded(course: Course, assignment: Assignment, examined: Examined) -> None:
    """Write the notebook that was run, with its outputs, to where nbgrader looks for it."""
    folder = course.folder("autograded", examined.record.student, assignment.name)
    folder.mkdir(parents=True, exist_ok=True)
    notebook = _without_tests(assignment, examined)
    notebook, _ = LimitOutput(config=course.config).preprocess(notebook, {})
    (folder / assignment.file_name).write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")


def write_feedback(course: Course, assignment: Assignment, student: str) -> None:
    """Make the page of feedback from the autograded notebook and the gradebook, with nbgrader's own template."""
    config = copy.deepcopy(course.config)
    config.CourseDirectory.student_id = student
    config.CourseDirectory.assignment_id = assignment.name
    config.CourseDirectory.ignore = [*course.nbgrader.ignore, receipt.PATTERN]
    converter = GenerateFeedback(coursedir=CourseDirectory(config=config), config=config)
    converter.force = True
    converter.log = logging.getLogger("gdhelpers.feedback")
    converter.log.setLevel(logging.CRITICAL)
    converter.start()


def _without_tests(assignment: Assignment, examined: Examined) -> Any:
    stubs = {cell.id: cell for cell in assignment.stub.cells}
    messages = {verdict.grade_id: verdict.message for verdict in examined.record.verdicts}
    notebook = copy.deepcopy(examined.notebook)
    for cell in notebook.cells:
        stub = stubs.get(cell.id)
        if stub is None:
            continue
        cell.metadata = stub.metadata
        if stub.metadata.get("nbgrader", {}).get("locked"):
            cell.source = stub.source
        grade_id = stub.metadata.get("nbgrader", {}).get("grade_id")
        if cell.cell_type == "code" and grade_id in messages:
            cell.outputs = [_shown(output, messages[grade_id]) for output in cell.outputs]
    return notebook


def _shown(output: Any, message: str) -> Any:
    """Show the message of the verdict where the test cell raised."""
    if output.output_type != "error":
        return output
    return new_output("error", ename=output.ename, evalue=message, traceback=[message])
