"""nbgrader's gradebook, opened with care, and what is written to it: assignments, students, scores and comments."""

from __future__ import annotations

import copy
import warnings
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from alembic.script import ScriptDirectory
from nbgrader.api import Gradebook
from nbgrader.converters import GenerateAssignment
from nbgrader.dbutil import ALEMBIC_DIR
from nbgrader.preprocessors import AssignLatePenalties, SaveCells
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import DatabaseError, OperationalError, SAWarning

from gdhelpers.autograder.assignment import Assignment
from gdhelpers.autograder.course import Course
from gdhelpers.autograder.record import Record, Verdict
from gdhelpers.autograder.verdict import NO_ANSWER, RIGHT
from gdhelpers.environment import activate
from gdhelpers.trouble import Trouble


@contextmanager
def opened(course: Course) -> Iterator[Any]:
    """Open the gradebook of a course; one that does not exist is made, a half-made one is completed.

    Raises `Trouble` for a file that is no gradebook, one of another version of nbgrader, and one that is in use.
    """
    try:
        _complete(course.db_url)
        gradebook = Gradebook(course.db_url, course.course_id)
    except OperationalError as error:
        raise Trouble(
            f"The gradebook {_shown(course.db_url)} cannot be opened: {error.orig}. "
            "Is another program using it, or is its folder read-only?"
        ) from error
    except DatabaseError as error:
        raise Trouble(
            f"{_shown(course.db_url)} is not a gradebook: {error.orig}. Move the file away, and a new one is made."
        ) from error
    with gradebook, warnings.catch_warnings():
        # nbgrader adds submissions in an order that SQLAlchemy warns of, to no harm.
        warnings.simplefilter("ignore", SAWarning)
        yield gradebook


def roster(gradebook: Any) -> list[str]:
    """Return the students in the gradebook."""
    return [str(student.id) for student in gradebook.students]


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
    """Make the gradebook know an assignment and its cells, as `nbgrader generate_assignment` does."""
    gradebook.update_or_create_assignment(assignment.name)
    resources = _resources(course, assignment, student=".")
    notebook = copy.deepcopy(assignment.notebook)
    try:
        for preprocessor in GenerateAssignment(config=course.config).preprocessors:
            notebook, resources = preprocessor(config=course.config).preprocess(notebook, resources)
            if preprocessor is SaveCells:
                break
    except RuntimeError as error:
        raise Trouble(
            f"Graded cells of {assignment.name} were added or removed in source/ after submissions had been "
            f"graded, so the gradebook refuses the change ({error}). Keep the cells, or begin with a new "
            "gradebook."
        ) from error
    gradebook.db.expire_all()


def write(gradebook: Any, course: Course, assignment: Assignment, record: Record, timestamp: datetime | None) -> None:
    """Write one student's scores and comments; all automatic scores of an earlier attempt are replaced."""
    gradebook.update_or_create_student(record.student)
    gradebook.update_or_create_submission(assignment.name, record.student, timestamp=timestamp)
    where = (assignment.path.stem, assignment.name, record.student)
    verdicts = {verdict.grade_id: verdict for verdict in record.verdicts}
    comments = defaultdict(list)
    for cell in assignment.graded:
        verdict = verdicts.get(cell.grade_id)
        _write_grade(gradebook.find_grade(cell.grade_id, *where), verdict)
        comments[cell.answer].append(_comment(verdict, record))
    for answer, lines in comments.items():
        gradebook.find_comment(answer, *where).auto_comment = "\n\n".join(dict.fromkeys(lines))
    gradebook.db.commit()
    resources = _resources(course, assignment, record.student)
    AssignLatePenalties(config=course.config).preprocess(copy.deepcopy(assignment.stub), resources)


def clear(gradebook: Any, assignment: Assignment, student: str, why: str) -> None:
    """Take back the automatic scores of a student's earlier attempt, and say why; a person has to look at it.

    Raises `MissingEntry` where there is no earlier attempt.
    """
    where = (assignment.path.stem, assignment.name, student)
    for cell in assignment.graded:
        grade = gradebook.find_grade(cell.grade_id, *where)
        grade.auto_score, grade.needs_manual_grade = 0.0, True
        gradebook.find_comment(cell.answer, *where).auto_comment = why
    gradebook.db.commit()


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


def _resources(course: Course, assignment: Assignment, student: str) -> dict[str, Any]:
    """Say to nbgrader's preprocessors which notebook they work on."""
    return {
        "nbgrader": {
            "notebook": assignment.path.stem,
            "assignment": assignment.name,
            "student": student,
            "db_url": course.db_url,
        }
    }


def _complete(db_url: str) -> None:
    """Mend a gradebook whose making was cut short: nbgrader makes the tables first and notes their version last."""
    engine = create_engine(db_url)
    try:
        tables = set(inspect(engine).get_table_names())
        if tables:
            _note_version(engine, "alembic_version" in tables)
    finally:
        engine.dispose()


def _note_version(engine: Engine, has_table: bool) -> None:
    newest = ScriptDirectory(ALEMBIC_DIR).get_current_head()
    with engine.begin() as connection:
        if not has_table:
            connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        if version is None:
            connection.execute(text("INSERT INTO alembic_version (version_num) VALUES (:version)"), {"version": newest})
        elif version != newest:
            raise Trouble(
                f"The gradebook {_shown(engine.url.render_as_string())} was made by another version of "
                "nbgrader. Make a copy of it, then run: nbgrader db upgrade"
            )


def _shown(db_url: str) -> str:
    """Name a gradebook without its password."""
    url = make_url(db_url)
    return str(Path(url.database)) if url.drivername.startswith("sqlite") and url.database else url.render_as_string()
