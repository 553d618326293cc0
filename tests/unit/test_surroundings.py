"""A student's process sees Python, its packages and the safe part of this one, and nothing of a course."""

import os
import sys
import tomllib
from pathlib import Path

import pytest

import gdhelpers
from gdhelpers.autograder import surroundings
from gdhelpers.autograder.settings import Limits, Settings
from gdhelpers.autograder.surroundings import FOR_STUDENTS, OF_THE_COURSE

ROOT = Path(__file__).parents[2]
NEEDED_IN_IT = {"__init__.py", "_data", "wire"}


def test_what_is_for_students_is_what_the_import_contract_says():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    secret = {module.split(".")[1] for module in contracts[1]["forbidden_modules"]}
    assert not secret & {name.removesuffix(".py") for name in FOR_STUDENTS}
    safe = {module.split(".")[1] for contract in contracts[:2] for module in contract["source_modules"]}
    assert {name.removesuffix(".py") for name in set(FOR_STUDENTS) - NEEDED_IN_IT} <= safe


def test_all_else_of_the_package_is_hidden():
    hidden = {Path(path).name for path in surroundings.hidden(Path("/nowhere"))}
    assert {"autograder", "hidden_tests", "misconceptions", "reference", "spellings", "kit"} <= hidden
    assert not hidden & set(FOR_STUDENTS)


@pytest.mark.parametrize("course", [Path("/usr/share/course"), Path(sys.prefix)], ids=["system", "environment"])
def test_a_course_below_a_readable_folder_is_hidden(course):
    assert {str(course / name) for name in OF_THE_COURSE} <= set(surroundings.hidden(course))


def test_environment_variables_are_a_few_of_our_own(monkeypatch):
    monkeypatch.setenv("API_KEY", "secret")
    found = surroundings.environment("/home/student")
    assert "API_KEY" not in found
    assert "secret" not in " ".join(found.values())


def _around(*layers, **limits):
    settings = Settings(Limits(**limits), layers)
    return surroundings.surroundings(settings, 1, {"data/given.csv": b"1,2"}, Path("/nowhere"))


def _deep(folder):
    """Make folders in folders, deeper than a path reaches and than Python recurses."""
    place = os.open(folder, os.O_RDONLY)
    for _ in range(3000):
        os.mkdir("deep", dir_fd=place)
        inner = os.open("deep", os.O_RDONLY, dir_fd=place)
        os.close(place)
        place = inner
    os.close(place)


def test_each_kernel_begins_with_the_files_that_are_given():
    with _around("limits") as around:
        work = Path(around.policy.work)
        (work / "data" / "given.csv").write_text("changed")
        (work / "closed" / "inner").mkdir(parents=True)
        (work / "closed").chmod(0)
        (around.run / "left").touch()
        _deep(work)
        around.clear()
        assert [str(path.relative_to(work)) for path in sorted(work.rglob("*"))] == ["data", "data/given.csv"]
        assert (work / "data" / "given.csv").read_bytes() == b"1,2"
        assert list(around.run.iterdir()) == []
    assert not work.parent.exists()


def test_the_disk_is_full_when_files_take_more_than_they_may_and_nothing_else_bounds_them():
    with _around("limits", disk_mib=1) as around:
        work = Path(around.policy.work)
        assert not around.is_full()
        (work / "large").write_bytes(bytes(2**20))
        assert around.is_full()
        (work / "large").unlink()
        for number in range(200):
            (work / str(number)).touch()
        assert around.is_full()
    with _around("limits") as around:
        _deep(Path(around.policy.work))
        assert around.is_full()
    with _around("namespaces", disk_mib=1) as around:
        (Path(around.policy.work) / "large").write_bytes(bytes(2**20))
        assert not around.is_full()


@pytest.mark.parametrize("closed", [".", "checks", "checks/cell.py", "data.py"])
def test_what_the_student_s_account_may_not_read_is_said_before_anything_runs(tmp_path, monkeypatch, closed):
    (tmp_path / "checks").mkdir()
    for name in ("__init__.py", "checks/cell.py", "data.py"):
        (tmp_path / name).touch(0o644)
    names = ("__init__.py", "checks", "data.py", ".")
    monkeypatch.setattr(surroundings, "FOR_STUDENTS", names)
    monkeypatch.setattr(gdhelpers, "__file__", str(tmp_path / "__init__.py"))
    find = surroundings.closed.__wrapped__
    tmp_path.chmod(0o755)
    monkeypatch.setattr(surroundings.Identity, "of_student", lambda: surroundings.Identity(65534, 65534, True))
    assert find() is None
    (tmp_path / closed).chmod(0o700 if (tmp_path / closed).is_dir() else 0o640)
    assert find() == tmp_path / closed
    monkeypatch.setattr(surroundings.Identity, "of_student", lambda: surroundings.Identity(1000, 1000, False))
    assert find() is None, "it runs as the one who may"
