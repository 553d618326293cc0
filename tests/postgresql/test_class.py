"""A class is graded into PostgreSQL, and nbgrader's own commands find its scores there."""

import csv
import json

import pytest
from nbgrader.api import Gradebook

from gdhelpers.autograder.course import Course
from gdhelpers.autograder.demonstration import hand_in, made_up_class

from ..grading.conftest import ROOT, run

NAME = "ps1-autograd"


@pytest.fixture(scope="module")
def graded(server, tmp_path_factory):
    """A made-up class, graded with a gradebook in a database that was empty."""
    root = tmp_path_factory.mktemp("class")
    url = server.create("grades")
    config = (ROOT / "nbgrader_config.py").read_text() + f"\nc.CourseDirectory.db_url = {url!r}\n"
    (root / "nbgrader_config.py").write_text(config)
    course = Course(root)
    assignment = course.assignment(NAME)
    pupils = made_up_class(assignment, 6)
    hand_in(course, assignment, pupils)
    run("gd", "grade", NAME, "--json", "scores.json", cwd=root)
    return course, pupils


def exported(course):
    run("nbgrader", "export", cwd=course.root)
    with (course.root / "grades.csv").open() as file:
        return {row["student_id"]: float(row["score"]) for row in csv.DictReader(file) if row["assignment"] == NAME}


def test_every_score_is_the_known_right_one(graded):
    course, pupils = graded
    entries = json.loads((course.root / "scores.json").read_text())["submissions"]
    assert {entry["student"]: entry["score"] for entry in entries} == {pupil.name: pupil.score for pupil in pupils}
    assert not (course.root / "gradebook.db").exists()


def test_nbgraders_own_gradebook_holds_them(graded):
    course, pupils = graded
    with Gradebook(course.db_url, course.course_id) as book:
        submissions = {submission.student.id: submission for submission in book.assignment_submissions(NAME)}
        assert {name: one.score for name, one in submissions.items()} == {pupil.name: pupil.score for pupil in pupils}
        assert {student["id"]: student["score"] for student in book.student_dicts()} == {
            pupil.name: pupil.score for pupil in pupils
        }


def test_nbgrader_exports_them(graded):
    course, pupils = graded
    assert exported(course) == {pupil.name: pupil.score for pupil in pupils}


def test_nbgrader_grades_into_it_and_keeps_what_a_person_gave(graded):
    course, pupils = graded
    first = pupils[0]
    with Gradebook(course.db_url, course.course_id) as book:
        grade = book.find_grade("test-derivative", "autograd", NAME, first.name)
        assert grade.auto_score == 2.0
        grade.manual_score = 0.5
        book.db.commit()
    run("nbgrader", "autograde", NAME, "--student", first.name, "--force", cwd=course.root)
    assert exported(course)[first.name] == first.score - 1.5
