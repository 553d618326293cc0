"""A command that is killed leaves nothing running."""

import subprocess
from pathlib import Path

import psutil

from gdhelpers.autograder.course import Course
from gdhelpers.autograder.demonstration import Pupil, hand_in

from ..attacks.attack import PS1
from ..attacks.handin import hand_in as notebook_with
from .conftest import BIN, until

STARTED = "a-student-was-here"
WAITING = f"""
import subprocess, sys, time

def derivative(f, x):
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)  # {STARTED}"])
    while True:
        time.sleep(0.001)
"""


def below(pid):
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def command_line(process):
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


def gone(process):
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_kill_9_of_the_command_ends_workers_parents_examiners_and_students(tmp_path):
    course = Course(tmp_path)
    assignment = course.assignment(PS1)
    hand_in(course, assignment, [Pupil("ada", "waits", notebook_with({"derivative": WAITING})(assignment), 8.0)])
    with subprocess.Popen([BIN / "gd", "grade", PS1], cwd=tmp_path, stdout=subprocess.DEVNULL) as command:
        until(lambda: any(STARTED in command_line(process) for process in below(command.pid)))
        family = below(command.pid)
        assert len(family) > 6, (
            "the worker, two parents, the examiner, the warden, the keeper, the student and its child"
        )
        command.kill()
    until(lambda: all(map(gone, family)))
    assert not list(Path(tmp_path, "autograded").rglob("*.ipynb"))
