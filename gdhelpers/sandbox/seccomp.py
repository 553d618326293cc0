"""Seccomp: system calls that no student needs are refused."""

from __future__ import annotations

import ctypes
import errno
import socket
import struct
from collections.abc import Iterator

from gdhelpers.sandbox.syscall import MACHINE, call, number

REFUSED = (
    "ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "kcmp", "pidfd_getfd", "bpf",
    "perf_event_open", "userfaultfd", "add_key", "request_key", "keyctl", "mount", "umount2", "pivot_root", "fsopen",
    "fsmount", "fspick", "fsconfig", "open_tree", "open_tree_attr", "move_mount", "mount_setattr", "unshare", "setns",
    "chroot", "reboot", "kexec_load", "kexec_file_load", "init_module", "finit_module", "delete_module",
    "create_module", "swapon", "swapoff", "acct", "settimeofday", "clock_settime", "clock_adjtime", "adjtimex",
    "open_by_handle_at", "name_to_handle_at", "quotactl", "quotactl_fd", "syslog", "lookup_dcookie", "nfsservctl",
    "vhangup", "iopl", "ioperm", "uselib", "_sysctl", "sethostname", "setdomainname",
)  # fmt: skip
"""System calls that fail with EPERM, whatever their arguments."""

ABSENT = (
    "clone3", "io_uring_setup", "io_uring_enter", "io_uring_register", "memfd_create", "memfd_secret", "shmget",
)  # fmt: skip
"""System calls that seem not to exist.

The arguments of the first four lie in memory, where a filter cannot look. The last three get memory that belongs to
no process and to no folder, and that no limit counts. Libraries know other ways.
"""

NEW_NAMESPACE = 0x7E020000
"""The flags of clone that make a namespace."""

TERMINAL_REQUESTS = (0x5412, 0x541C)
"""TIOCSTI and TIOCLINUX, which put words into a terminal."""

_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE = 0, 4  # Places in struct seccomp_data.
_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_X32 = 0x40000000
_SET_MODE_FILTER = 1
_PERSONALITIES = (0, 0xFFFFFFFF)

Program = list[tuple[int, int, int, int]]


def refuse() -> None:
    """Put the filter on the calling process, which must have given up new privileges before."""
    instructions = program()
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *each) for each in instructions))
    header = ctypes.create_string_buffer(struct.pack("@HP", len(instructions), ctypes.addressof(code)))
    call("seccomp", _SET_MODE_FILTER, 0, header)


def program() -> Program:
    """Return the filter as instructions of classic BPF: code, jump if true, jump if false, constant."""
    if MACHINE not in _ARCHITECTURES:
        raise OSError(errno.ENOSYS, f"there is no filter for {MACHINE}")
    start: Program = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 1, 0, _ARCHITECTURES[MACHINE]),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
    ]
    if MACHINE == "x86_64":
        # The calls of the x32 ABI have the same architecture and other numbers.
        start += [(_AT_LEAST, 0, 1, _X32), (_RETURN, 0, 0, _KILL)]
    return [*start, *_cases(), (_RETURN, 0, 0, _ALLOW)]


def _cases() -> Iterator[tuple[int, int, int, int]]:
    for name in REFUSED:
        yield from _case(name, [(_RETURN, 0, 0, _ERRNO | errno.EPERM)])
    for name in ABSENT:
        yield from _case(name, [(_RETURN, 0, 0, _ERRNO | errno.ENOSYS)])
    yield from _case("clone", [_argument(0), (_ANY_BIT, 0, 1, NEW_NAMESPACE), *_verdicts(errno.EPERM)])
    # ZeroMQ, which kernels are made of, aborts on any other answer when it looks for network interfaces.
    for name in ("socket", "socketpair"):
        yield from _case(name, [_argument(0), (_EQUAL, 1, 0, int(socket.AF_UNIX)), *_verdicts(errno.EOPNOTSUPP)])
    first, second = TERMINAL_REQUESTS
    yield from _case("ioctl", [_argument(1), (_EQUAL, 1, 0, first), (_EQUAL, 0, 1, second), *_verdicts(errno.EPERM)])
    first, second = _PERSONALITIES
    yield from _case(
        "personality", [_argument(0), (_EQUAL, 2, 0, first), (_EQUAL, 1, 0, second), *_verdicts(errno.EPERM)]
    )


def _case(name: str, body: Program) -> Program:
    """Return what is done for one system call; the body ends by returning."""
    found = number(name)
    return [] if found is None else [(_EQUAL, 0, len(body), found), *body]


def _argument(index: int) -> tuple[int, int, int, int]:
    """Load the lower half of an argument, which is all that the kernel looks at in these."""
    return (_LOAD, 0, 0, 16 + 8 * index)


def _verdicts(code: int) -> Program:
    """Return refusal, and allowance one step further."""
    return [(_RETURN, 0, 0, _ERRNO | code), (_RETURN, 0, 0, _ALLOW)]
