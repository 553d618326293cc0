"""New namespaces: users, mounts, processes, IPC, network and host name."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from gdhelpers.sandbox.identity import dumpable
from gdhelpers.sandbox.line import Line
from gdhelpers.sandbox.syscall import call

NEW_USER = 0x10000000
_MOUNTS, _HOST_NAME, _IPC, _PROCESSES, _NETWORK = 0x20000, 0x4000000, 0x8000000, 0x20000000, 0x40000000

_SWITCHES = (
    ("/proc/sys/kernel/unprivileged_userns_clone", "0", "sysctl -w kernel.unprivileged_userns_clone=1"),
    ("/proc/sys/user/max_user_namespaces", "0", "sysctl -w user.max_user_namespaces=15000"),
    (
        "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
        "1",
        "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0",
    ),
)


def leave(line: Line, users: bool) -> None:
    """Return in the first process of new namespaces, if asked one of users among them; the calling process ends."""
    # The maps are files in /proc that only root may write for a process that is closed to others.
    dumpable(True)
    call("unshare", (NEW_USER if users else 0) | _MOUNTS | _HOST_NAME | _IPC | _PROCESSES | _NETWORK)
    if users:
        line.send(maps=os.getpid())
        if not line.receive():
            os._exit(0)
    if os.fork():
        os._exit(0)


@contextmanager
def explained() -> Iterator[None]:
    """Add to an error what is known of why this system refuses new user namespaces, or the use of one."""
    try:
        yield
    except OSError as error:
        why = explanation() if error.errno in (errno.EPERM, errno.EACCES, errno.ENOSPC) else None
        if why is None:
            raise
        raise OSError(error.errno, f"{error.strerror}; {why}", error.filename) from error


def explanation() -> str | None:
    """Say why this system may refuse user namespaces, and what to do."""
    for path, value, remedy in _SWITCHES:
        with suppress(OSError):  # This kernel may have no such switch.
            if Path(path).read_text().strip() == value:
                return f"unprivileged user namespaces are switched off, and switched on by: {remedy}"
    if "Seccomp:\t2" in Path("/proc/self/status").read_text():
        return "a container forbids user namespaces, unless it is started with --security-opt seccomp=unconfined"
    return None
