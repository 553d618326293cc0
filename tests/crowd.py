"""Students who have results in a gradebook without having been graded."""

from itertools import count

from nbgrader.api import Comment, Grade, Student, SubmittedAssignment, SubmittedNotebook
from sqlalchemy import insert, select

from gdhelpers.autograder.record import Record, Verdict


def graded(assignment, student, share=1.0):
    """The record of a student who gets a share of the points of every test."""
    verdicts = [
        Verdict(cell.grade_id, cell.function, None, cell.points, "manual", "A person grades this.")
        if cell.kind == "manual"
        else Verdict(cell.grade_id, cell.function, cell.points * share, cell.points, "failed", f"{share:.0%} right.")
        for cell in assignment.graded
    ]
    return Record(student, "graded", assignment.max_score, tuple(verdicts))


def fill(gradebook, model, names):
    """Give each new student a copy of all that one student has in the gradebook."""
    submissions = _rows(gradebook, SubmittedAssignment.student_id, {model})
    notebooks = _rows(gradebook, SubmittedNotebook.assignment_id, {row["id"] for row in submissions})
    grades = _rows(gradebook, Grade.notebook_id, {row["id"] for row in notebooks})
    comments = _rows(gradebook, Comment.notebook_id, {row["id"] for row in notebooks})
    copies = {SubmittedAssignment: [], SubmittedNotebook: [], Grade: [], Comment: []}
    numbers = count()
    for name in names:
        new = {row["id"]: f"{next(numbers):032x}" for row in [*submissions, *notebooks, *grades, *comments]}
        copies[SubmittedAssignment] += [row | {"id": new[row["id"]], "student_id": name} for row in submissions]
        copies[SubmittedNotebook] += [
            row | {"id": new[row["id"]], "assignment_id": new[row["assignment_id"]]} for row in notebooks
        ]
        for table, rows in ((Grade, grades), (Comment, comments)):
            copies[table] += [row | {"id": new[row["id"]], "notebook_id": new[row["notebook_id"]]} for row in rows]
    gradebook.db.execute(insert(Student.__table__), [{"id": name} for name in names])
    for table, rows in copies.items():
        gradebook.db.execute(insert(table.__table__), rows)
    gradebook.db.commit()


def _rows(gradebook, column, values):
    found = gradebook.db.execute(select(column.class_.__table__).where(column.in_(values)))
    return [dict(row) for row in found.mappings()]
