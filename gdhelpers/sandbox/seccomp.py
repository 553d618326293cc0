"""Seccomp: system calls that no student needs are refused."""

from __future__ import annotations

import ctypes
import errno
import socket
import struct
from collections.abc import Iterable, Iterator

from gdhelpers.sandbox import landlock
from gdhelpers.sandbox.policy import Policy
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
    "semget", "msgget", "mq_open",
)  # fmt: skip
"""System calls that seem not to exist.

The arguments of the first four lie in memory, where a filter cannot look. The others get memory that belongs to no
process and to no folder, and that no limit counts; what the last four make may outlive who uses it. Libraries know
other ways.
"""

OF_OTHERS = ("migrate_pages", "move_pages", "inotify_add_watch", "fanotify_init")
"""System calls that fail with EPERM if the grader is the same user: they reach its processes, or list its folders."""

SEEMING = (
    "setpriority", "sched_setscheduler", "sched_setparam", "sched_setattr", "sched_setaffinity", "ioprio_set",
    "chmod", "fchmod", "fchmodat", "fchmodat2", "chown", "fchown", "lchown", "fchownat", "utime", "utimes",
    "futimesat", "utimensat", "setxattr", "lsetxattr", "fsetxattr", "setxattrat", "removexattr", "lremovexattr",
    "fremovexattr", "removexattrat", "file_setattr",
)  # fmt: skip
"""System calls that seem to succeed and do nothing if the grader is the same user.

Landlock does not check them, and the processes and files may be the grader's. Libraries call them by the way, to copy
a file or to start a thread, and some give up at an error.
"""

NEW_NAMESPACE = 0x7E020000
"""The flags of clone that make a namespace."""

TERMINAL_REQUESTS = (0x5412, 0x541C)
"""TIOCSTI and TIOCLINUX, which put words into a terminal."""

_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _AND, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
_NUMBER, _ARCHITECTURE = 0, 4  # Places in struct seccomp_data.
_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_X32 = 0x40000000
_SET_MODE_FILTER = 1
_PERSONALITIES = (0, 0xFFFFFFFF)

Program = list[tuple[int, int, int, int]]

SAME_USER = "the user of the grader"
IN_REACH = "sockets of others in reach"


def groups(policy: Policy, other: bool) -> frozenset[str]:
    """Return what the student's process shares with the grader, because of which more is refused."""
    if "namespaces" in policy.layers:
        return frozenset()
    found = set() if other else {SAME_USER}
    # Sockets have names in folders, which a root of its own hides, and names of their own, which Landlock hides.
    hides = {"chroot", "landlock"} <= set(policy.layers) and landlock.version() >= landlock.WITH_SCOPES
    return frozenset(found if hides else found | {IN_REACH})


def refuse(shared: frozenset[str]) -> None:
    """Put the filter on the calling process, which must have given up new privileges before."""
    install(program(shared))


def install(instructions: Program) -> None:
    """Put a filter on the calling process."""
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *each) for each in instructions))
    header = ctypes.create_string_buffer(struct.pack("@HP", len(instructions), ctypes.addressof(code)))
    call("seccomp", _SET_MODE_FILTER, 0, header)


def program(shared: frozenset[str] = frozenset()) -> Program:
    """Return the filter as instructions of classic BPF: code, jump if true, jump if false, constant."""
    return framed([*_cases(shared), *_cases_of(shared)])


def framed(cases: Program) -> Program:
    """Return a filter that allows what its cases do not refuse, and no calls of another architecture."""
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
    return [*start, *cases, (_RETURN, 0, 0, _ALLOW)]


def _cases(shared: frozenset[str]) -> Iterator[tuple[int, int, int, int]]:
    yield from answered(REFUSED, errno.EPERM)
    yield from answered(ABSENT, errno.ENOSYS)
    yield from no_new(NEW_NAMESPACE, "clone")
    # ZeroMQ, which kernels are made of, aborts on any other answer when it looks for network interfaces.
    for name in ("socket", "socketpair"):
        first = _NO_DATAGRAMS if IN_REACH in shared else []
        yield from _case(
            name, [*first, _argument(0), (_EQUAL, 1, 0, int(socket.AF_UNIX)), *_verdicts(errno.EOPNOTSUPP)]
        )
    one, other = TERMINAL_REQUESTS
    yield from _case("ioctl", [_argument(1), (_EQUAL, 1, 0, one), (_EQUAL, 0, 1, other), *_verdicts(errno.EPERM)])
    one, other = _PERSONALITIES
    yield from _case("personality", [_argument(0), (_EQUAL, 2, 0, one), (_EQUAL, 1, 0, other), *_verdicts(errno.EPERM)])


def _cases_of(shared: frozenset[str]) -> Iterator[tuple[int, int, int, int]]:
    if SAME_USER in shared:
        yield from answered(OF_OTHERS, errno.EPERM)
        yield from answered(SEEMING, 0)
        # A process may set its own limits, but not those of another.
        yield from _case("prlimit64", [_argument(0), (_EQUAL, 1, 0, 0), *_verdicts(errno.EPERM)])
    if IN_REACH in shared:
        yield from answered(("connect",), errno.EPERM)


def answered(names: Iterable[str], code: int) -> Iterator[tuple[int, int, int, int]]:
    """Refuse system calls, whatever their arguments."""
    for name in names:
        yield from _case(name, [(_RETURN, 0, 0, _ERRNO | code)])


def no_new(flags: int, *names: str) -> Iterator[tuple[int, int, int, int]]:
    """Refuse system calls whose first argument has one of these flags."""
    for name in names:
        yield from _case(name, [_argument(0), (_ANY_BIT, 0, 1, flags), *_verdicts(errno.EPERM)])


def _case(name: str, body: Program) -> Program:
    """Return what is done for one system call; the body ends by returning."""
    found = number(name)
    return [] if found is None else [(_EQUAL, 0, len(body), found), *body]


def _argument(index: int) -> tuple[int, int, int, int]:
    """Load the lower half of an argument, which is all that the kernel looks at in these."""
    return (_LOAD, 0, 0, 16 + 8 * index)


_NO_DATAGRAMS: Program = [
    # Without a connection, the address lies in memory. Of this family, raw sockets are of datagrams, too.
    _argument(1), (_AND, 0, 0, 0xF), (_EQUAL, 1, 0, int(socket.SOCK_DGRAM)), (_EQUAL, 0, 1, int(socket.SOCK_RAW)),
    (_RETURN, 0, 0, _ERRNO | errno.EOPNOTSUPP),
]  # fmt: skip


def _verdicts(code: int) -> Program:
    """Return refusal, and allowance one step further."""
    return [(_RETURN, 0, 0, _ERRNO | code), (_RETURN, 0, 0, _ALLOW)]
