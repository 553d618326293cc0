"""A class that cannot begin stops at its first submission, with the reason; what was handed in is left as it was."""

import nbformat
import pytest

from gdhelpers.autograder import parents
from gdhelpers.autograder.demonstration import made_up_class
from gdhelpers.autograder.grading import grade
from gdhelpers.autograder.progress import Reporter
from gdhelpers.autograder.workers import Refused, Threads
from gdhelpers.kernels.parent import CannotBegin

from .conftest import run, submit

NAME = "ps3-logistic-regression"


def class_of(course, size):
    for pupil in made_up_class(course.assignment(NAME), size):
        folder = course.folder("submitted", pupil.name, NAME)
        folder.mkdir(parents=True)
        (folder / "logistic_regression.ipynb").write_bytes(pupil.content)


def graded(course):
    with Reporter() as reporter:
        return grade(course, NAME, workers=Threads(1), reporter=reporter)


def test_a_machine_on_which_no_kernel_begins_stops_the_class_at_once(course_copy, monkeypatch, capsys):
    course = course_copy()
    class_of(course, 3)
    # What was warm already, for a test before this one, would begin.
    parents.close()
    monkeypatch.setattr(parents, "environment", lambda _: {"PYTHONHOME": "/nonexistent"})
    with pytest.raises(Refused, match=r"Nothing was graded. No kernel can be started: .*encodings.* Run: gd doctor"):
        graded(course)
    said = capsys.readouterr().err
    assert "infrastructure" not in said, "the others are not even tried"
    assert not (course.root / "autograded").exists()
    monkeypatch.undo()
    parents.close()
    assert {record.status for record in graded(course).records} == {"graded"}, "the same command goes on"


def test_the_command_says_why_and_nothing_else(course_copy):
    course = course_copy()
    class_of(course, 3)
    source = course.root / "source" / NAME / "logistic_regression.ipynb"
    notebook = nbformat.read(source, as_version=4)
    set_up = next(cell for cell in notebook.cells if cell.cell_type == "code")
    # What importing a library does that was built for another processor.
    set_up.source += "\nimport os, signal\nos.kill(os.getpid(), signal.SIGILL)"
    nbformat.write(notebook, source)
    done = run("gd", "grade", NAME, "--workers", "1", "--json", "out.json", cwd=course.root, check=False)
    assert done.returncode == 3, done.stderr
    assert f"gd: Nothing was graded. A cell of the assignment, {set_up.id}, ends Python." in done.stderr
    assert "gd doctor" in done.stderr
    assert not (course.root / "out.json").exists()


def test_a_machine_that_fails_later_costs_only_those_that_it_fails(course_copy, monkeypatch):
    course = course_copy()
    notebook = course.root / "source" / NAME / "logistic_regression.ipynb"
    for student in ("ada", "bob", "eve"):
        submit(course, NAME, student, notebook)
    workers = Threads(1)
    examine = workers.examine

    def fail_for_bob(assignment, submission, seed):
        if submission.student == "bob":
            return workers._executor.submit(_raise, CannotBegin("no memory is left"))
        return examine(assignment, submission, seed)

    monkeypatch.setattr(workers, "examine", fail_for_bob)
    with Reporter() as reporter:
        records = {one.student: one for one in grade(course, NAME, workers=workers, reporter=reporter).records}
    assert [records[name].status for name in ("ada", "bob", "eve")] == ["graded", "infrastructure", "graded"]
    assert records["bob"].message == "no memory is left"


def _raise(error):
    raise error
