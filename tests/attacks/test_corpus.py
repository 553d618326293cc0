"""The corpus holds what it says; nothing is graded here."""

import json

import pytest
from IPython.core.inputtransformer2 import TransformerManager

from gdhelpers.autograder.course import Course

from .attack import FAMILIES, POINTS, deserved
from .corpus import ATTACKS
from .handin import solved

GRADED = ("graded", "broken")


@pytest.fixture(scope="module")
def assignments(tmp_path_factory):
    course = Course(tmp_path_factory.mktemp("course"))
    return {name: course.assignment(name) for name in POINTS}


def each(attacks=ATTACKS):
    return pytest.mark.parametrize("attack", attacks, ids=lambda attack: attack.name)


def test_names_are_unique():
    assert len({attack.name for attack in ATTACKS}) == len(ATTACKS)


def test_every_family_has_attacks():
    assert {attack.family for attack in ATTACKS} == set(FAMILIES)


@pytest.mark.parametrize("name", POINTS)
def test_points_are_those_of_the_assignment(assignments, name):
    tests = {cell.grade_id: cell.points for cell in assignments[name].graded if cell.kind == "test"}
    assert tests == POINTS[name]


@pytest.mark.parametrize("name", POINTS)
def test_what_is_handed_in_is_answered_and_holds_nothing_of_the_instructors(assignments, name):
    text = json.dumps(solved(assignments[name]))
    assert "hidden_tests" not in text
    assert "SOLUTION" not in text
    assert 'NotImplementedError()"' not in text


def test_attacks_describe_themselves():
    for attack in ATTACKS:
        assert attack.name == attack.name.lower().replace(" ", "-")
        assert attack.what[0].isupper() or attack.what[0] == "`", attack.what
        assert attack.what.endswith("."), attack.what
        assert attack.status in GRADED


def test_attacks_deserve_no_more_than_there_is():
    for attack in ATTACKS:
        full = deserved(attack.assignment)
        assert all(0 <= points <= full[grade_id] for grade_id, points in attack.honest.items()), attack.name
        assert set(attack.honest) == (set(full) if attack.status == "graded" else set()), attack.name
        if attack.family == "noise":
            assert attack.honest == full, attack.name


@each()
def test_it_builds_a_file_and_the_same_one_again(assignments, attack):
    assignment = assignments[attack.assignment]
    content = attack.build(assignment)
    assert isinstance(content, bytes)
    assert content == attack.build(assignment)


NO_PYTHON = "does-not-parse"
"""Meant to be no Python; and so is much of what was damaged."""


@each([attack for attack in ATTACKS if attack.family != "damage" and attack.name != NO_PYTHON])
def test_its_code_compiles(assignments, attack):
    notebook = json.loads(attack.build(assignments[attack.assignment]))
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            source = TransformerManager().transform_cell(cell["source"])
            # 0x2000 is PyCF_ALLOW_TOP_LEVEL_AWAIT
            compile(source, attack.name, "exec", flags=0x2000, dont_inherit=True)
