"""The sandbox holds what it promises, and what is tried succeeds where there is no sandbox."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gdhelpers.sandbox import LAYERS, missing
from gdhelpers.sandbox.attempts import ATTEMPTS
from gdhelpers.sandbox.trial import ALL, PROMISES, trials
from tests.sandbox.conftest import ORDINARY

CHECKOUT = Path(__file__).parents[2]
_TRIALS = """
import json
from dataclasses import astuple
from gdhelpers.sandbox.trial import trials
print(json.dumps([astuple(trial) for trial in trials()]))
"""
# The same attempts without a single layer.
_CONTROL = """
import gdhelpers.sandbox.trial as trial, json
from dataclasses import astuple
trial.PROMISES = {"none": tuple(trial.ATTEMPTS)}
with trial.tempfile.TemporaryDirectory() as folder, trial._targets(trial.Path(folder).resolve()) as targets:
    policy = trial._policy(targets, ())
    print(json.dumps([astuple(each) for each in trial._attempts("none", policy, list(trial.ATTEMPTS), targets, {})]))
"""


def _ordinary(program):
    """Run a program with a Python that an ordinary user may start; the sandbox needs nothing but Python."""
    reachable = [path for path in (os.path.realpath(sys.executable), "/usr/bin/python3") if _reachable(Path(path))]
    if not reachable:
        pytest.skip("an ordinary user may start no Python here")
    environment = {"PYTHONPATH": str(CHECKOUT), "PYTHONDONTWRITEBYTECODE": "1", "PATH": "/usr/bin:/bin"}
    user = {"user": ORDINARY, "group": ORDINARY, "extra_groups": []} if os.geteuid() == 0 else {}
    command = [reachable[0], "-c", program]
    process = subprocess.Popen(
        command, env=environment, cwd="/", stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **user
    )
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    return json.loads(output)


def _reachable(program):
    return program.exists() and all(folder.stat().st_mode & 0o001 for folder in (program, *program.parents))


def _expected():
    ends = [f"cannot outlive {what}" for what in ("the notebook", "its warden", "the autograder")]
    promised = [(layer, f"cannot {what}") for layer in (*LAYERS, ALL) for what in PROMISES[layer]]
    return {*promised, *((layer, end) for layer in ("namespaces", ALL) for end in ends)}


def test_nothing_is_missing_here():
    assert missing() == {}


def test_every_promise_holds():
    tried = list(trials())
    assert [trial for trial in tried if not trial.holds] == []
    assert {(trial.layer, trial.what) for trial in tried} == _expected()


def test_every_promise_holds_for_an_ordinary_user():
    tried = _ordinary(_TRIALS)
    assert [trial for trial in tried if not trial[2]] == []
    assert {(layer, what) for layer, what, _, _ in tried} == _expected()


def test_every_attempt_succeeds_without_a_sandbox():
    # Unprivileged users may not mount anyway, and no process here gains privileges by a program.
    impossible = {"cannot mount", "cannot gain privileges"}
    held = {what for _, what, holds, _ in _ordinary(_CONTROL) if holds}
    assert held == impossible
    assert {what.removeprefix("cannot ") for what in impossible} < set(ATTEMPTS)


@pytest.mark.skipif(shutil.which("id") is None, reason="there is no program to make setuid")
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a setuid program")
def test_a_setuid_program_would_work_outside(tmp_path):
    from gdhelpers.sandbox.trial import _setuid_program

    tmp_path.chmod(0o755)
    for folder in (tmp_path, *tmp_path.parents):
        if not folder.stat().st_mode & 0o001:
            pytest.skip(f"{folder} is closed to other users")
    program = _setuid_program(tmp_path)
    user = subprocess.check_output([program, "-u"], text=True, user=ORDINARY)
    assert user.strip() == "0"
