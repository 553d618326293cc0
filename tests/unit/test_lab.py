"""What `gd lab` sets up: the parts of JupyterLab that an instructor or a student sees, and no file of the user's."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from traitlets.config import PyFileConfigLoader

from gdhelpers.autograder import gradebook
from gdhelpers.autograder.course import Course
from gdhelpers.cli import main
from gdhelpers.commands import lab as command
from gdhelpers.lab import Lab
from gdhelpers.trouble import Trouble

ROOT = Path(__file__).parents[2]


def settings_of(tmp_path, *, student, folder=ROOT):
    settings = tmp_path / "settings"
    settings.mkdir()
    Lab(folder, student).write_settings(settings)
    return settings


def read(path):
    return json.loads(path.read_text())


@pytest.mark.parametrize("student", [True, False])
def test_the_formgrader_is_the_instructors_and_validate_is_everybodys(tmp_path, student):
    settings = settings_of(tmp_path, student=student)
    on = read(settings / "jupyter_server_config.json")["ServerApp"]["jpserver_extensions"]
    off = read(settings / "labconfig" / "page_config.json")["disabledExtensions"]
    assert on["nbgrader.server_extensions.validate_assignment"]
    assert not off["@jupyter/nbgrader:validate-assignment"]
    assert on["nbgrader.server_extensions.formgrader"] is not student
    assert off["@jupyter/nbgrader:formgrader"] is student
    assert (settings / "nbgrader_config.py").exists() is not student


def test_every_part_of_nbgraders_extension_is_decided_on(tmp_path):
    """A new version that brings a part of another name is noticed here."""
    off = read(settings_of(tmp_path, student=True) / "labconfig" / "page_config.json")["disabledExtensions"]
    folder = Path(sys.prefix) / "share/jupyter/labextensions/@jupyter/nbgrader/static"
    code = "".join(path.read_text() for path in folder.glob("*.js"))
    known = {name for name in off if name.startswith("@jupyter/nbgrader:")}
    assert set(re.findall(r"@jupyter/nbgrader:[a-z-]+", code)) == known


def test_the_kernel_is_this_python(tmp_path):
    spec = read(settings_of(tmp_path, student=True) / "kernels" / "python3" / "kernel.json")
    assert spec["argv"][0] == sys.executable
    assert "--KernelSpecManager.allowed_kernelspecs=python3" in Lab(ROOT, student=True).arguments(tmp_path)


def test_a_folder_without_sources_gets_those_of_the_checkout(tmp_path):
    course = tmp_path / "course"
    course.mkdir()
    settings = settings_of(tmp_path, student=False, folder=course)
    config = PyFileConfigLoader("nbgrader_config.py", path=str(settings)).load_config()
    assert config.CourseDirectory.root == str(course)
    assert config.CourseDirectory.source_directory == str(ROOT / "source")
    assert config.CourseDirectory.course_id == "gradients"


def test_a_course_with_sources_of_its_own_keeps_them(tmp_path):
    course = tmp_path / "course"
    (course / "source").mkdir(parents=True)
    (course / "nbgrader_config.py").write_text("c = get_config()\n")
    text = (settings_of(tmp_path, student=False, folder=course) / "nbgrader_config.py").read_text()
    assert "source_directory" not in text
    assert "load_subconfig" not in text


def test_without_a_checkout_an_instructor_is_told_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr("gdhelpers.environment.CHECKOUT", tmp_path / "site-packages")
    with pytest.raises(Trouble, match="--student"):
        settings_of(tmp_path, student=False, folder=tmp_path)


def test_the_gradebook_knows_the_assignments_before_the_formgrader_opens(tmp_path):
    for _ in range(2):
        gradebook.prepare(tmp_path)
    with gradebook.opened(Course(tmp_path)) as book:
        assert sorted(one.name for one in book.assignments) == Course(tmp_path).assignments()
        assert {one.name: one.max_score for one in book.assignments}["ps3-logistic-regression"] == 20


@pytest.fixture
def started(monkeypatch):
    """Note how JupyterLab would be started, in place of starting it."""
    calls = []
    monkeypatch.setattr(Lab, "run", lambda lab, options=(): calls.append((lab, list(options))))
    return calls


def test_options_after_two_dashes_are_jupyterlabs(started, tmp_path):
    assert main(["lab", "--student", "--course", str(tmp_path), "--", "--no-browser", "--port=9999"]) == 0
    assert started == [(Lab(tmp_path, student=True), ["--no-browser", "--port=9999"])]


def test_whoever_has_the_whole_package_is_an_instructor(started, tmp_path):
    assert main(["lab", "--course", str(tmp_path)]) == 0
    assert started == [(Lab(tmp_path, student=False), [])]
    assert (tmp_path / "gradebook.db").exists()


def test_whoever_has_the_students_package_is_a_student(started, tmp_path, monkeypatch):
    monkeypatch.setattr(command, "entry_points", lambda **_: ())
    assert main(["lab", "--course", str(tmp_path)]) == 0
    assert started == [(Lab(tmp_path, student=True), [])]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("arguments", [["--course", "/nowhere"], ["notebooks"]])
def test_a_wrong_call_is_answered_in_one_line(started, arguments, capsys):
    assert main(["lab", *arguments]) == 2
    assert "--course DIR" in capsys.readouterr().err
    assert started == []


def test_a_students_lab_imports_nothing_of_the_autograder():
    code = (
        "import sys, gdhelpers.cli, gdhelpers.commands.lab, gdhelpers.lab\n"
        "print([name for name in sys.modules if name.startswith('gdhelpers.autograder')])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
