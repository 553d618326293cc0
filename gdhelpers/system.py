"""What `gd` needs of the operating system beyond what Python brings everywhere; no other module asks which one it is.

- `TO_GRADE`, on Linux and macOS: a process for each submission, forked from one that has imported both frameworks. On
  Windows nothing is graded, and `gd` says so; all else works.
- Namespaces, Landlock and seccomp, on Linux: layers of `gdhelpers.sandbox`. On macOS they have to be given up by name.
- `prctl`, `pidfd_open` and `/proc`, on Linux: ending whatever a submission started, and limits on how much that may be.
  On macOS a process that left its group stays.
- `madvise`, `memfd_create` and control groups, on Linux: speed, and how many workers there should be.
"""

from __future__ import annotations

import importlib
import sys

from gdhelpers.trouble import Trouble

LINUX = sys.platform.startswith("linux")

TO_GRADE = (
    "fcntl.flock", "os.fork", "os.killpg", "os.openpty", "os.setsid", "resource.setrlimit", "signal.SIGKILL",
    "socket.AF_UNIX", "socket.recv_fds", "socket.send_fds",
)  # fmt: skip
"""Without these no submission is examined; Linux and macOS have them."""

NO_GRADING = (
    "Submissions cannot be graded here: Windows lacks what keeps them apart ({}). Everything else works. To grade, "
    "use Linux: on Windows, install WSL (wsl --install) or use a container. See docs/machines.md."
)


def lacking() -> tuple[str, ...]:
    """Return what of `TO_GRADE` is not there."""
    return tuple(name for name in TO_GRADE if not _is_there(*name.split(".")))


def demand_grading() -> None:
    """Raise `Trouble` where no submission can be examined."""
    if names := lacking():
        raise Trouble(NO_GRADING.format(", ".join(names)))


def _is_there(module: str, name: str) -> bool:
    try:
        return hasattr(importlib.import_module(module), name)
    except ImportError:
        return False
