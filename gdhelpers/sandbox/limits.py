"""The limits that the kernel keeps for each process."""

from __future__ import annotations

import resource
from pathlib import Path

from gdhelpers.sandbox.policy import Limits
from gdhelpers.system import LINUX


def limit(limits: Limits, uid: int, fresh: bool) -> None:
    """Set the limits of the calling process for good; `fresh` says that a user namespace starts to count anew."""
    wanted = {
        resource.RLIMIT_DATA: limits.memory,
        resource.RLIMIT_FSIZE: limits.file_size,
        resource.RLIMIT_NOFILE: limits.open_files,
        resource.RLIMIT_CPU: limits.cpu,
        resource.RLIMIT_CORE: 0,
    }
    if LINUX:
        # What the libraries take that were imported before is not the student's: builds for CUDA bring a gigabyte.
        mapped, data = _pages()
        wanted[resource.RLIMIT_DATA] += data
        # Shared memory is not counted as data: the address space is the backstop, wide enough for mere reservations.
        wanted[resource.RLIMIT_AS] = mapped + 2 * limits.memory
        wanted[resource.RLIMIT_NPROC] = limits.processes + (0 if fresh else _running(uid))
    for which, value in wanted.items():
        hard = resource.getrlimit(which)[1]
        allowed = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(which, (allowed, allowed))


def _pages() -> tuple[int, int]:
    """Return how many bytes the calling process has mapped, and how many of them are private; see proc_pid_statm(5)."""
    numbers = Path("/proc/self/statm").read_text().split()
    return int(numbers[0]) * resource.getpagesize(), int(numbers[5]) * resource.getpagesize()


def _running(uid: int) -> int:
    """Return how many processes and threads a user has: without a user namespace, the kernel counts them too."""
    threads = 0
    for process in Path("/proc").iterdir():
        try:
            if process.name.isdecimal() and process.stat().st_uid == uid:
                threads += sum(1 for _ in (process / "task").iterdir())
        except OSError:
            continue  # It ended meanwhile.
    return threads
