"""Machines that are less kind than the one on which this was written: each grades, or says in a sentence why not."""

import os
import re
import shlex
import stat
import subprocess

import pytest

from .conftest import BIN, ROOT, submit

NAME = "ps1-autograd"
STUDENT = "Ådä 李"
GD = BIN / "gd"

mounts = pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a full disk")


@pytest.fixture
def course(course_copy):
    course = course_copy()
    submit(course, NAME, STUDENT, ROOT / "source" / NAME / "autograd.ipynb")
    return course.root


def on(machine, *command, cwd, without=(), **environment):
    """Run a command after what a line of shell does to the machine; what is mounted is seen by this command alone."""
    line = f"{machine}; exec {shlex.join(map(str, command))}"
    shell = ["unshare", "--mount", "sh", "-c", line] if "mount" in machine else ["sh", "-c", line]
    kept = {name: value for name, value in os.environ.items() if name not in without}
    return subprocess.run(
        shell, cwd=cwd, env=kept | environment, capture_output=True, encoding="latin-1", check=False, timeout=300
    )


def is_graded(done):
    return done.returncode == 0 and "10 / 10" in done.stdout


@pytest.mark.parametrize("umask", ["027", "077"])
def test_whatever_the_umask_is_submissions_are_graded_and_grades_stay_closed(course, umask):
    done = on(f"umask {umask}", GD, "grade", NAME, cwd=course)
    assert is_graded(done), done.stdout + done.stderr
    closed = 0o007 if umask == "027" else 0o077
    for path in (course / "gradebook.db", course / "autograded" / STUDENT):
        assert not stat.S_IMODE(path.stat().st_mode) & closed, path


def test_doctor_finds_the_sandbox_as_it_is_under_another_umask(tmp_path):
    done = on("umask 077", GD, "doctor", cwd=tmp_path)
    assert "All is in place." in done.stdout, done.stdout


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_what_a_terminal_cannot_show_is_replaced(course, encoding):
    environment = {"PYTHONIOENCODING": encoding, "LC_ALL": "C"}
    assert is_graded(done := on("true", GD, "grade", NAME, cwd=course, **environment)), done.stderr
    for command in (["report", NAME], ["grade", NAME, "--regrade"], ["--help"]):
        done = on("true", GD, *command, cwd=course, **environment)
        assert done.returncode == 0, done.stderr
        assert "defect" not in done.stderr


def test_a_home_is_not_needed(course):
    assert is_graded(done := on("true", GD, "grade", NAME, cwd=course, without=("HOME",))), done.stderr


@mounts
def test_nothing_has_to_be_run_from_the_folders_for_temporary_files(course):
    noexec = "for place in /tmp /var/tmp; do mount -t tmpfs -o noexec none $place; done"
    # The course itself lies below /tmp.
    done = on(f"mount --bind . /mnt; {noexec}", GD, "grade", NAME, "--course", "/mnt", cwd=course)
    assert is_graded(done), done.stdout + done.stderr


FULL = "for p in /tmp /var/tmp; do mount -t tmpfs -o size=64k none $p; head -c 64k /dev/zero >$p/full; done 2>/dev/null"


@mounts
def test_a_full_disk_is_named_and_another_may_be_taken(course):
    done = on(f"mount --bind . /mnt; {FULL}", GD, "grade", NAME, "--course", "/mnt", cwd=course)
    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    assert re.search(r"gd: The sandbox cannot be tried: .*'/tmp", done.stderr), done.stderr
    assert "Make room there, or have TMPDIR name a folder on another disk." in done.stderr
    done = on(f"mount --bind . /mnt; {FULL}; umount /tmp", GD, "grade", NAME, "--course", "/mnt", cwd=course)
    assert done.returncode == 3
    assert "gd: Nothing was graded. The files of a submission cannot be put into /var/tmp/" in done.stderr
    assert "No space left on device. Make room there, or have TMPDIR name" in done.stderr
    other = f"mount --bind . /mnt; mkdir -p /mnt/other; {FULL}"
    done = on(other, GD, "grade", NAME, "--course", "/mnt", cwd=course, TMPDIR="/mnt/other")
    assert is_graded(done), done.stdout + done.stderr


@mounts
def test_a_repository_that_may_not_be_written_to_grades_what_lies_elsewhere(course):
    closed = shlex.quote(str(ROOT))
    read_only = f"mount --bind {closed} {closed}; mount -o remount,ro,bind {closed}"
    assert is_graded(done := on(read_only, GD, "grade", NAME, cwd=course)), done.stderr
    # Only now is the folder that the shell stands in the one that may not be written to.
    done = on(f"{read_only}; cd {closed}", GD, "demo", "--students", "1", cwd=course)
    assert done.returncode == 2
    assert f"gd: {ROOT}/demo cannot be made: Read-only file system. Name another folder with --out." in done.stderr
    done = on(f"{read_only}; cd {closed}", GD, "kit", cwd=course)
    assert (done.returncode, "defect" in done.stderr) == (3, False)
    assert "Read-only file system." in done.stderr
