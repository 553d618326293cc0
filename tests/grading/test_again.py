"""Grading again: what has not changed is kept, what was cut short goes on, and a regrade says what it changed."""

import json
import shutil
import signal
import subprocess
from pathlib import Path

import nbformat
import psutil
import pytest
from nbgrader.api import Gradebook

from gdhelpers.autograder import receipt
from gdhelpers.autograder.course import Course
from gdhelpers.autograder.demonstration import hand_in, made_up_class
from gdhelpers.autograder.grading import Wish, grade
from gdhelpers.autograder.workers import Threads

from ..attacks.attack import PS1
from .conftest import BIN, ROOT, run, until

SIZE = 6
MANY = 24
"""More than are graded while a busy machine looks whether the first one is."""

REGRADE = Wish(again=True)


class Reporter:
    """Notes who was graded and who was kept; may interrupt."""

    def __init__(self, interrupt_after=None):
        self.graded, self.kept, self._limit = [], [], interrupt_after

    def begin(self, _, total):
        self.total = total

    def advance(self, record, *, kept=False):
        (self.kept if kept else self.graded).append(record.student)
        if len(self.graded) == self._limit:
            raise KeyboardInterrupt


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A graded class in a course of its own, whose sources may be changed."""
    root = tmp_path_factory.mktemp("again")
    for folder in ("source", "release"):
        shutil.copytree(ROOT / folder, root / folder)
    shutil.copy(ROOT / "nbgrader_config.py", root)
    course = Course(root)
    pupils = made_up_class(course.assignment(PS1), SIZE)
    hand_in(course, course.assignment(PS1), pupils)
    reporter = Reporter()
    assert {one.student: one.score for one in grade_with(course, reporter).records} == scores(pupils)
    assert not reporter.kept
    return course, pupils


@pytest.fixture
def copy(graded, tmp_path):
    shutil.copytree(graded[0].root, tmp_path / "course")
    return Course(tmp_path / "course"), graded[1]


def grade_with(course, reporter, wish=None):
    return grade(course, PS1, wish, workers=Threads(2), reporter=reporter)


def scores(pupils):
    return {pupil.name: pupil.score for pupil in pupils}


def change_a_test(course):
    """Make a hidden test ask for what nobody has answered."""
    path = course.source / PS1 / "autograd.ipynb"
    notebook = nbformat.read(path, as_version=4)
    cell = next(
        cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == "test-derivative"
    )
    cell.source = cell.source.replace("### BEGIN HIDDEN TESTS", '### BEGIN HIDDEN TESTS\nassert False, "not any more"')
    nbformat.write(notebook, path)


def earned(course, test="test-derivative"):
    """Who has points for a test, as the receipts say."""
    documents = [json.loads(path.read_text()) for path in course.root.glob(f"autograded/*/{PS1}/*.receipt.json")]
    return {
        document["student"]
        for document in documents
        for entry in document["tests"]
        if entry["grade_id"] == test and entry["points"]
    }


def state(course):
    """All that lies in a course directory."""
    return {path: path.read_bytes() for path in sorted(course.root.rglob("*")) if path.is_file()}


def test_nothing_changed_and_nobody_is_graded_again(copy):
    course, pupils = copy
    reporter = Reporter()
    found = grade_with(course, reporter)
    assert (reporter.graded, sorted(reporter.kept)) == ([], sorted(scores(pupils)))
    assert {one.student: one.score for one in found.records} == scores(pupils)
    assert not found.changes


@pytest.mark.parametrize("what", ["content", "time", "receipt", "page", "gradebook"])
def test_who_changed_is_graded_again_and_nobody_else(copy, what):
    course, pupils = copy
    name = pupils[0].name
    folder = course.folder("submitted", name, PS1)
    assignment = course.assignment(PS1)
    if what == "content":
        path = next(folder.glob("*.ipynb"))
        path.write_bytes(path.read_bytes() + b"\n")
    elif what == "time":
        (folder / "timestamp.txt").write_text("2026-01-02 03:04:05 UTC")
    elif what == "receipt":
        receipt.path(course, assignment, name).write_text("{")
    elif what == "page":
        next(course.folder("feedback", name, PS1).glob("*.html")).unlink()
    else:
        with Gradebook(course.db_url, course.course_id) as book:
            book.find_grade("test-derivative", "autograd", PS1, name).auto_score = 0.5
            book.db.commit()
    reporter = Reporter()
    found = grade_with(course, reporter)
    assert reporter.graded == [name]
    assert {one.student: one.score for one in found.records} == scores(pupils)
    expected = [(name, "test-derivative", 0.5, 2.0)] if what == "gradebook" else []
    assert [(one.student, one.grade_id, one.before, one.after) for one in found.changes] == expected


def test_force_grades_everyone(copy):
    course, pupils = copy
    reporter = Reporter()
    grade_with(course, reporter, REGRADE)
    assert sorted(reporter.graded) == sorted(scores(pupils))
    assert not list(course.root.glob(".gd-runs/*"))


def test_a_regrade_says_what_a_changed_test_changed(copy):
    course, _ = copy
    had = earned(course)
    assert had
    change_a_test(course)
    done = run("gd", "grade", PS1, "--regrade", "--json", "changes.json", cwd=course.root)
    changes = json.loads((course.root / "changes.json").read_text())["changes"]
    assert {(one["student"], one["grade_id"], one["from"], one["to"]) for one in changes} == {
        (name, "test-derivative", 2.0, 0.0) for name in had
    }
    assert all("not any more" in one["why"] for one in changes)
    assert f"The scores of {len(had)} of {SIZE} students changed." in done.stdout
    assert not earned(course)


def test_a_dry_run_writes_nothing(copy):
    course, _ = copy
    had = earned(course)
    change_a_test(course)
    before = state(course)
    done = run("gd", "grade", PS1, "--regrade", "--dry-run", cwd=course.root)
    assert f"The scores of {len(had)} of {SIZE} students would change." in done.stdout
    assert "Nothing was written." in done.stdout
    assert state(course) == before


def test_a_regrade_that_was_interrupted_goes_on_and_still_knows_what_it_changed(copy):
    course, pupils = copy
    had = earned(course)
    change_a_test(course)
    first, second = Reporter(interrupt_after=2), Reporter()
    with pytest.raises(KeyboardInterrupt):
        grade_with(course, first, REGRADE)
    found = grade_with(course, second, REGRADE)
    assert len(second.graded) <= SIZE - 2
    assert sorted({*first.graded, *second.graded, *second.kept}) == sorted(scores(pupils))
    assert {one.student for one in found.changes} == had
    third = Reporter()
    assert not grade_with(course, third).changes
    assert not third.graded


def test_an_interrupt_stops_all_that_runs_and_says_how_to_go_on(tmp_path):
    course = Course(tmp_path)
    assignment = course.assignment(PS1)
    pupils = made_up_class(assignment, MANY)
    hand_in(course, assignment, pupils)
    command = [BIN / "gd", "grade", PS1, "--workers", "2"]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        until(lambda: list(tmp_path.rglob("*.receipt.json")))
        family = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert f"of {MANY} are done. The same command goes on from there." in err
    assert "Traceback" not in err + out
    until(lambda: not any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in family))
    assert not list(Path("/var/tmp").glob(f"gd-{process.pid}-*"))  # noqa: S108
    done = run("gd", "grade", PS1, "--json", "scores.json", cwd=tmp_path)
    assert "had not changed since they were graded" in done.stdout
    document = json.loads((tmp_path / "scores.json").read_text())
    assert {one["student"]: one["score"] for one in document["submissions"]} == scores(pupils)
