"""Landlock: the kernel checks each path against what the policy allows."""

from __future__ import annotations

import ctypes
import os
import stat
import struct
from collections.abc import Iterable, Iterator

from gdhelpers.sandbox.policy import Policy
from gdhelpers.sandbox.syscall import call
from gdhelpers.sandbox.view import Entry

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR, REMOVE_DIR, REMOVE_FILE = (1 << bit for bit in range(6))
MAKE_CHAR, MAKE_DIR, MAKE_REG, MAKE_SOCK, MAKE_FIFO, MAKE_BLOCK, MAKE_SYM = (1 << bit for bit in range(6, 13))
REFER, TRUNCATE, IOCTL_DEV = (1 << bit for bit in range(13, 16))

READ = EXECUTE | READ_FILE | READ_DIR
WRITE = READ | WRITE_FILE | TRUNCATE | REMOVE_DIR | REMOVE_FILE | REFER
WRITE |= MAKE_DIR | MAKE_REG | MAKE_SOCK | MAKE_FIFO | MAKE_SYM
SOCKETS = READ_FILE | READ_DIR | MAKE_SOCK | REMOVE_FILE
DEVICE = READ_FILE | WRITE_FILE | TRUNCATE | IOCTL_DEV
_OF_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV

DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
# What libraries ask the kernel about the machine and about themselves.
_FACTS = ("self", "cpuinfo", "meminfo", "stat", "version", "filesystems", "loadavg", "uptime", "sys/vm", "sys/kernel")
_MACHINE = ("/sys/devices/system/cpu", "/sys/devices/system/node")

_ASK_VERSION, _PATH_BENEATH = 1, 1
WITH_SCOPES = 6
"""The version from which on Landlock checks signals and abstract sockets, of Linux 6.12."""
_FILES = {1: 13, 2: 14, 3: 15, 5: 16}  # The number of rights on files, from this version on.
_TCP, _SCOPES = 0b11, 0b11


def version() -> int:
    """Return the version of Landlock; where the kernel has none, an OSError says why."""
    return call("landlock_create_ruleset", None, 0, _ASK_VERSION)


def rules(policy: Policy, shown: Iterable[Entry]) -> int:
    """Return a descriptor of the rules that allow what the policy allows, and no other file, port or process."""
    abi = version()
    known = (1 << max(bits for since, bits in _FILES.items() if since <= abi)) - 1
    attributes = struct.pack("=QQQ", known, _TCP, _SCOPES)[: 8 if abi < 4 else 16 if abi < WITH_SCOPES else 24]
    ruleset = call("landlock_create_ruleset", attributes, len(attributes), 0)
    for path, rights in _rules(policy, shown):
        _allow(ruleset, path, rights & known)
    return ruleset


def restrict(ruleset: int) -> None:
    """Put rules on the calling process and its children, which must have given up new privileges before."""
    call("landlock_restrict_self", ruleset, 0)


def _rules(policy: Policy, shown: Iterable[Entry]) -> Iterator[tuple[str, int]]:
    yield policy.work, WRITE
    yield policy.run, SOCKETS
    yield "/dev/shm", WRITE & ~EXECUTE  # noqa: S108 - the semaphores of multiprocessing lie there
    for device in DEVICES:
        yield device, DEVICE
    for path in _MACHINE:
        yield path, READ
    for entry in shown:
        if entry.kind != "link":
            # Python finds no module in a folder that it may not list.
            yield entry.path, READ if entry.kind == "whole" else READ_DIR
    if "namespaces" in policy.layers:
        # All that there is in the new root is there to be seen.
        yield from (("/", READ_DIR), ("/dev", READ_DIR), ("/dev/pts", READ_DIR | DEVICE))
        yield from (("/proc", READ | WRITE_FILE), ("/tmp", WRITE))  # noqa: S108 - the sandbox's own
    else:
        yield from ((f"/proc/{fact}", READ_FILE | READ_DIR) for fact in _FACTS)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # What is not there, or is out of reach by other means, needs no rule.
    try:
        if not stat.S_ISDIR(os.fstat(place).st_mode):
            rights &= _OF_FILES
        if rights:
            rule = ctypes.create_string_buffer(struct.pack("=Qi", rights, place))
            call("landlock_add_rule", ruleset, _PATH_BENEATH, rule, 0)
    finally:
        os.close(place)
