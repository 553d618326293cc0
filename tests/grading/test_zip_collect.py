"""What Moodle and Canvas hand out as one archive is taken in by `nbgrader zip_collect`."""

import json
import zipfile

import pytest

from .conftest import run

NAME = "ps1-autograd"
NOTEBOOK = "autograd.ipynb"

ARCHIVES = {
    "Moodle, folders": {
        "Ada Lovelace_123456_assignsubmission_file/autograd.ipynb": "123456",
        "Grace Brewster Hopper_123457_assignsubmission_file/autograd.ipynb": "123457",
    },
    "Moodle before 4, folders": {
        "Ada Lovelace_123456_assignsubmission_file_/autograd.ipynb": "123456",
        "Grace Brewster Hopper_123457_assignsubmission_file_/autograd.ipynb": "123457",
    },
    "Moodle, no folders": {
        "Ada Lovelace_123456_assignsubmission_file_autograd.ipynb": "123456",
        "Grace Brewster Hopper_123457_assignsubmission_file_autograd.ipynb": "123457",
    },
    "Canvas": {
        "lovelaceada_98765_4321_autograd.ipynb": "lovelaceada",
        "hoppergrace_LATE_98766_4322_autograd.ipynb": "hoppergrace",
        "noetheremmy_98767_4323_autograd-1.ipynb": "noetheremmy",
        "ball-wynneanna_LATE_98768_4324_autograd-12.ipynb": "ball-wynneanna",
    },
    "Canvas, folders": {
        "lovelaceada_98765_4321/autograd.ipynb": "lovelaceada",
        "hoppergrace_LATE_98766_4322/autograd-1.ipynb": "hoppergrace",
    },
}
"""The names of the files in an archive and the students who handed them in."""


def collect(course, files):
    """Take in an archive of these files."""
    folder = course.root / "downloaded" / NAME / "archive"
    folder.mkdir(parents=True)
    with zipfile.ZipFile(folder / "submissions.zip", "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    run("nbgrader", "zip_collect", NAME, cwd=course.root)


@pytest.mark.parametrize("names", ARCHIVES.values(), ids=ARCHIVES)
def test_every_file_gets_to_its_student(course_copy, names):
    course = course_copy()
    collect(course, {name: json.dumps({"handed in as": name}) for name in names})
    collected = {
        path.relative_to(course.root / "submitted").as_posix(): json.loads(path.read_text())["handed in as"]
        for path in (course.root / "submitted").rglob("*.*")
    }
    assert collected == {f"{student}/{NAME}/{NOTEBOOK}": name for name, student in names.items()}


def test_longer_names_stay_whole(course_copy):
    course = course_copy()
    collect(
        course,
        {
            "Ada Lovelace_123456_assignsubmission_file/linear_regression.ipynb": "{}",
            "lovelaceada_98765_4321_logistic_regression-2.ipynb": "{}",
        },
    )
    submitted = course.root / "submitted"
    assert (submitted / "123456" / NAME / "linear_regression.ipynb").exists()
    assert (submitted / "lovelaceada" / NAME / "logistic_regression.ipynb").exists()


def test_what_was_collected_is_graded(course_copy):
    course = course_copy()
    solved = course.assignment(NAME).path.read_text()
    untouched = (course.root / "release" / NAME / NOTEBOOK).read_text()
    moodle, canvas = ARCHIVES["Moodle, folders"], ARCHIVES["Canvas"]
    collect(course, {next(iter(moodle)): solved, next(iter(canvas)): untouched})
    run("gd", "grade", NAME, "--json", "scores.json", cwd=course.root)
    graded = json.loads((course.root / "scores.json").read_text())["submissions"]
    assert {submission["student"]: submission["score"] for submission in graded} == {"123456": 10, "lovelaceada": 0}
