"""The sandbox holds what it promises, and what is tried succeeds where there is no sandbox."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from gdhelpers.sandbox import PROFILES, missing, profile
from gdhelpers.sandbox.attempts import ATTEMPTS
from gdhelpers.sandbox.trial import ALL, PROMISES, TOGETHER, _setuid_program, trials
from tests.sandbox.conftest import ORDINARY, users

_TRIALS = """
import json
from dataclasses import astuple
from gdhelpers.sandbox.trial import trials
print(json.dumps([astuple(trial) for trial in trials()]))
"""
_PROFILE = """
import json
from dataclasses import astuple
from gdhelpers.sandbox import missing, profile
from gdhelpers.sandbox.trial import trials
print(json.dumps([profile(), missing(), [astuple(trial) for trial in trials()]]))
"""
# The same attempts without a single layer.
_CONTROL = """
import gdhelpers.sandbox.trial as trial, json
from dataclasses import astuple
with trial.tempfile.TemporaryDirectory() as folder, trial._targets(trial.Path(folder).resolve()) as targets:
    policy = trial._policy(targets, ())
    print(json.dumps([astuple(each) for each in trial._attempts("none", policy, list(trial.ATTEMPTS), targets, {})]))
"""


MACHINES = [
    *([("container", 0, "container"), ("no-user-namespaces", 0, "privileged")] if os.geteuid() == 0 else []),
    ("container", users()[-1], "ordinary"),
    ("no-user-namespaces", users()[-1], "ordinary"),
]
"""What is refused, who calls, and the profile that is there all the same."""


def _ordinary(program):
    """Run a program as an ordinary user, and return what it printed."""
    user = ORDINARY if os.geteuid() == 0 else os.geteuid()
    become = f"from tests.sandbox.user import become; become({user})\n"
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
    output = subprocess.check_output([sys.executable, "-c", become + program], env=environment, text=True, timeout=60)
    return json.loads(output)


def _expected(name="namespaces"):
    ends = [f"cannot outlive {what}" for what in ("the notebook", "its warden", "the autograder")]
    promised = {layer: PROMISES[layer] for layer in PROFILES[name]} | {ALL: TOGETHER[name]}
    ending = {"namespaces", "account", ALL} & set(promised)
    return {(layer, f"cannot {what}") for layer, each in promised.items() for what in each} | {
        (layer, end) for layer in ending for end in ends
    }


def test_nothing_is_missing_here():
    assert missing() == {}
    assert profile() == "namespaces"


@pytest.mark.parametrize(("kind", "user", "name"), MACHINES)
def test_every_promise_of_a_profile_holds_on_its_machine(kind, user, name):
    command = [sys.executable, "-m", "tests.sandbox.container", "--kind", kind, "--user", str(user)]
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
    output = subprocess.check_output([*command, sys.executable, "-c", _PROFILE], env=environment, text=True, timeout=60)
    found, lacking, tried = json.loads(output)
    assert found == name
    # What is refused without consent is what is really weaker, and only that.
    assert list(lacking) == (["namespaces"] if name == "ordinary" else [])
    assert [trial for trial in tried if not trial[2]] == []
    assert {(layer, what) for layer, what, _, _ in tried} == _expected(name)


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
def test_a_setuid_program_would_work_outside():
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        program = _setuid_program(Path(folder))
        assert subprocess.check_output([program, "-u"], text=True, user=ORDINARY).strip() == "0"
