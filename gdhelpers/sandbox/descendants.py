"""Ending all that a process has started or that an account runs, where no namespace does it."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path

from gdhelpers.sandbox.syscall import prctl
from gdhelpers.system import LINUX

_PR_SET_CHILD_SUBREAPER = 36


def adopt() -> None:
    """Become the parent of all descendants whose parents end."""
    if LINUX:
        prctl(_PR_SET_CHILD_SUBREAPER, 1)


def end(group: int | None, account: int | None = None) -> None:
    """Kill all descendants of the calling process, or all processes of an account.

    Where neither can be found, the process group is all that there is to kill.
    """
    if group is not None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)
    refused: set[int] = set()
    while LINUX and (living := (descendants() if account is None else of(account)) - refused):
        # Those that were stopped start no others while the rest is looked for.
        for number in (signal.SIGSTOP, signal.SIGKILL):
            refused |= {pid for pid in living if not _send(pid, number)}
        reap()
    reap()


def _send(pid: int, number: int) -> bool:
    """Send a signal, and return whether that is allowed."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return True


def reap() -> dict[int, int]:
    """Return how the children that have ended did so: an exit code, or minus a signal."""
    ended: dict[int, int] = {}
    with suppress(ChildProcessError):
        while (found := os.waitpid(-1, os.WNOHANG))[0]:
            ended[found[0]] = os.waitstatus_to_exitcode(found[1])
    return ended


def stat(pid: int) -> list[str]:
    """Return what Linux tells of a process behind its name, from its state on; raises `OSError` where it has gone."""
    # The name of the program may hold spaces and parentheses.
    return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()


def of(account: int) -> set[int]:
    """Return the processes of an account that have not ended."""
    found = set()
    for process in Path("/proc").iterdir():
        if process.name.isdecimal():
            with suppress(OSError):
                # The owner of the folder is root when a process has closed itself to others; this line stays.
                status = (process / "status").read_text(errors="replace")
                users = next(line.split()[1:] for line in status.splitlines() if line.startswith("Uid:"))
                if str(account) in users and stat(int(process.name))[0] not in "ZX":
                    found.add(int(process.name))
    return found


def descendants() -> set[int]:
    """Return the processes below the calling one that have not ended."""
    parents: dict[int, int] = {}
    ended = set()
    for process in Path("/proc").iterdir():
        if process.name.isdecimal():
            with suppress(OSError):
                state, parent = stat(int(process.name))[:2]
                parents[int(process.name)] = int(parent)
                if state in "ZX":
                    ended.add(int(process.name))
    below = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in below} - below:
        below |= more
    return below - ended - {os.getpid()}
