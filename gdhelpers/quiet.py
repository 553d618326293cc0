"""Importing TensorFlow without its start-up messages.

TensorFlow writes to file descriptor 2 while it is imported and once more on its first operation. In a notebook that is
clutter; under nbgrader it is worse, because text on stderr in a test cell counts as a failed test.

>>> with quietly():
...     import numpy
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quietly() -> Iterator[None]:
    """Send file descriptor 2 to nowhere for a while, and tell TensorFlow to keep its log to errors from now on."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        sys.stderr.flush()
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def show_stderr_as_output() -> None:
    """Show what the notebook writes to stderr from now on, such as warnings, as ordinary output.

    nbgrader takes any text on stderr in a test cell for a failed test; a warning is not a wrong answer, and neither is
    what `tf.print` shows. Not all of it goes through `sys.stderr`. What is written in C++ uses file descriptor 2, which
    the kernel reads; and loggers keep the stream that they found, so that this one gets the name of the other.
    """
    if type(sys.stderr).__module__ == "ipykernel.iostream":
        os.dup2(1, 2)
        sys.stderr.name = sys.stdout.name  # type: ignore[misc]
    sys.stderr = sys.stdout
