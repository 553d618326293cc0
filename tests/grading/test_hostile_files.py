"""Whatever a student's files are, they cost that student's submission only; nothing here runs a cell."""

import os
import subprocess

import pytest

from gdhelpers.autograder import grading
from gdhelpers.autograder.course import Course
from gdhelpers.autograder.files import ENTRY_LIMIT, find
from gdhelpers.autograder.grading import grade
from gdhelpers.autograder.submission import NOT_SEARCHED
from gdhelpers.autograder.workers import Threads

from ..attacks.attack import PS1

DEEP = 1200
HUGE = 300 * 2**30


class Reporter:
    """Says nothing."""

    def begin(self, *_):
        pass

    def advance(self, *_, **__):
        pass


@pytest.fixture
def course(tmp_path):
    yield Course(tmp_path)
    subprocess.run(["rm", "-rf", tmp_path / "submitted"], check=True)  # Python's own way is to recurse


def folder_of(course, student):
    folder = course.folder("submitted", student, PS1)
    folder.mkdir(parents=True)
    return folder


def nest(folder):
    """Make folders that no path leads to at once."""
    here = os.open(folder, os.O_DIRECTORY)
    for _ in range(DEEP):
        os.mkdir("deep", dir_fd=here)
        here, above = os.open("deep", os.O_DIRECTORY, dir_fd=here), here
        os.close(above)
    os.close(here)


def found_by(course):
    records = grade(course, PS1, workers=Threads(1), reporter=Reporter()).records
    return {record.student: (record.status, record.message) for record in records}


def test_huge_files_deep_folders_and_a_failing_disk_do_not_stop_a_class(course, monkeypatch):
    name = course.assignment(PS1).file_name
    for student in ("ada", "huge", "noted", "piped", "unlucky", "zoe"):
        (folder_of(course, student) / name).write_text("{")
    os.truncate(course.folder("submitted", "huge", PS1) / name, HUGE)
    with (course.folder("submitted", "noted", PS1) / "timestamp.txt").open("w") as file:
        file.truncate(HUGE)
    os.mkfifo(course.folder("submitted", "piped", PS1) / "timestamp.txt")
    nest(folder_of(course, "deep"))

    def failing(folder, assignment, student):
        if student == "unlucky":
            raise OSError("the disk fails")
        return find(folder, assignment, student)

    monkeypatch.setattr(grading, "find", failing)
    no_json = ("broken", "The file is not a notebook: it is not JSON from line 1 on.")
    assert found_by(course) == {
        "ada": no_json,
        "deep": ("broken", NOT_SEARCHED),
        "huge": ("broken", "The file is larger than 50 MiB."),
        "noted": no_json,
        "piped": no_json,
        "unlucky": ("infrastructure", "The submission could not be read: OSError: the disk fails"),
        "zoe": no_json,
    }


def test_a_notebook_beside_folders_without_end_is_found(course):
    folder = folder_of(course, "ada")
    nest(folder)
    (folder / "deep" / "deep" / "work.ipynb").write_text("{}")
    found = find(folder, course.assignment(PS1), "ada")
    assert found.content == b"{}"
    assert found.oddities[0] == "not all of the submitted folder was searched"


def test_a_folder_with_too_many_files_is_not_searched_to_its_end(course, monkeypatch):
    assert ENTRY_LIMIT > 50_000, "an environment may lie in a submission"
    monkeypatch.setattr("gdhelpers.autograder.files.ENTRY_LIMIT", 3)
    folder = folder_of(course, "ada")
    for number in range(5):
        (folder / f"{number}").mkdir()
    assert find(folder, course.assignment(PS1), "ada").content == NOT_SEARCHED.encode()
    assert find(folder / "none", course.assignment(PS1), "ada") is None


def test_a_name_that_cannot_be_written_is_made_readable(course):
    folder = folder_of(course, "ada")
    (folder / os.fsdecode(b"\xff.ipynb")).write_text("{}")
    assert "is named ?.ipynb" in find(folder, course.assignment(PS1), "ada").oddities[0]


def test_a_link_to_the_work_of_another_is_not_followed(course):
    name = course.assignment(PS1).file_name
    (folder_of(course, "ada") / name).write_text("{}")
    (folder_of(course, "eve") / name).symlink_to(course.folder("submitted", "ada", PS1) / name)
    assert find(course.folder("submitted", "eve", PS1), course.assignment(PS1), "eve").content == NOT_SEARCHED.encode()
    (course.folder("submitted", "eve", PS1) / "mine.ipynb").write_text("[]")
    assert find(course.folder("submitted", "eve", PS1), course.assignment(PS1), "eve").content == b"[]"
