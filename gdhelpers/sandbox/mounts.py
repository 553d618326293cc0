"""A root folder that holds what the policy shows, and nothing else."""

from __future__ import annotations

import os
import shutil
import stat
import struct
from collections.abc import Iterable
from pathlib import Path

from gdhelpers.sandbox.identity import Identity
from gdhelpers.sandbox.landlock import DEVICES
from gdhelpers.sandbox.policy import Policy
from gdhelpers.sandbox.syscall import AT_FDCWD, call
from gdhelpers.sandbox.view import Entry

_CLONE, _CLOSE_ON_EXEC, _RECURSIVE, _THE_DESCRIPTOR = 1, os.O_CLOEXEC, 0x8000, 0x1000
_MOVE_THE_DESCRIPTOR = 4
_READ_ONLY, _NO_SETUID, _NO_DEVICES, _NO_PROGRAMS = 1, 2, 4, 8
_MS_NOSUID, _MS_NODEV, _MS_NOEXEC, _MS_REC, _MS_PRIVATE = 2, 4, 8, 0x4000, 0x40000
_DETACH = 2

_MACHINE = ("/sys/devices/system/cpu", "/sys/devices/system/node")
_RUN = "/.run"
"""Where the shared folder is inside; its path outside is a link to this."""
_LINKS = {"fd": "", "stdin": "/0", "stdout": "/1", "stderr": "/2"}
_BYTES_AN_INODE = 8192
"""A budget of bytes allows one file for each so many: an empty file takes memory of the kernel too."""


class Root:
    """A new root folder in the making, at a place that it covers in the caller's own mount namespace."""

    def __init__(self, place: str) -> None:
        self._place = place
        call("mount", "none", "/", None, _MS_REC | _MS_PRIVATE, None)
        _mount_tmpfs(place, "mode=755,size=4m")

    def show(self, path: str, tree: int, attributes: int) -> None:
        """Attach a copied tree of mounts at a path, and close its descriptor."""
        target = self._place + path
        if stat.S_ISDIR(os.fstat(tree).st_mode):
            self.folder(path)
        else:
            self.folder(str(Path(path).parent))
            Path(target).touch()
        call("mount_setattr", tree, b"", _THE_DESCRIPTOR | _RECURSIVE, struct.pack("=QQQQ", attributes, 0, 0, 0), 32)
        call("move_mount", tree, b"", AT_FDCWD, target, _MOVE_THE_DESCRIPTOR)
        os.close(tree)

    def folder(self, path: str, mode: int = 0o755) -> str:
        """Make a folder and its parents, and return where it is for now."""
        target = self._place + path
        if not Path(target).is_dir():
            Path(target).mkdir(mode, parents=True, exist_ok=True)
            Path(target).chmod(mode)
        return target

    def link(self, path: str, target: str) -> None:
        """Make a symbolic link."""
        self.folder(str(Path(path).parent))
        place = Path(self._place + path)
        if not (place.is_symlink() or place.exists()):
            place.symlink_to(target)

    def enter(self) -> None:
        """Make this the root of the caller, with nothing of the old one left."""
        os.chdir(self._place)
        call("pivot_root", b".", b".")
        # The old root now lies on top of the new one.
        call("umount2", b".", _DETACH)
        os.chdir("/")
        call("mount_setattr", AT_FDCWD, b"/", 0, struct.pack("=QQQQ", _READ_ONLY, 0, 0, 0), 32)


def build(policy: Policy, identity: Identity, shown: Iterable[Entry]) -> None:
    """Move the calling process, the first of new namespaces, into a root that shows what the policy allows."""
    entries = tuple(shown)
    # All are opened before the new root covers a part of the old one.
    trees = {entry.path: tree(entry.path) for entry in entries if entry.kind == "whole"}
    devices = {path: tree(path) for path in DEVICES if Path(path).exists()}
    machine = {path: tree(path) for path in _MACHINE if Path(path).is_dir()}
    run, work = tree(policy.run), tree(policy.work)
    root = Root(policy.run)
    budget = _Budget(root, policy, identity)
    budget.give("/tmp", "tmp")  # noqa: S108 - the sandbox's own
    for path, device in devices.items():
        root.show(path, device, _NO_SETUID | _NO_PROGRAMS)
    for name, target in _LINKS.items():
        root.link(f"/dev/{name}", f"/proc/self/fd{target}")
    budget.give("/dev/shm", "shm")  # noqa: S108 - the sandbox's own
    # IPython runs the commands of a cell, as in !ls, at a terminal.
    call("mount", "devpts", root.folder("/dev/pts"), "devpts", _MS_NOSUID | _MS_NOEXEC, "newinstance,ptmxmode=0666")
    root.link("/dev/ptmx", "pts/ptmx")
    call("mount", "proc", root.folder("/proc"), "proc", _MS_NOSUID | _MS_NODEV | _MS_NOEXEC, None)
    if "account" not in policy.layers:
        # Within a further user namespace, mounts could be undone. None can be made any more.
        Path(root.folder("/proc"), "sys/user/max_user_namespaces").write_text("0")
    for path, place in machine.items():
        root.show(path, place, _READ_ONLY | _NO_SETUID | _NO_DEVICES | _NO_PROGRAMS)
    for entry in entries:
        if entry.kind == "whole":
            root.show(entry.path, trees[entry.path], _READ_ONLY | _NO_SETUID | _NO_DEVICES)
        elif entry.kind == "folder":
            root.folder(entry.path)
        else:
            root.link(entry.path, entry.target)
    # It often lies below /tmp, and Landlock would allow below /tmp what it allows there.
    root.show(_RUN, run, _NO_SETUID | _NO_DEVICES | _NO_PROGRAMS)
    root.link(policy.run, _RUN)
    budget.fill(work)
    budget.give(policy.work, "work")
    budget.close()
    root.enter()


class _Budget:
    """One tmpfs of limited size, of which several folders are shown."""

    def __init__(self, root: Root, policy: Policy, identity: Identity) -> None:
        self._root, self._identity = root, identity
        self._place = root.folder("/.budget")
        inodes = max(64, policy.limits.disk // _BYTES_AN_INODE)
        _mount_tmpfs(self._place, f"mode=755,size={policy.limits.disk},nr_inodes={inodes}")
        for name, mode in (("work", 0o700), ("tmp", 0o1777), ("shm", 0o1777)):
            folder = Path(self._place, name)
            folder.mkdir()
            folder.chmod(mode)
            identity.own(str(folder))

    def fill(self, source: int) -> None:
        """Copy the files of the outer work folder, and close its descriptor."""
        folder = Path(self._place, "work")
        # A detached tree has no path but this one.
        shutil.copytree(f"/proc/self/fd/{source}", folder, symlinks=True, ignore=_special, dirs_exist_ok=True)
        folder.chmod(0o700)
        os.close(source)
        self._identity.own_all(str(folder))

    def give(self, path: str, name: str) -> None:
        """Show one of the folders at a path."""
        self._root.show(path, tree(f"{self._place}/{name}"), _NO_SETUID | _NO_DEVICES)

    def close(self) -> None:
        """Take the whole away; the parts that are shown stay."""
        call("umount2", self._place, _DETACH)
        Path(self._place).rmdir()


def tree(path: str) -> int:
    """Return a descriptor of a copy of the mounts at and below a path."""
    return call("open_tree", AT_FDCWD, path, _CLONE | _CLOSE_ON_EXEC | _RECURSIVE)


def _mount_tmpfs(place: str, options: str) -> None:
    call("mount", "tmpfs", place, "tmpfs", _MS_NOSUID | _MS_NODEV, options)


def _special(folder: str, names: list[str]) -> set[str]:
    """Return the names that are neither folders, files nor links: sockets and pipes cannot be copied."""
    kinds = (stat.S_ISDIR, stat.S_ISREG, stat.S_ISLNK)
    modes = {name: Path(folder, name).lstat().st_mode for name in names}
    return {name for name, mode in modes.items() if not any(kind(mode) for kind in kinds)}
