"""A class is graded by workers of a Dask cluster that see nothing of the course directory, even when one is lost."""

import os
import socket
import subprocess
from contextlib import ExitStack

import psutil
import pytest
from distributed import Client

from gdhelpers.autograder.course import Course
from gdhelpers.autograder.demonstration import hand_in, made_up_class
from gdhelpers.autograder.grading import grade
from gdhelpers.autograder.workers import Cluster, Refused

from ..attacks.attack import PS1
from .conftest import BIN, until

SIZE = 8
WATCHED = """
import sys
def hear(event, arguments):
    if event in ("open", "os.listdir", "os.scandir") and str(arguments[0]).startswith({course!r}):
        raise PermissionError(f"a worker looked at {{arguments[0]}}")
sys.addaudithook(hear)
"""
OTHER = """
from gdhelpers.autograder import installation
found = installation.described() | {"torch": "1.0"}
installation.described = lambda: found
# Found again by its name where a function comes from elsewhere.
installation.described.__module__ = "gdhelpers.autograder.installation"
installation.described.__qualname__ = "described"
"""


class Reporter:
    def __init__(self, at=None, do=None):
        self.done, self._at, self._do = 0, at, do

    def begin(self, _, total):
        self.total = total

    def advance(self, _, *, kept=False):
        assert not kept
        self.done += 1
        if self.done == self._at:
            self._do()


@pytest.fixture
def cluster(tmp_path_factory):
    """Start a scheduler, and workers as they are asked for."""
    with ExitStack() as stack:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            address = f"tcp://127.0.0.1:{free.getsockname()[1]}"

        def start(*command):
            folder = tmp_path_factory.mktemp("machine")
            output = stack.enter_context((folder / "log").open("w"))
            process = subprocess.Popen([BIN / "dask", *command], cwd=folder, stdout=output, stderr=output)
            stack.callback(process.wait)
            stack.callback(end, process)
            return process

        def worker(name, preload=""):
            script = tmp_path_factory.mktemp("preload") / "preload.py"
            script.write_text(preload)
            options = ("--nworkers", "1", "--nthreads", "1", "--no-dashboard", "--host", "127.0.0.1")
            process = start("worker", address, *options, "--name", name, "--preload", script)
            with Client(address, set_as_default=False) as client:
                known = {one["name"] for one in client.scheduler_info(n_workers=-1)["workers"].values()}
                until(lambda: {one["name"] for one in client.scheduler_info(n_workers=-1)["workers"].values()} > known)
            return process

        start("scheduler", "--host", "127.0.0.1", "--port", address.rpartition(":")[2], "--no-dashboard")
        until(lambda: answers(address))
        yield address, worker


def answers(address):
    host, port = address.removeprefix("tcp://").split(":")
    with socket.socket() as probe:
        return probe.connect_ex((host, int(port))) == 0


def end(process):
    """Kill a process and all below it, as when a machine is lost."""
    try:
        family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
    except psutil.NoSuchProcess:
        return
    for one in family:
        try:
            one.kill()
        except psutil.NoSuchProcess:
            continue


def made(folder):
    course = Course(folder)
    assignment = course.assignment(PS1)
    pupils = made_up_class(assignment, SIZE)
    hand_in(course, assignment, pupils)
    return course, {pupil.name: pupil.score for pupil in pupils}


def test_a_class_is_graded_right_though_a_worker_is_lost(tmp_path, cluster):
    address, worker = cluster
    course, expected = made(tmp_path)
    watched = WATCHED.format(course=os.fspath(tmp_path))
    lost, _ = worker("one", watched), worker("two", watched)
    reporter = Reporter(at=2, do=lambda: end(lost))
    found = grade(course, PS1, workers=Cluster(address), reporter=reporter)
    assert {one.student: (one.score, one.message) for one in found.records if one.status != "broken"} == {
        name: (score, "") for name, score in expected.items() if name in graded(found)
    }
    assert {one.student: one.score for one in found.records} == expected
    assert len(list(tmp_path.rglob("*.receipt.json"))) == SIZE


def graded(found):
    return {one.student for one in found.records if one.status == "graded"}


def test_a_worker_with_another_installation_is_refused_by_name(tmp_path, cluster):
    address, worker = cluster
    course, _ = made(tmp_path)
    worker("odd", OTHER)
    with pytest.raises(Refused, match=r"The worker tcp://127.0.0.1:\d+ might give other scores: torch is 1.0 there"):
        grade(course, PS1, workers=Cluster(address), reporter=Reporter())
    assert not list(tmp_path.rglob("*.receipt.json"))


def test_a_worker_with_another_python_is_refused_by_name(tmp_path, cluster):
    address, worker = cluster
    course, _ = made(tmp_path)
    worker("odd", "import platform\nplatform.python_version = lambda: '3.12.99'\n")
    with pytest.raises(Refused, match=r"might give other scores: python is 3\.12\.99 there and 3\.1\d"):
        grade(course, PS1, workers=Cluster(address), reporter=Reporter())


def test_a_worker_that_joins_later_is_looked_at_too(tmp_path, cluster):
    address, worker = cluster
    course, _ = made(tmp_path)
    first = worker("one")

    def exchange():
        worker("odd", OTHER)
        end(first)

    with pytest.raises(Refused, match=r"torch is 1\.0 there"):
        grade(course, PS1, workers=Cluster(address), reporter=Reporter(at=1, do=exchange))


def test_a_scheduler_without_workers_and_none_at_all_are_said(tmp_path, cluster):
    address, _ = cluster
    course, _ = made(tmp_path)
    with pytest.raises(Refused, match="has no workers"):
        grade(course, PS1, workers=Cluster(address), reporter=Reporter())
    with pytest.raises(Refused, match=r"There is no Dask scheduler at tcp://127\.0\.0\.1:1:"):
        grade(course, PS1, workers=Cluster("tcp://127.0.0.1:1"), reporter=Reporter())
