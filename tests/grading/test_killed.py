"""Whatever is killed while a class is graded: nothing is left running, nothing is lost and nothing is graded twice."""

import json
import random
import subprocess
from contextlib import suppress
from functools import partial
from pathlib import Path

import psutil
import pytest
from nbgrader.api import Gradebook

from gdhelpers.autograder.course import Course
from gdhelpers.autograder.demonstration import Pupil, hand_in, made_up_class

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


def test_kill_9_of_the_command_ends_parents_examiners_and_students(tmp_path):
    course = Course(tmp_path)
    assignment = course.assignment(PS1)
    hand_in(course, assignment, [Pupil("ada", "waits", notebook_with({"derivative": WAITING})(assignment), 8.0)])
    with subprocess.Popen([BIN / "gd", "grade", PS1], cwd=tmp_path, stdout=subprocess.DEVNULL) as command:
        until(lambda: any(STARTED in command_line(process) for process in below(command.pid)))
        family = below(command.pid)
        assert len(family) >= 7, "two parents, the examiner, the warden, the keeper, the student and its child"
        command.kill()
    until(lambda: all(map(gone, family)))
    assert not list(Path(tmp_path, "autograded").rglob("*.ipynb"))


SIZE = 12


@pytest.fixture
def class_of_twelve(tmp_path):
    """A class, and the scores that it deserves."""
    course = Course(tmp_path)
    assignment = course.assignment(PS1)
    pupils = made_up_class(assignment, SIZE)
    hand_in(course, assignment, pupils)
    return course, {pupil.name: pupil.score for pupil in pupils}


def receipts(course):
    return {path: path.stat().st_mtime_ns for path in course.root.rglob("*.receipt.json")}


def has_written(course, wanted):
    return len(receipts(course)) >= wanted


def scores(course):
    return {
        document["student"]: document["score"] for document in map(json.loads, map(Path.read_text, receipts(course)))
    }


def scores_in_the_gradebook(course):
    with Gradebook(course.db_url, course.course_id) as book:
        return {one.student.id: one.score for one in book.assignment_submissions(PS1)}


def test_a_class_that_is_killed_three_times_is_finished_and_nobody_is_graded_twice(class_of_twelve):
    course, expected = class_of_twelve
    command = [BIN / "gd", "grade", PS1, "--workers", "2"]
    written = {}
    for _ in range(3):
        with subprocess.Popen(command, cwd=course.root, stdout=subprocess.DEVNULL) as process:
            wanted = min(len(written) + 2, SIZE)
            until(partial(has_written, course, wanted))
            process.kill()
        now = receipts(course)
        assert written.items() <= now.items(), "what was written is not written again"
        written = now
    subprocess.run(command, cwd=course.root, stdout=subprocess.DEVNULL, check=True, timeout=600)
    assert written.items() <= receipts(course).items()
    assert scores(course) == expected == scores_in_the_gradebook(course)


@pytest.mark.parametrize("victim", ["parent", "branch", "any"])
def test_a_process_that_is_killed_costs_nobody_a_point(class_of_twelve, victim):
    course, expected = class_of_twelve
    draw = random.Random(victim)  # noqa: S311 - nothing secret is drawn
    command = [BIN / "gd", "grade", PS1, "--workers", "2"]
    with subprocess.Popen(command, cwd=course.root, stdout=subprocess.DEVNULL) as process:
        for at in (1, 5, 9):  # so far apart that no submission meets three of them, which would be its last
            until(lambda at=at: len(receipts(course)) >= at or process.poll() is not None)
            kill_one(process.pid, victim, draw)
        assert process.wait(600) == 0
    assert scores(course) == expected == scores_in_the_gradebook(course)


def kill_one(command, victim, draw):
    """Kill the parent of kernels, that of examiners, or anything that is there."""
    with suppress(psutil.NoSuchProcess):  # it ended by itself meanwhile
        found = below(command)
        parents = [one for one in found if one.ppid() == command]
        if victim == "branch":
            parents = [child for parent in parents for child in parent.children() if has_children(child)]
        for one in draw.sample(found, 1) if victim == "any" and found else parents[:1]:
            one.kill()


def has_children(process):
    try:
        return bool(process.children())
    except psutil.NoSuchProcess:
        return False
