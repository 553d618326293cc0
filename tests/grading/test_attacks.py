"""Hostile and broken submissions get what their honest part deserves, and leave nothing behind.

`make attacks` grades the whole corpus; here are all that may harm the machine, and every third of the others.
"""

import os
from collections import defaultdict
from pathlib import Path

import psutil
import pytest

from gdhelpers.autograder.course import Course
from gdhelpers.autograder.examination import examine

from ..attacks.attack import CANARY, TRACE
from ..attacks.corpus import ATTACKS, OPEN
from ..attacks.table import row
from .conftest import until

ALL = ("breaking", "escaping", "flooding")
LIMITS = {"test_seconds": 4, "cell_seconds": 6, "idle_seconds": 8, "memory_mib": 1024, "disk_mib": 64, "processes": 128}


def chosen():
    families = defaultdict(list)
    for attack in ATTACKS:
        families[attack.family].append(attack)
    found = [attack for name, attacks in families.items() for attack in attacks[:: 1 if name in ALL else 3]]
    return [pytest.param(attack, id=f"{attack.family}-{attack.name}", marks=_marks(attack)) for attack in found]


def _marks(attack):
    # Not run: some of them take until all limits are reached.
    return [pytest.mark.xfail(reason=OPEN[attack.name], run=False)] if attack.name in OPEN else []


@pytest.fixture(scope="module")
def assignments(tmp_path_factory):
    course = Course(tmp_path_factory.mktemp("course"))
    course.config.Examiner.limits = LIMITS
    return {name: course.assignment(name) for name in course.assignments()}


@pytest.mark.parametrize("attack", chosen())
def test_the_honest_part_gets_its_points_and_nothing_else(assignments, attack, monkeypatch):
    monkeypatch.setenv(CANARY, "1")
    found = row(examine, 7, attack, assignments[attack.assignment])
    assert found.wrong == (), found.message
    assert found.score == attack.score or attack.status == "broken"


def test_nothing_of_them_is_left(assignments):
    """Run after the others in the same process: no process below this one but warm parents, no file, no folder."""
    del assignments
    until(lambda: not any(map(_is_student, psutil.Process().children(recursive=True))))
    places = (Path("/tmp"), Path("/var/tmp"), Path.home(), Path.cwd())  # noqa: S108
    assert [path for place in places for path in place.glob(f"*{TRACE}*")] == []


def _is_student(process):
    try:
        return process.uids().real != os.getuid() or "kernels.parent" not in " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return False
