"""Course directories to grade in, and nbgrader's commands as someone runs them who never activated the environment."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gdhelpers.autograder.course import Course

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
PATIENCE = 60
ASSIGNMENTS = ("ps1-autograd", "ps2-linear-regression", "ps3-logistic-regression")


def until(condition):
    """Wait until a condition holds, and return what it gave."""
    deadline = time.monotonic() + PATIENCE
    while not (found := condition()):
        assert time.monotonic() < deadline, "it did not come to pass in time"
        time.sleep(0.05)
    return found


def run(command, *arguments, cwd, check=True, **environment):
    """Run a command of the environment by its path, with a PATH that does not lead to it."""
    path = os.pathsep.join(p for p in os.environ["PATH"].split(os.pathsep) if Path(p) != BIN)
    done = subprocess.run(
        [BIN / command, *arguments],
        cwd=cwd,
        env=os.environ | {"PATH": path, "NO_COLOR": "1"} | environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    if check:
        assert done.returncode == 0, done.stdout + done.stderr
    return done


@pytest.fixture(scope="session")
def course_copy(tmp_path_factory):
    """Make a course directory that holds what the repository does: the sources, the releases, the configuration.

    On request, with the one line of the configuration left out that brings the examiner into nbgrader.
    """

    def make(*, stock=False):
        root = tmp_path_factory.mktemp("course")
        config = (ROOT / "nbgrader_config.py").read_text()
        assert "\nstock.use(c)\n" in config
        (root / "nbgrader_config.py").write_text(
            config.replace("\nstock.use(c)\n", "\n# stock.use(c)\n" if stock else "\nstock.use(c)\n")
        )
        for folder in ("source", "release"):
            shutil.copytree(ROOT / folder, root / folder)
        return Course(root)

    return make


def submit(course, assignment, student, notebook):
    """Hand in a notebook file."""
    folder = course.root / "submitted" / student / assignment
    folder.mkdir(parents=True)
    shutil.copy(notebook, folder)
