"""`nbgrader autograde` grades as `gd grade` does: the same engine, the same scores, the same receipts."""

import csv
import json

import pytest
from nbgrader.api import Gradebook

from gdhelpers.autograder import receipt
from gdhelpers.autograder.demonstration import hand_in, made_up_class

from .conftest import run, submit

NAME = "ps1-autograd"
REFUSED = "could not read"

pytestmark = pytest.mark.xdist_group("nbgrader")


def scores(course):
    run("nbgrader", "export", cwd=course.root)
    with (course.root / "grades.csv").open() as file:
        return {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def graded(course_copy):
    """A made-up class, graded by nbgrader; the submission that is no notebook is handed in, too."""
    course = course_copy()
    assignment = course.assignment(NAME)
    pupils = made_up_class(assignment, 12)
    hand_in(course, assignment, pupils)
    run("nbgrader", "generate_assignment", NAME, "--force", cwd=course.root)
    done = run("nbgrader", "autograde", NAME, cwd=course.root, check=False)
    return course, assignment, pupils, done


def test_every_score_is_the_known_right_one(graded):
    course, _, pupils, _ = graded
    assert scores(course) == {pupil.name: pupil.score for pupil in pupils}


def test_only_the_file_that_nbgrader_cannot_read_is_refused_and_named(graded):
    *_, pupils, done = graded
    broken = next(pupil.name for pupil in pupils if pupil.work == "a broken file")
    assert done.returncode == 1
    refused = [line for line in done.stderr.splitlines() if "error processing assignment '" in line]
    assert len(refused) == 1
    assert f"'{broken}'" in refused[0]


def test_receipts_hold_in_a_second_grading(graded):
    course, assignment, pupils, _ = graded
    assert len(list(receipt.of_class(course, assignment))) == len(pupils) - 1
    done = run("gd", "verify", "autograded", cwd=course.root)
    assert f"{len(pupils) - 1} of {len(pupils) - 1} receipts hold" in done.stdout


def test_gd_grades_over_what_nbgrader_left_and_gives_the_same(graded):
    course, *_ = graded
    before = scores(course)
    run("gd", "grade", NAME, cwd=course.root)
    assert scores(course) == before


def test_a_refused_attempt_takes_the_old_marks_away(course_copy):
    course = course_copy()
    assignment = course.assignment(NAME)
    run("nbgrader", "generate_assignment", NAME, "--force", cwd=course.root)
    submit(course, NAME, "ada", assignment.path)
    run("nbgrader", "autograde", NAME, cwd=course.root)
    assert scores(course) == {"ada": 10.0}
    file = course.folder("submitted", "ada", NAME) / assignment.file_name
    file.write_text("{")
    done = run("nbgrader", "autograde", NAME, "--force", cwd=course.root, check=False)
    assert done.returncode == 1
    assert scores(course) == {"ada": 0.0}
    with Gradebook(course.db_url) as book:
        comments = book.find_submission_notebook(assignment.path.stem, NAME, "ada").comments
        assert all(REFUSED in comment.auto_comment for comment in comments)


def test_a_renamed_notebook_is_refused_and_takes_the_old_marks_away(course_copy):
    course = course_copy()
    assignment = course.assignment(NAME)
    run("nbgrader", "generate_assignment", NAME, "--force", cwd=course.root)
    submit(course, NAME, "ada", assignment.path)
    run("nbgrader", "autograde", NAME, cwd=course.root)
    file = course.folder("submitted", "ada", NAME) / assignment.file_name
    file.rename(file.with_name("mine.ipynb"))
    done = run("nbgrader", "autograde", NAME, "--force", cwd=course.root, check=False)
    assert done.returncode == 1
    assert scores(course) == {"ada": 0.0}


def test_the_autograded_notebook_holds_no_hidden_test(graded):
    course, assignment, pupils, _ = graded
    for pupil in pupils:
        if pupil.work != "a broken file":
            text = (course.folder("autograded", pupil.name, NAME) / assignment.file_name).read_text()
            assert "hidden_tests" not in json.dumps(json.loads(text)["cells"])
