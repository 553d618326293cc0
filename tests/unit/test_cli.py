"""`gd` says in one line what is wrong with a call, and exits with the code that stands for it."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from gdhelpers.cli import main

ROOT = Path(__file__).parents[2]


def said(capsys):
    captured = capsys.readouterr()
    assert "Traceback" not in captured.err
    return captured.out + captured.err


def test_help_is_there_at_once_and_imports_no_framework():
    code = (
        "import sys, gdhelpers.cli, gdhelpers.autograder.grading\n"
        "print({'torch', 'tensorflow', 'pandas', 'matplotlib'} & set(sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"
    with pytest.raises(SystemExit) as left:
        main(["--help"])
    assert left.value.code == 0


def test_an_unknown_assignment_is_answered_with_the_known_ones(tmp_path, capsys):
    assert main(["grade", "ps9", "--course", str(tmp_path)]) == 2
    text = said(capsys)
    assert "ps1-autograd, ps2-linear-regression, ps3-logistic-regression" in text
    assert len(text.splitlines()) == 1
    assert not (tmp_path / "gradebook.db").exists(), "a wrong call leaves nothing behind"


def test_without_submissions_it_says_where_it_looked(tmp_path, capsys):
    assert main(["grade", "ps1-autograd", "--course", str(tmp_path)]) == 2
    assert f"{tmp_path}/submitted/<student>/ps1-autograd/autograd.ipynb" in said(capsys)


@pytest.mark.parametrize(
    "arguments",
    [["grade"], ["grade", "ps1-autograd", "--course", "/nowhere"], ["demo", "--students", "0"], ["dance"], []],
    ids=" ".join,
)
def test_a_wrong_call_is_2(arguments, capsys):
    try:
        code = main(arguments)
    except SystemExit as left:
        code = left.code
    assert code == 2
    assert said(capsys)


def test_a_demonstration_does_not_overwrite_a_folder(tmp_path, capsys):
    (tmp_path / "thesis.txt").write_text("four years of work")
    assert main(["demo", "--out", str(tmp_path)]) != 0
    assert "is not empty" in said(capsys)
    assert (tmp_path / "thesis.txt").exists()


@pytest.fixture
def course(tmp_path):
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    shutil.copytree(ROOT / "source", tmp_path / "source")
    assert main(["release", "--untried", "--course", str(tmp_path)]) == 0
    return tmp_path


def test_release_gives_what_is_committed(course):
    for path in (ROOT / "release").rglob("*.ipynb"):
        assert (course / path.relative_to(ROOT)).read_bytes() == path.read_bytes()


@pytest.mark.parametrize("damage", ["changed", "missing", "stray"])
def test_release_check_names_the_file_and_the_command(course, capsys, damage):
    path = course / "release" / "ps1-autograd" / "autograd.ipynb"
    if damage == "changed":
        path.write_bytes(path.read_bytes() + b"\n")
    elif damage == "missing":
        path.unlink()
    else:
        path = path.with_name("solution.ipynb")
        path.write_text("{}")
    assert main(["release", "--check", "--course", str(course)]) == 1
    text = said(capsys)
    assert f"release/ps1-autograd/{path.name}" in text
    assert "gd release" in text
    assert main(["release", "--untried", "--course", str(course)]) == 0
    assert main(["release", "--check", "--course", str(course)]) == 0


def test_a_release_holds_nothing_that_students_must_not_see():
    for path in (ROOT / "release").rglob("*.ipynb"):
        source = nbformat.read(ROOT / "source" / path.relative_to(ROOT / "release"), as_version=4)
        released = nbformat.read(path, as_version=4)
        text = json.dumps(released)
        for word in ("BEGIN SOLUTION", "HIDDEN", "MARK SCHEME", "hidden_tests", "reference"):
            assert word not in text
        assert [cell.id for cell in released.cells] == [cell.id for cell in source.cells]
        for cell, original in zip(released.cells, source.cells, strict=True):
            if cell.cell_type == "code":
                assert cell.outputs == []
                assert cell.execution_count is None
            for key in ("grade_id", "points", "grade", "solution", "locked"):
                assert cell.metadata.get("nbgrader", {}).get(key) == original.metadata.get("nbgrader", {}).get(key)
