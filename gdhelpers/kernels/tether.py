"""What a process is called, and its tie to the life of the one that started it."""

from __future__ import annotations

import ctypes
import signal

from gdhelpers.system import LINUX

_PR_SET_PDEATHSIG, _PR_SET_NAME = 1, 15


def end_with_parent() -> None:
    """Have the calling process killed when its parent ends, however that ends; on Linux only.

    To Linux a parent is the thread that started the process: it has to be one that stays. Elsewhere processes end when
    the sockets between them are closed, which a busy one notices late.
    """
    if LINUX:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def call_itself(name: str) -> None:
    """Give the calling process a name of up to 15 bytes, by which `ps` and `top` show it; on Linux only."""
    if LINUX:
        ctypes.CDLL(None).prctl(_PR_SET_NAME, name.encode())
