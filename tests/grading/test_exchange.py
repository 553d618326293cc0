"""The whole loop through nbgrader's exchange: release, fetch, submit, collect, grade, give feedback, fetch it."""

import csv
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest

from .conftest import run

NAME = "ps1-autograd"
NOTEBOOK = "autograd.ipynb"

# nbgrader tells students apart by the name of the operating system's user, except that under JupyterHub's usual user,
# jovyan, it goes by JUPYTERHUB_USER. The students of this test are all one user, so Python is made to believe that this
# user is jovyan; a file of this name on PYTHONPATH is run whenever Python starts.
EVERYBODY_IS_JOVYAN = """\
import pwd

real = pwd.getpwuid
pwd.getpwuid = lambda uid: pwd.struct_passwd(("jovyan", *real(uid)[1:]))
"""


@dataclass
class Person:
    """Somebody with a folder to work in and a Jupyter of their own, so that the user's own files are left alone."""

    folder: Path
    home: Path
    environment: dict[str, str]

    def nbgrader(self, command, *arguments):
        jupyter = {f"JUPYTER_{kind.upper()}_DIR": str(self.home / kind) for kind in ("config", "data", "runtime")}
        return run("nbgrader", command, *arguments, cwd=self.folder, **jupyter, **self.environment)


def make_student(name, exchange, tmp_path):
    """Make a student, who has nothing of the course but its name and the place of the exchange."""
    site = tmp_path / "site"
    site.mkdir(exist_ok=True)
    (site / "sitecustomize.py").write_text(EVERYBODY_IS_JOVYAN)
    folder = tmp_path / name
    folder.mkdir()
    settings = f"c.CourseDirectory.course_id = 'gradients'\nc.Exchange.root = {str(exchange)!r}\n"
    (folder / "nbgrader_config.py").write_text("c = get_config()\n" + settings)
    return Person(folder, tmp_path / f"{name}-jupyter", {"PYTHONPATH": str(site), "JUPYTERHUB_USER": name})


def make_instructor(course, exchange, tmp_path):
    """Make the instructor of a course directory."""
    with (course.root / "nbgrader_config.py").open("a") as file:
        file.write(f"\nc.Exchange.root = {str(exchange)!r}\n")
        # The submissions are not owned by users named like the students.
        file.write("c.ExchangeCollect.check_owner = False\n")
    return Person(course.root, tmp_path / "instructor-jupyter", {})


def fill_in(path, solved):
    """Put the answers of one notebook into another, as a student would."""
    answers = {cell.id: cell.source for cell in solved.cells}
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = answers[cell.id]
    nbformat.write(notebook, path)


@pytest.mark.parametrize("grades", ["gd", "nbgrader"])
def test_the_loop_through_the_exchange(course_copy, tmp_path, grades):
    course = course_copy()
    exchange = tmp_path / "exchange"
    instructor = make_instructor(course, exchange, tmp_path)
    students = {name: make_student(name, exchange, tmp_path) for name in ("ada", "grace")}

    instructor.nbgrader("generate_assignment", NAME, "--force")
    instructor.nbgrader("release_assignment", NAME)

    for student in students.values():
        student.nbgrader("fetch_assignment", NAME)
        assert [path.name for path in (student.folder / NAME).iterdir()] == [NOTEBOOK]
        fetched = (student.folder / NAME / NOTEBOOK).read_bytes()
        assert fetched == (course.root / "release" / NAME / NOTEBOOK).read_bytes()
    fill_in(students["ada"].folder / NAME / NOTEBOOK, course.assignment(NAME).notebook)
    for student in students.values():
        student.nbgrader("submit", NAME)

    instructor.nbgrader("collect", NAME)
    for name, student in students.items():
        collected = course.root / "submitted" / name / NAME / NOTEBOOK
        assert collected.read_bytes() == (student.folder / NAME / NOTEBOOK).read_bytes()
    if grades == "gd":
        run("gd", "grade", NAME, cwd=course.root)
    else:
        instructor.nbgrader("autograde", NAME)
    instructor.nbgrader("export")
    with (course.root / "grades.csv").open() as file:
        scores = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file) if row["assignment"] == NAME}
    assert scores == {"ada": 10, "grace": 0}
    if grades == "nbgrader":
        instructor.nbgrader("generate_feedback", NAME)
    instructor.nbgrader("release_feedback", NAME)

    feedback = {}
    for name, student in students.items():
        student.nbgrader("fetch_feedback", NAME)
        (page,) = student.folder.rglob("*.html")
        feedback[name] = page.read_bytes()
        assert feedback[name] == (course.root / "feedback" / name / NAME / "autograd.html").read_bytes()
    assert feedback["ada"] != feedback["grace"]
