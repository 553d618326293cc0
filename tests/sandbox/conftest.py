"""Sandboxes for tests, started by root and by an ordinary user."""

import os
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL, PIPE

import pytest

from gdhelpers.sandbox import LAYERS, Limits, Policy, chroot, missing
from gdhelpers.sandbox.vessel import Vessel
from gdhelpers.sandbox.view import view

ORDINARY = 1234  # No account is needed.

_MAIN = """
from gdhelpers.sandbox.vessel import main
from tests.sandbox.user import become
become({user})
main()
"""
SYSTEM = ("/bin", "/lib", "/lib64", "/usr")


@dataclass(frozen=True)
class Place:
    """Folders of a sandbox, and the user that starts it."""

    folder: Path
    user: int

    def policy(self, layers=LAYERS, readable=(), hidden=(), **limits):
        run, work = str(self.folder / "run"), str(self.folder / "work")
        root = str(self.folder) if "chroot" in layers else ""
        if root and not (self.folder / "dev").exists():
            # What the tasks need of the system was imported before.
            chroot.build(self.folder, view(readable, hidden))
        return Policy(run, work, (*SYSTEM, *readable), tuple(hidden), tuple(layers), Limits(**limits), root)

    def vessel(self, policy, task, *arguments, **popen):
        if ":" not in task:
            task = f"tests.sandbox.tasks:{task}"
        popen = {"stdin": DEVNULL, "stdout": PIPE, "stderr": PIPE, "text": True} | popen
        return Vessel(policy, task, *arguments, program=_MAIN.format(user=self.user), **popen)

    def output(self, policy, task, *arguments, timeout=30):
        """Return what a task printed, when it ended as it should."""
        with self.vessel(policy, task, *arguments) as vessel:
            first = vessel.reply()
            assert "pid" in first, first
            output, errors = vessel.process.communicate(timeout=timeout)
            assert vessel.reply() == {"status": 0}, errors
            return output


def users():
    """Return the users as which tests can start a sandbox."""
    return (0, ORDINARY) if os.geteuid() == 0 else (os.geteuid(),)


@pytest.fixture(params=users(), ids=lambda user: "root" if user == 0 else "ordinary")
def place(request):
    with _place(request.param) as made:
        yield made


@pytest.fixture
def place_of_root():
    with _place(0) as made:
        yield made


@contextmanager
def _place(user):
    # The folder of pytest is closed to other users.
    folder = Path(tempfile.mkdtemp()).resolve()
    for name in ("run", "work", "shown"):
        (folder / name).mkdir()
    for path in (folder, *folder.iterdir()):
        path.chmod(0o755)
        os.chown(path, user, user)
    yield Place(folder, user)
    shutil.rmtree(folder)


@pytest.fixture(scope="session", autouse=True)
def _layers():
    lacking = missing()
    if lacking:
        pytest.skip(f"this system lacks layers of the sandbox: {lacking}")
