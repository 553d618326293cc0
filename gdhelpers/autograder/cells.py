"""The cells of an assignment, as nbgrader keeps them in the gradebook."""

from __future__ import annotations

import copy
from contextlib import suppress
from typing import Any

from nbgrader.api import MissingEntry, SubmittedNotebook
from nbgrader.converters import GenerateAssignment
from nbgrader.preprocessors import SaveCells
from sqlalchemy import select
from sqlalchemy.orm.attributes import set_committed_value

from gdhelpers.autograder.assignment import Assignment
from gdhelpers.autograder.course import Course


def save(gradebook: Any, course: Course, assignment: Assignment) -> None:
    """Save the cells that the stages of `nbgrader generate_assignment` up to `SaveCells` make of a notebook.

    Raises `RuntimeError` when there are submissions, and cells came or went.
    """
    notebook = copy.deepcopy(assignment.notebook)
    about = {"notebook": assignment.path.stem, "assignment": assignment.name, "student": ".", "db_url": course.db_url}
    resources: dict[str, Any] = {"nbgrader": about}
    for stage in GenerateAssignment(config=course.config).preprocessors:
        if stage is SaveCells:
            break
        notebook, resources = stage(config=course.config).preprocess(notebook, resources)
    _Saver(config=course.config).save(gradebook, assignment, notebook)


class _Saver(SaveCells):  # type: ignore[misc]
    """nbgrader's stage, for a gradebook that is open: its own `preprocess` opens another."""

    def save(self, gradebook: Any, assignment: Assignment, notebook: Any) -> None:
        self.gradebook = gradebook
        self.assignment_id, self.notebook_id = assignment.name, assignment.path.stem
        self.new_grade_cells: dict[str, Any] = {}
        self.new_solution_cells: dict[str, Any] = {}
        self.new_task_cells: dict[str, Any] = {}
        self.new_source_cells: dict[str, Any] = {}
        for index, cell in enumerate(notebook.cells):
            self.preprocess_cell(cell, {}, index)
        with suppress(MissingEntry):
            known = gradebook.find_notebook(self.notebook_id, self.assignment_id)
            # nbgrader asks whether there are submissions by reading them all: one will do.
            one = gradebook.db.scalars(select(SubmittedNotebook).filter_by(notebook_id=known.id).limit(1))
            set_committed_value(known, "submissions", one.all())
        self._create_notebook(notebook)
