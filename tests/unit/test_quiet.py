"""A set-up cell keeps stderr free of what is no error: nbgrader takes each word on it for a failed test."""

import os

import pytest
from jupyter_client.manager import start_new_kernel

SETUP = """
import logging, os, subprocess, sys, warnings
logger = logging.getLogger("a library, imported first")
logger.addHandler(logging.StreamHandler(sys.stderr))

from gdhelpers.quiet import show_stderr_as_output
show_stderr_as_output()
"""

WRITERS = {
    "print": "print('print', file=sys.stderr)",
    "warning": "warnings.warn('warning')",
    "logger": "logger.warning('logger')",
    "descriptor": "os.write(2, b'descriptor')",
    "process": "subprocess.run([sys.executable, '-c', 'import os; os.write(2, b\"process\")'])",
    "original": "sys.__stderr__.write('original'); sys.__stderr__.flush()",
}


@pytest.fixture(scope="module")
def kernel():
    # A kernel that knows itself in a test leaves descriptor 2 alone; a student's does not.
    env = {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}
    manager, client = start_new_kernel(env=env)
    for _ in range(2):  # a student may run the set-up cell again
        assert client.execute_interactive(SETUP, timeout=60)["content"]["status"] == "ok"
    yield client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


@pytest.mark.parametrize("word", WRITERS)
def test_what_is_written_to_stderr_is_shown_as_ordinary_output(kernel, word):
    cell = kernel.execute(WRITERS[word])
    while True:
        message = kernel.get_iopub_msg(timeout=60)
        if message["msg_type"] == "stream" and word in message["content"]["text"]:
            break
    assert message["content"]["name"] == "stdout"
    assert message["parent_header"]["msg_id"] == cell or word == "logger", "under the cell that wrote it"
