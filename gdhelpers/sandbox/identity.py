"""Who the student's process is, and that it can become nobody else."""

from __future__ import annotations

import ctypes
import os
from dataclasses import dataclass
from pathlib import Path

from gdhelpers.sandbox.syscall import LINUX, call, prctl

NOBODY = 65534
_SETGID, _SETUID, _SETPCAP = 6, 7, 8
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

    @classmethod
    def of_student(cls) -> Identity:
        """Return nobody where the caller is root and can become nobody, and else the caller itself."""
        if LINUX and os.geteuid() == 0 and _capable(_SETUID) and _capable(_SETGID) and _mapped():
            return cls(NOBODY, NOBODY, True)
        return cls(os.geteuid(), os.getegid(), False)

    def own(self, *folders: str) -> None:
        """Give folders to the student, where it is somebody else."""
        for folder in folders if self.other else ():
            os.chown(folder, self.uid, self.gid)

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
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("CapEff:"):
            return bool(int(line.split()[1], 16) >> capability & 1)
    return False


def _mapped() -> bool:
    """Say whether nobody is a user of this namespace; in a container without its own users, it may not be."""
    for kind in ("uid_map", "gid_map"):
        ranges = [line.split() for line in Path(f"/proc/self/{kind}").read_text().splitlines()]
        if not any(int(first) <= NOBODY < int(first) + int(count) for first, _, count in ranges):
            return False
    return True
