"""Whatever the umask is, submissions are graded: folders and sockets get the modes that they need, and no more."""

import shlex
import stat
import subprocess

import pytest

from .conftest import BIN, ROOT, submit

NAME = "ps1-autograd"


def under(umask, *command, cwd):
    line = f"umask {umask}; exec {shlex.join(map(str, command))}"
    return subprocess.run(["sh", "-c", line], cwd=cwd, capture_output=True, text=True, check=False, timeout=300)


@pytest.mark.parametrize("umask", ["027", "077"])
def test_a_right_answer_gets_its_points(course_copy, umask):
    course = course_copy()
    submit(course, NAME, "ada", ROOT / "source" / NAME / "autograd.ipynb")
    done = under(umask, BIN / "gd", "grade", NAME, cwd=course.root)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "10 / 10" in done.stdout
    closed = 0o007 if umask == "027" else 0o077
    for path in (course.root / "gradebook.db", course.root / "autograded" / "ada"):
        assert not stat.S_IMODE(path.stat().st_mode) & closed, path


def test_doctor_finds_the_sandbox_as_it_is(tmp_path):
    done = under("077", BIN / "gd", "doctor", cwd=tmp_path)
    assert "All is in place." in done.stdout, done.stdout
