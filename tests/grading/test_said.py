"""What goes wrong beside a score is said in the words of a person, and costs nobody a score."""

import errno
import json
import os
import subprocess

import pytest

from gdhelpers.autograder import gradebook, pages
from gdhelpers.autograder.grading import grade
from gdhelpers.autograder.workers import Threads

from .conftest import BIN, ROOT, run, submit
from .test_again import Reporter

NAME = "ps1-autograd"


@pytest.fixture
def course(course_copy):
    course = course_copy()
    submit(course, NAME, "ada", ROOT / "source" / NAME / "autograd.ipynb")
    return course


def test_a_page_that_cannot_be_made_is_not_called_a_score_that_cannot(course, monkeypatch):
    def is_full(*_):
        raise OSError(errno.ENOSPC, "No space left on device", "autograd.html")

    monkeypatch.setattr(pages.Feedback, "write_single_notebook", is_full)
    (record,) = grade(course, NAME, workers=Threads(1), reporter=Reporter()).records
    assert record.status == "infrastructure"
    expected = "The score is written, but its page of feedback cannot be: autograd.html: No space left on device"
    assert record.message == expected
    with gradebook.opened(course) as book:
        assert book.find_submission(NAME, "ada").score == 10
    monkeypatch.undo()
    (record,) = grade(course, NAME, workers=Threads(1), reporter=Reporter()).records
    assert (record.status, record.score) == ("graded", 10.0)


def test_a_full_disk_for_json_is_named(course):
    done = run("gd", "grade", NAME, "--json", "/dev/full", cwd=course.root, check=False)
    assert done.returncode == 3
    assert "gd: No space left on device: /dev/full. The scores are in the gradebook." in done.stderr


def test_a_folder_whose_name_is_no_text_is_named_and_the_others_go_on(course):
    folder = course.root / "submitted" / os.fsdecode(b"Zo\xe9") / NAME
    folder.mkdir(parents=True)
    (folder / "autograd.ipynb").write_text("{}")
    done = run("gd", "grade", NAME, "--json", "out.json", cwd=course.root, check=False)
    assert done.returncode == 3
    assert "rename the folder Zo?" in done.stdout
    entries = json.loads((course.root / "out.json").read_text())["submissions"]
    assert sorted((one["status"], one["score"]) for one in entries) == [("graded", 10.0), ("infrastructure", None)]


def test_two_commands_at_once_in_a_new_course_both_grade(course):
    command = [BIN / "gd", "grade", NAME, "--workers", "1"]
    both = [
        subprocess.Popen(command, cwd=course.root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for _ in range(2)
    ]
    for one in both:
        output, _ = one.communicate(timeout=300)
        assert one.returncode == 0, output
        assert "10 / 10" in output
