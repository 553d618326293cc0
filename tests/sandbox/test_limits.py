"""The limits that the kernel keeps are of what a student's process takes itself."""

import subprocess
import sys

import pytest

SCRIPT = """
import sys
from gdhelpers.sandbox.limits import limit
from gdhelpers.sandbox.policy import Limits

before, more = (int(mebibytes) << 20 for mebibytes in sys.argv[1:])
imported = bytearray(before)  # stands for libraries
limit(Limits(memory=200 << 20), 0, True)
taken = bytearray(more)
"""


@pytest.mark.parametrize("before", [1, 600])
def test_what_was_imported_before_does_not_count(before):
    def takes(more):
        command = [sys.executable, "-c", SCRIPT, str(before), str(more)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    assert takes(150).returncode == 0
    refused = takes(250)
    assert "MemoryError" in refused.stderr
