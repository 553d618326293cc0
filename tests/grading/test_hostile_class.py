"""A class in which one in four is hostile or broken, graded on a machine that is busy with other things."""

import json
import subprocess
import sys
from contextlib import contextmanager

import pytest

from gdhelpers.autograder.course import Course
from gdhelpers.autograder.demonstration import Pupil, hand_in, made_up_class

from ..attacks.attack import PS1
from ..attacks.corpus import ATTACKS
from .conftest import ROOT, run

SIZE, BUSY = 16, 4
LIMITS = 'c.Examiner.limits = {"test_seconds": 6, "cell_seconds": 10, "idle_seconds": 10, "memory_mib": 1024}\n'


@contextmanager
def busy_processes():
    """Keep the machine busy."""
    processes = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(BUSY)]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def hostile():
    """One attack of each of four families."""
    families = ("forging", "breaking", "flooding", "damage")
    attacks = [
        [attack for attack in ATTACKS if attack.family == family and attack.assignment == PS1] for family in families
    ]
    return [found[len(found) // 2] for found in attacks]


def test_every_score_is_the_one_that_is_deserved(tmp_path, hostile):
    (tmp_path / "nbgrader_config.py").write_text((ROOT / "nbgrader_config.py").read_text() + LIMITS)
    course = Course(tmp_path)
    assignment = course.assignment(PS1)
    pupils = made_up_class(assignment, SIZE - len(hostile))
    pupils += [Pupil(attack.name, attack.family, attack.build(assignment), attack.score) for attack in hostile]
    assert len(hostile) == SIZE // 4
    hand_in(course, assignment, pupils)
    with busy_processes():
        run("gd", "grade", PS1, "--json", "scores.json", cwd=tmp_path)
    found = {
        entry["student"]: entry["score"] for entry in json.loads((tmp_path / "scores.json").read_text())["submissions"]
    }
    assert found == {pupil.name: pupil.score for pupil in pupils}
    done = run("gd", "verify", "autograded", cwd=tmp_path)
    assert f"{SIZE} of {SIZE} receipts hold" in done.stdout
