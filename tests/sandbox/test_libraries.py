"""The course's libraries work in a sandbox, imported there or before it was entered."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from gdhelpers.sandbox import LAYERS

CHECKOUT = Path(__file__).parents[2]
COMPUTED = "8 hello\ntemporary\n[1, 2]\n400.0\n400.0\nTrue\n"
PYTHON = (str(Path(sys.base_prefix).resolve()), str(Path(sys.prefix).resolve()), str(CHECKOUT))

# Imports as a zygote does, forks, and enters a sandbox in the fork.
_ZYGOTE = """
import json, os, sys, time
import matplotlib.pyplot, tensorflow, torch
import tests.sandbox.tasks
from tests.sandbox.user import become
from gdhelpers.sandbox import Policy
from gdhelpers.sandbox.warden import enter
control, policy, user = int(sys.argv[1]), Policy.from_json(sys.argv[2]), int(sys.argv[3])
if os.fork() == 0:
    become(user)
    started = time.perf_counter()
    enter(policy, control)
    print(f"entered in {1000 * (time.perf_counter() - started):.1f} ms", file=sys.stderr, flush=True)
    tests.sandbox.tasks.libraries()
    sys.stdout.flush()
    os._exit(0)
os.close(control)
os.wait()
os._exit(0)
"""


@pytest.mark.parametrize("layers", [LAYERS, ("namespaces",)], ids="+".join)
def test_are_imported_inside(place, layers):
    policy = place.policy(layers, [*PYTHON, "/etc"], [str(CHECKOUT / "gdhelpers" / "reference")])
    assert place.output(policy, "libraries", timeout=120) == COMPUTED


def test_are_imported_before_a_fork(place, record_property):
    policy = place.policy(LAYERS, [*PYTHON, "/etc"])
    outer, inner = socket.socketpair()
    with inner:
        command = [sys.executable, "-c", _ZYGOTE, str(inner.fileno()), policy.as_json(), str(place.user)]
        process = subprocess.Popen(
            command, pass_fds=(inner.fileno(),), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
    with outer:
        output, errors = process.communicate(timeout=120)
        assert output == COMPUTED, errors
        assert b'{"status": 0}' in outer.makefile("rb").read()
    line = next(line for line in errors.splitlines() if line.startswith("entered in "))
    record_property("entered", line)
    assert list((place.folder / "work").iterdir()) == []
