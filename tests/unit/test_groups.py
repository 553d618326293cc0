"""Tests that share something slow to set up run on one worker: pytest-xdist once lost that, without a word."""

import subprocess
import sys

PROGRAM = """
import os
import pytest

@pytest.fixture(scope="module", params=[pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in "ab"])
def shared(request):
    return request.param

@pytest.mark.parametrize("number", range(6))
def test_shared(shared, number):
    print(f"{shared} on {os.environ['PYTEST_XDIST_WORKER']}")
"""


def test_what_is_marked_as_a_group_stays_on_one_worker(tmp_path):
    (tmp_path / "test_program.py").write_text(PROGRAM, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-n2", "--dist=loadgroup", "-rP", "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    ran = [line for line in done.stdout.splitlines() if " on gw" in line]
    assert len(ran) == 12
    assert len(set(ran)) == 2, set(ran)
