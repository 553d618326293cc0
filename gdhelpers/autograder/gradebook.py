"""nbgrader's gradebook, opened with care, and what is written to it: assignments, students, scores and comments.

Whatever is written is one transaction: killed at any moment, nothing of it is there or all of it is.
"""

from __future__ import annotations

import warnings
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from nbgrader import api
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy import func, select
from sqlalchemy.exc import SAWarning

from gdhelpers.autograder import cells, database
from gdhelpers.autograder.assignment import Assignment
from gdhelpers.autograder.course import Course
from gdhelpers.autograder.record import Record, Verdict
from gdhelpers.autograder.verdict import NO_ANSWER, RIGHT
from gdhelpers.environment import activate
from gdhelpers.trouble import Trouble


@contextmanager
def opened(course: Course) -> Iterator[Any]:
    """Open the gradebook of a course; one that does not exist is made, a half-made one is completed.

    Raises `Trouble` for a file that is no gradebook, one of another version of nbgrader, one that is in use, and for a
    server that does not let the grader in.
    """
    database.complete(course.db_url)
    with database.troubles_named(course.db_url):
        gradebook = api.Gradebook(course.db_url, course.course_id)
    with gradebook, warnings.catch_warnings():
        # nbgrader adds submissions in an order that SQLAlchemy warns of, to no harm.
        warnings.simplefilter("ignore", SAWarning)
        yield gradebook


def roster(gradebook: Any) -> list[str]:
    """Return the students in the gradebook."""
    return list(gradebook.db.scalars(select(api.Student.id).order_by(api.Student.last_name, api.Student.first_name)))


def scores_of(gradebook: Any, assignment: Assignment) -> dict[str, dict[str, float | None]]:
    """Return the automatic scores of one assignment by student and grade id, in points; None where there is none."""
    query = (
        select(api.SubmittedAssignment.student_id, api.BaseCell.name, api.Grade.auto_score)
        .join(api.Assignment, api.Assignment.id == api.SubmittedAssignment.assignment_id)
        .join(api.SubmittedNotebook, api.SubmittedNotebook.assignment_id == api.SubmittedAssignment.id)
        .join(api.Grade, api.Grade.notebook_id == api.SubmittedNotebook.id)
        .join(api.BaseCell, api.BaseCell.id == api.Grade.cell_id)
        .where(api.Assignment.name == assignment.name)
    )
    scores: dict[str, dict[str, float | None]] = defaultdict(dict)
    for student, grade_id, score in gradebook.db.execute(query):
        scores[student][grade_id] = score
    return dict(scores)


def prepare(folder: Path) -> None:
    """Make the gradebook of a course directory know every assignment: the formgrader grades no other."""
    activate()
    course = Course(folder)
    with opened(course) as gradebook:
        known = {assignment.name for assignment in gradebook.assignments}
        for name in course.assignments():
            if name not in known:
                register(gradebook, course, course.assignment(name))


def register(gradebook: Any, course: Course, assignment: Assignment) -> None:
    """Make the gradebook know an assignment and its cells, as `nbgrader generate_assignment` does.

    Raises `Trouble` when graded cells came or went after submissions had been graded.
    """
    try:
        with database.transaction(gradebook):
            gradebook.update_or_create_assignment(assignment.name)
            cells.save(gradebook, course, assignment)
    except RuntimeError as error:
        raise Trouble(
            f"Graded cells of {assignment.name} were added or removed in source/ after submissions had been "
            f"graded, so the gradebook refuses the change ({error}). Keep the cells, or begin with a new "
            "gradebook."
        ) from error


def write(gradebook: Any, course: Course, assignment: Assignment, record: Record, timestamp: datetime | None) -> None:
    """Write one student's scores, comments and late penalty; the automatic scores of an earlier attempt are replaced.

    All of it is written, or nothing is. Raises `Trouble` for what the database refuses.
    """
    where = (assignment.path.stem, assignment.name, record.student)
    verdicts = {verdict.grade_id: verdict for verdict in record.verdicts}
    comments = defaultdict(list)
    grades = []
    with database.transaction(gradebook):
        gradebook.update_or_create_student(record.student)
        gradebook.update_or_create_submission(assignment.name, record.student, timestamp=timestamp)
        for cell in assignment.graded:
            verdict = verdicts.get(cell.grade_id)
            grades.append(gradebook.find_grade(cell.grade_id, *where))
            _write_grade(grades[-1], verdict)
            comments[cell.answer].append(_comment(verdict, record))
        for answer, lines in comments.items():
            gradebook.find_comment(answer, *where).auto_comment = "\n\n".join(dict.fromkeys(lines))
        _write_penalty(gradebook, course, where, grades)


def clear(gradebook: Any, assignment: Assignment, student: str, why: str) -> None:
    """Take back the automatic scores of a student's earlier attempt, and say why; a person has to look at it.

    Raises `MissingEntry` where there is no earlier attempt.
    """
    where = (assignment.path.stem, assignment.name, student)
    with database.transaction(gradebook):
        for cell in assignment.graded:
            grade = gradebook.find_grade(cell.grade_id, *where)
            grade.auto_score, grade.needs_manual_grade = 0.0, True
            gradebook.find_comment(cell.answer, *where).auto_comment = why


def _write_penalty(gradebook: Any, course: Course, where: tuple[str, str, str], grades: Sequence[Any]) -> None:
    """Write what a late submission loses, as nbgrader's `AssignLatePenalties` does, which opens a gradebook of its own.

    The plugin that the course configures says how much.
    """
    stage = AssignLatePenalties(config=course.config)
    stage.notebook_id, stage.assignment_id, stage.student_id = where
    # Plugins may look at these: nbgrader sets them, too.
    stage.gradebook, stage.db_url = gradebook, course.db_url
    stage.init_plugin()
    late = gradebook.find_submission(*where[1:]).total_seconds_late
    penalty = None
    if late > 0:
        # The property `score` of nbgrader's notebooks searches the grades of everyone.
        of_these = api.Grade.id.in_([grade.id for grade in grades])
        score = gradebook.db.scalar(select(func.coalesce(func.sum(api.Grade.score), 0.0)).where(of_these))
        penalty = stage.plugin_inst.late_submission_penalty(where[2], score, late)
        penalty = None if penalty is None else min(max(penalty, 0.0), score)
    gradebook.find_submission_notebook(*where).late_submission_penalty = penalty


def _write_grade(grade: Any, verdict: Verdict | None) -> None:
    awaits_person = verdict is not None and verdict.points is None and verdict.message != NO_ANSWER
    grade.auto_score = None if awaits_person else (verdict.points if verdict else None) or 0.0
    grade.needs_manual_grade = awaits_person or grade.manual_score is not None


def _comment(verdict: Verdict | None, record: Record) -> str:
    if verdict is None:
        return f"This submission could not be graded. {record.message}"
    if verdict.message == RIGHT or verdict.outcome == "manual":
        return verdict.message
    return f"{verdict.message} ({verdict.points:g} of {verdict.max_points:g} points)"
