"""On macOS and Windows all works that can, and the rest says that it cannot: seen on a Linux without what they lack."""

import json
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from .conftest import BIN, ROOT, submit

NAME = "ps1-autograd"

INSIDE = {"gdhelpers.kernels.child"} | {
    f"gdhelpers.sandbox.{name}" for name in ("keeper", "limits", "mounts", "warden")
}
"""What runs inside of a sandbox alone."""


@pytest.fixture
def course(course_copy):
    course = course_copy()
    submit(course, NAME, "ada", ROOT / "source" / NAME / "autograd.ipynb")
    return course.root


@pytest.fixture
def macos(tmp_path):
    """The folder of the commands of a Python that lacks what macOS lacks, in all its processes."""
    folder = tmp_path / "macos"
    venv.create(folder, symlinks=True)
    packages = Path(sysconfig.get_path("purelib", vars={"base": str(folder)}))
    (packages / "elsewhere.pth").write_text(f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n")
    (packages / "sitecustomize.py").write_text(
        f"import sys\nsys.path.append({str(ROOT)!r})\nfrom tests.other_system import become_macos\nbecome_macos()\n"
    )
    (folder / "share").symlink_to(Path(sys.prefix, "share"))
    for command in ("alembic", "jupyter", "nbgrader"):
        (folder / "bin" / command).symlink_to(BIN / command)
    return folder / "bin"


def gd(bin_folder, *words, cwd):
    command = [bin_folder / "python", "-m", "gdhelpers.cli", *words]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, timeout=300)


def test_macos_grades_with_the_layers_that_are_there_after_one_named_consent(macos, course):
    refused = gd(macos, "grade", NAME, cwd=course)
    assert refused.returncode == 3
    assert "namespaces (only Linux has it); landlock (only Linux has it)" in refused.stderr
    consent = "c.Examiner.do_without = ['landlock', 'namespaces', 'seccomp']"
    assert consent in refused.stderr
    with (course / "nbgrader_config.py").open("a") as config:
        config.write(f"\n{consent}\n")
    graded = gd(macos, "grade", NAME, cwd=course)
    assert "10 / 10" in graded.stdout, graded.stdout + graded.stderr
    (receipt,) = course.rglob("*.receipt.json")
    assert json.loads(receipt.read_text())["profile"] == "ordinary"
    assert "1 of 1 receipts hold." in gd(macos, "verify", str(receipt), cwd=course).stdout


def test_doctor_and_release_work_on_macos(macos, course):
    found = gd(macos, "doctor", cwd=course).stdout
    assert "a slope by TensorFlow: a slope, as it should be" in found
    assert "Only Linux can refuse all of this" in found
    assert "Please report it" not in found
    done = gd(macos, "release", NAME, "--course", ".", cwd=course)
    assert "1 assignments released" in done.stdout, done.stderr


def test_on_windows_all_but_grading_works(course):
    commands = {
        "release": ["release", "--course", str(course)],
        "check": ["release", "--check", "--course", str(course)],
        "kit": ["kit", "--out", str(course / "kit.zip"), "--course", str(course)],
        "report": ["report", NAME, "--course", str(course)],
        "lab": ["lab", "--course", str(course), "--", "--version"],
        "doctor": ["doctor"],
        "grade": ["grade", NAME, "--course", str(course)],
        "demo": ["demo", "--out", str(course / "demo")],
    }
    command = [sys.executable, "-m", "tests.other_system", *map(json.dumps, commands.values())]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=300)
    *lines, left_out = map(json.loads, done.stdout.splitlines())
    found = dict(zip(commands, lines, strict=True))
    assert set(left_out) == INSIDE
    assert found["release"] == [0, found["release"][1]], found["release"]
    assert "were not graded first: this system cannot" in found["release"][1]
    assert found["check"][0] == found["kit"][0] == found["lab"][0] == 0, found
    assert found["report"] == [2, f"gd: Nothing of {NAME} is graded yet. Run: gd grade {NAME} --course {course}\n"]
    for name in ("grade", "demo"):
        code, said = found[name]
        assert code == 3, said
        assert said.startswith("gd: Submissions cannot be graded here: Windows lacks"), said
        assert "WSL" in said
    assert "[miss] grading: not on this system" in found["doctor"][1]
    assert not (course / "demo").exists()
