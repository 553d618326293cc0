"""A student's process sees Python, its packages and the safe part of this one, and nothing of a course."""

import sys
import tomllib
from pathlib import Path

import pytest

from gdhelpers.autograder import surroundings
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
