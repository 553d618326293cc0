"""Who the student's process is, and that it can become nobody else."""

from __future__ import annotations

import ctypes
import errno
import os
import secrets
import socket
from dataclasses import dataclass
from pathlib import Path

from gdhelpers.sandbox import descendants
from gdhelpers.sandbox.syscall import call, prctl
from gdhelpers.system import LINUX

NOBODY = 65534
ACCOUNTS = (range(0x70000000, 0x7FFF0000), range(60706, 61184))
"""Numbers of users that no system gives to anybody; those of the second range fit into a container's own users."""

_SETGID, _SETUID, _SETPCAP = 6, 7, 8
_FOR_ACCOUNTS = {"CHOWN": 0, "DAC_OVERRIDE": 1, "FOWNER": 3, "KILL": 5, "SETGID": _SETGID, "SETUID": _SETUID}
_TRIES = 1000
_LAST_CAPABILITY = 63
_PR_SET_DUMPABLE, _PR_CAPBSET_READ, _PR_CAPBSET_DROP, _PR_SET_SECUREBITS = 4, 23, 24, 28
_PR_SET_NO_NEW_PRIVS, _PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL = 38, 47, 4
# NOROOT, NO_SETUID_FIXUP and NO_CAP_AMBIENT_RAISE set, KEEP_CAPS clear, and all of them locked.
_SECUREBITS = 0b11101111


@dataclass(frozen=True)
class Identity:
    """The user and group that the student's process runs as, and whether they differ from the caller's."""

    uid: int
    gid: int
    other: bool
    claim: socket.socket | None = None
    """What holds an account: nobody else takes it while the warden or the keeper lives."""

    @classmethod
    def of_student(cls) -> Identity:
        """Return nobody where the caller is root and can become nobody, and else the caller itself."""
        if LINUX and os.geteuid() == 0 and _capable(_SETUID) and _capable(_SETGID) and _mapped(NOBODY, NOBODY):
            return cls(NOBODY, NOBODY, True)
        return cls(os.geteuid(), os.getegid(), False)

    @classmethod
    def of_account(cls) -> Identity:
        """Claim an account that runs nothing else; raises `OSError` where the caller may not."""
        lacking = [name for name, number in _FOR_ACCOUNTS.items() if not _capable(number)]
        if lacking:
            raise OSError(errno.EPERM, f"this needs the capabilities {', '.join(lacking)}")
        for numbers in ACCOUNTS:
            for _ in range(_TRIES if _mapped(numbers[0], numbers[-1]) else 0):
                uid = numbers[secrets.randbelow(len(numbers))]
                claim = socket.socket(socket.AF_UNIX)
                try:
                    # The kernel gives a name once, and takes it back when the last process that holds it has ended.
                    claim.bind(f"\0gd-account-{uid}")
                except OSError:
                    claim.close()
                    continue
                if not descendants.of(uid):
                    return cls(uid, uid, True, claim)
                claim.close()
        raise OSError(errno.EUSERS, "there is no free account")

    @property
    def account(self) -> int | None:
        """The number of the user that runs nothing but this submission, if there is one."""
        return None if self.claim is None else self.uid

    def own(self, *folders: str) -> None:
        """Give folders to the student, where it is somebody else."""
        for folder in folders if self.other else ():
            os.chown(folder, self.uid, self.gid)

    def own_all(self, folder: str) -> None:
        """Give a folder to the student with all that is in it, where it is somebody else."""
        for place, _, names in os.walk(folder) if self.other else ():
            for path in (place, *(os.path.join(place, name) for name in names)):  # noqa: PTH118
                os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def map(self, pid: int) -> None:
        """Write the user and group maps of a process that is in a new user namespace."""
        process = Path(f"/proc/{pid}")
        if not self.other:
            # Without this, the kernel takes no group map of an ordinary user.
            (process / "setgroups").write_text("deny")
        for kind, one in (("uid_map", self.uid), ("gid_map", self.gid)):
            # Root's own number stays, so that folders that only root may enter can be shown.
            (process / kind).write_text((f"0 0 1\n{one} {one} 1\n") if self.other else f"{one} {one} 1\n")

    def assume(self) -> None:
        """Become the student, for good and without any capability."""
        if LINUX:
            _bound()
        if self.other:
            os.setgroups([])
            os.setresgid(self.gid, self.gid, self.gid)
            os.setresuid(self.uid, self.uid, self.uid)
        if LINUX:
            drop()
            prctl(_PR_SET_NO_NEW_PRIVS, 1)
            dumpable(True)


def drop() -> None:
    """Give up all capabilities of the calling process."""
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    call("capset", ctypes.byref(header), ctypes.byref((ctypes.c_uint32 * 6)()))
    prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL)


def dumpable(yes: bool) -> None:
    """Say whether processes of the same user may look into this one, and it into its own /proc/self."""
    prctl(_PR_SET_DUMPABLE, int(yes))


def _bound() -> None:
    """Keep programs from bringing capabilities back; an ordinary user has no need of this, and no right to it."""
    if not _capable(_SETPCAP):
        return
    for capability in range(_LAST_CAPABILITY + 1):
        try:
            if prctl(_PR_CAPBSET_READ, capability):
                prctl(_PR_CAPBSET_DROP, capability)
        except OSError:
            break  # The kernel knows no more of them.
    prctl(_PR_SET_SECUREBITS, _SECUREBITS)


def _capable(capability: int) -> bool:
    header, data = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    call("capget", ctypes.byref(header), ctypes.byref(data))
    # Words of effective, permitted and inheritable ones, for the first 32 and for the others.
    return bool(data[3 * (capability // 32)] >> capability % 32 & 1)


def _mapped(low: int, high: int) -> bool:
    """Say whether numbers are those of users of this namespace; in a container with its own users, few may be."""
    for kind in ("uid_map", "gid_map"):
        ranges = [line.split() for line in Path(f"/proc/self/{kind}").read_text().splitlines()]
        if not any(int(first) <= low and high < int(first) + int(count) for first, _, count in ranges):
            return False
    return True
