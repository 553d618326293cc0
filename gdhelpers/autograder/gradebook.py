"""nbgrader's gradebook, opened with care, and what is written to it: assignments, students, scores and comments.

Whatever is written is one transaction: killed at any moment, nothing of it is there or all of it is.
"""

from __future__ import annotations

import warnings
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
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


def write(gradebook: Any, course: Course, assignment: Assignment, record: Record, timestamp: datetime | None) -> float:
    """Write one student's scores, comments and late penalty, which is returned.

    The automatic scores of an earlier attempt are replaced. All of it is written, or nothing is. Raises `Trouble` for
    what the database refuses.
    """
    verdicts = {verdict.grade_id: verdict for verdict in record.verdicts}
    with database.transaction(gradebook):
        gradebook.update_or_create_student(record.student)
        submission = gradebook.update_or_create_submission(assignment.name, record.student, timestamp=timestamp)
        notebook, grades, comments = _of(gradebook, assignment, record.student)
        for cell in assignment.graded:
            _write_grade(grades[cell.grade_id], verdicts.get(cell.grade_id))
        _write_comments(assignment, record, comments)
        return _write_penalty(gradebook, course, submission, notebook, grades)


def settle(gradebook: Any, course: Course, assignment: Assignment, record: Record) -> float:
    """Write the points that a record has by now, and the late penalty as of now, which is returned.

    What a person gave, and whether a person has to look, stays. All of it is written, or nothing is.
    """
    with database.transaction(gradebook):
        submission = gradebook.find_submission(assignment.name, record.student)
        notebook, grades, comments = _of(gradebook, assignment, record.student)
        for verdict in record.verdicts:
            if verdict.points is not None:
                grades[verdict.grade_id].auto_score = verdict.points
        _write_comments(assignment, record, comments)
        return _write_penalty(gradebook, course, submission, notebook, grades)


def late(gradebook: Any, assignment: Assignment) -> frozenset[str]:
    """Return the students who were late by what is due now, or have a penalty for it from before."""
    query = (
        select(
            api.SubmittedAssignment.student_id, api.SubmittedAssignment.timestamp, api.SubmittedAssignment.extension,
            api.Assignment.duedate, api.SubmittedNotebook.late_submission_penalty,
        )
        .join(api.Assignment, api.Assignment.id == api.SubmittedAssignment.assignment_id)
        .join(api.SubmittedNotebook, api.SubmittedNotebook.assignment_id == api.SubmittedAssignment.id)
        .where(api.Assignment.name == assignment.name)
    )  # fmt: skip
    return frozenset(
        student
        for student, handed_in, extension, due, penalty in gradebook.db.execute(query)
        if penalty or (handed_in and due and handed_in > due + (extension or timedelta()))
    )


def clear(gradebook: Any, assignment: Assignment, student: str, why: str) -> None:
    """Take back the automatic scores of a student's earlier attempt, and say why; a person has to look at it.

    Raises `MissingEntry` where there is no earlier attempt.
    """
    with database.transaction(gradebook):
        _, grades, comments = _of(gradebook, assignment, student)
        for cell in assignment.graded:
            grades[cell.grade_id].auto_score, grades[cell.grade_id].needs_manual_grade = 0.0, True
            comments[cell.answer].auto_comment = why


def _of(gradebook: Any, assignment: Assignment, student: str) -> tuple[Any, dict[str, Any], dict[str, Any]]:
    """Find a student's notebook, and by grade id its grades and its comments.

    They are asked for by the only key that there is: nbgrader's `find_grade` and `find_comment` go, in SQLite, through
    what everyone got for the same cell.
    """
    notebook = gradebook.find_submission_notebook(assignment.path.stem, assignment.name, student)
    cells_of = select(api.BaseCell.id, api.BaseCell.name).where(api.BaseCell.notebook_id == notebook.notebook_id)
    names: dict[str, str] = dict(gradebook.db.execute(cells_of).all())

    def found(table: Any) -> dict[str, Any]:
        query = select(table).where(table.cell_id.in_(list(names)), table.notebook_id == notebook.id)
        return {names[one.cell_id]: one for one in gradebook.db.scalars(query)}

    return notebook, found(api.Grade), found(api.Comment)


def _penalty(gradebook: Any, course: Course, submission: Any, notebook: Any, grades: Iterable[Any]) -> float | None:
    """Return the points that a late submission loses; the plugin that the course configures says how many.

    nbgrader's `AssignLatePenalties` does the same in a gradebook of its own, and searches the grades of everyone.
    """
    stage = AssignLatePenalties(config=course.config)
    # Plugins may look at these: nbgrader sets them, too.
    stage.notebook_id, stage.assignment_id, stage.student_id = notebook.name, submission.name, submission.student_id
    stage.gradebook, stage.db_url = gradebook, course.db_url
    stage.init_plugin()
    of_these = api.Grade.id.in_([grade.id for grade in grades])
    score = gradebook.db.scalar(select(func.coalesce(func.sum(api.Grade.score), 0.0)).where(of_these))
    penalty = stage.plugin_inst.late_submission_penalty(stage.student_id, score, submission.total_seconds_late)
    return None if penalty is None else min(max(penalty, 0.0), score)


def _write_grade(grade: Any, verdict: Verdict | None) -> None:
    awaits_person = verdict is not None and verdict.points is None and verdict.message != NO_ANSWER
    grade.auto_score = None if awaits_person else (verdict.points if verdict else None) or 0.0
    grade.needs_manual_grade = awaits_person or grade.manual_score is not None


def _write_comments(assignment: Assignment, record: Record, comments: dict[str, Any]) -> None:
    verdicts = {verdict.grade_id: verdict for verdict in record.verdicts}
    lines = defaultdict(list)
    for cell in assignment.graded:
        lines[cell.answer].append(_comment(verdicts.get(cell.grade_id), record))
    for answer, said in lines.items():
        comments[answer].auto_comment = "\n\n".join(dict.fromkeys(said))


def _write_penalty(gradebook: Any, course: Course, submission: Any, notebook: Any, grades: dict[str, Any]) -> float:
    penalty = None
    if submission.total_seconds_late > 0:
        penalty = _penalty(gradebook, course, submission, notebook, grades.values())
    notebook.late_submission_penalty = penalty
    return penalty or 0.0


def _comment(verdict: Verdict | None, record: Record) -> str:
    if verdict is None:
        return f"This submission could not be graded. {record.message}"
    if verdict.message == RIGHT or verdict.outcome == "manual":
        return verdict.message
    return f"{verdict.message} ({verdict.points:g} of {verdict.max_points:g} points)"
