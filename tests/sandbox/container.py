"""Running a command as a container would: `python -m tests.sandbox.container [--as ...] COMMAND ...`.

What Docker and Kubernetes take away by default is taken away here: capabilities, and system calls by a seccomp filter
of our own that refuses the same ones.
"""

import argparse
import ctypes
import errno
import os
import sys
from contextlib import suppress
from itertools import chain

from gdhelpers.sandbox import seccomp
from gdhelpers.sandbox.syscall import call, prctl
from tests.sandbox.user import become

KEPT = (0, 1, 3, 4, 5, 6, 7, 8, 10, 13, 18, 27, 29, 31)
"""CHOWN, DAC_OVERRIDE, FOWNER, FSETID, KILL, SETGID, SETUID, SETPCAP, NET_BIND_SERVICE, NET_RAW, SYS_CHROOT, MKNOD,
AUDIT_WRITE and SETFCAP: the capabilities of root in a container."""

REFUSED = (
    "mount", "umount2", "pivot_root", "fsopen", "fsmount", "fspick", "fsconfig", "open_tree", "open_tree_attr",
    "move_mount", "mount_setattr", "unshare", "setns", "bpf", "perf_event_open", "userfaultfd", "add_key",
    "request_key", "keyctl", "reboot", "kexec_load", "kexec_file_load", "init_module", "finit_module", "delete_module",
    "swapon", "swapoff", "acct", "settimeofday", "clock_settime", "open_by_handle_at", "quotactl", "quotactl_fd",
    "syslog", "lookup_dcookie", "vhangup", "iopl", "ioperm", "sethostname", "setdomainname", "io_uring_setup",
    "io_uring_enter", "io_uring_register", "move_pages", "kcmp",
)  # fmt: skip
"""System calls that are refused without capabilities that a container has not."""

NEW_USER = 0x10000000
LAST_CAPABILITY = 40


def enter(kind, user):
    """Take from this process what that kind of system does not give."""
    become(user)
    if kind == "container":
        cases = [*seccomp.no_new(seccomp.NEW_NAMESPACE, "clone")]
        cases += chain(seccomp.answered(("clone3",), errno.ENOSYS), seccomp.answered(REFUSED, errno.EPERM))
        _confine(KEPT)
    else:
        # As where user.max_user_namespaces is 0.
        cases = [*seccomp.no_new(NEW_USER, "clone", "unshare"), *seccomp.answered(("clone3",), errno.ENOSYS)]
    prctl(38, 1)  # what a filter may do without CAP_SYS_ADMIN, which is gone
    seccomp.install(seccomp.framed(cases))


def _confine(capabilities):
    """Keep some capabilities, and let no program bring others back."""
    if os.geteuid() != 0:
        return
    for capability in range(LAST_CAPABILITY + 1):
        if capability not in capabilities:
            with suppress(OSError):
                prctl(24, capability)
    mask = sum(1 << capability for capability in capabilities)
    low, high = mask & 0xFFFFFFFF, mask >> 32
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    call("capset", ctypes.byref(header), ctypes.byref((ctypes.c_uint32 * 6)(low, low, 0, high, high, 0)))


def main():
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m tests.sandbox.container", description=__doc__)
    parser.add_argument("--kind", choices=("container", "no-user-namespaces"), default="container")
    parser.add_argument("--user", type=int, default=os.geteuid(), help="the number of the user to be")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    asked = parser.parse_args()
    enter(asked.kind, asked.user)
    os.execvp(asked.command[0], asked.command)  # noqa: S606


if __name__ == "__main__":
    sys.exit(main())
