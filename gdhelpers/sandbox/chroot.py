"""A root folder without mounts, which a container forbids: hard links to what the policy shows, or copies of it.

It is made once, kept for all submissions, and made again when what it shows has changed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from gdhelpers.sandbox import folder
from gdhelpers.sandbox.landlock import DEVICES
from gdhelpers.sandbox.removal import remove
from gdhelpers.sandbox.view import Entry

with suppress(ImportError):  # Windows, where nothing is graded but all else works, has none
    import fcntl

PLACE = Path("/var/cache/gdhelpers")
"""Where root folders are kept."""

RUNS = "runs"
"""The folder in it for the folders of runs, whose names nobody may list."""

SHARED_MEMORY = "dev/shm"
"""Where semaphores of multiprocessing lie; without a mount, it is a folder of the disk."""

_FACTS = (
    "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/version", "/proc/filesystems",
    "/sys/devices/system/cpu/online", "/sys/devices/system/cpu/possible", "/sys/devices/system/cpu/present",
)  # fmt: skip
"""Files that say what machine this is, copied for libraries that read them."""

_CLOSED, _OPEN = 0o711, 0o755
_UNLISTED = 0o1733
_uses: dict[str, int] = {}


def place() -> Path:
    """Return the folder of root folders, which nobody but root may list."""
    folder.make(PLACE).chmod(_CLOSED)
    return PLACE


def kept(shown: Iterable[Entry]) -> Path:
    """Return a root folder that shows this, and stays while this process lives."""
    entries = tuple(shown)
    lock = os.open(place() / "lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        root = PLACE / _summary(entries)
        if not root.is_dir():
            half = PLACE / "half-made"
            remove(half)
            build(half, entries, root)
            half.rename(root)
        if root.name not in _uses:
            _uses[root.name] = os.open(root, os.O_RDONLY | os.O_CLOEXEC)
            fcntl.flock(_uses[root.name], fcntl.LOCK_SH)
        _remove_unused()
    finally:
        os.close(lock)
    return root


def build(root: Path, shown: Iterable[Entry], final: Path | None = None) -> None:
    """Make a root folder, which will have its final place later; it shows nothing but these entries."""
    folder.make(root)
    for path, mode in ((RUNS, _CLOSED), ("dev", _OPEN), (SHARED_MEMORY, _UNLISTED)):
        folder.make(root / path, mode)
    for device in DEVICES:
        if Path(device).exists():
            _device(device, f"{root}{device}")
    for fact in filter(os.path.exists, _FACTS):
        folder.write(Path(f"{root}{fact}"), Path(fact).read_bytes())
    # TensorFlow ends the process if it cannot read which program it is.
    folder.write(root / "proc" / "self" / "cmdline", b"python\0")
    _link(os.path.realpath(sys.executable), f"{root}/proc/self/exe")
    # By this, the folders of a run have the same names inside as outside.
    link = Path(f"{root}{final or root}")
    folder.make(link.parent)
    link.symlink_to("/")
    for entry in shown:
        target = f"{root}{entry.path}"
        folder.make(Path(target).parent)
        if entry.kind == "folder":
            folder.make(Path(target))
        elif entry.kind == "link":
            _link(entry.target, target)
        else:
            _show(entry.path, target)


def shared_memory(root: str, account: int) -> Iterator[Path]:
    """Yield what an account has put where shared memory lies."""
    for path in Path(root, SHARED_MEMORY).iterdir():
        with suppress(OSError):
            if path.lstat().st_uid == account:
                yield path


def _show(path: str, target: str) -> None:
    """Show a file, or a folder with all that is in it."""
    for place, found in ((path, os.lstat(path)), *_walk(path)):
        here = target + place.removeprefix(path)
        if stat.S_ISDIR(found.st_mode):
            folder.make(Path(here), stat.S_IMODE(found.st_mode) & _OPEN)
        elif stat.S_ISLNK(found.st_mode):
            _link(str(Path(place).readlink()), here)
        elif stat.S_ISREG(found.st_mode):
            _file(place, here)


def _file(path: str, target: str) -> None:
    try:
        os.link(path, target)
    except FileExistsError:
        return
    except OSError:  # on another disk, or with as many links as a file may have
        shutil.copy2(path, target)


def _device(path: str, target: str) -> None:
    try:
        os.mknod(target, stat.S_IFCHR | 0o666, Path(path).stat().st_rdev)
        Path(target).chmod(0o666)
        Path(target).open("rb").close()
    except PermissionError as error:
        why = "a device needs the capability MKNOD and a disk that is not mounted with nodev"
        raise PermissionError(error.errno, why, target) from error


def _link(content: str, target: str) -> None:
    with suppress(FileExistsError):
        Path(target).symlink_to(content)


def _walk(path: str, without: str = "") -> Iterator[tuple[str, os.stat_result]]:
    """Yield what is in a folder, parents before children and in a fixed order, without folders of one name."""
    try:
        entries = sorted(os.scandir(path), key=lambda entry: entry.name)
    except (NotADirectoryError, PermissionError):
        return
    for entry in entries:
        if entry.name != without:
            yield entry.path, entry.stat(follow_symlinks=False)
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(entry.path, without)


def _summary(entries: Iterable[Entry]) -> str:
    """Return a hash of what is shown: of names, times and sizes, for to read all would take minutes."""
    found = hashlib.sha256()
    for entry in entries:
        found.update(f"{entry}\n".encode(errors="surrogateescape"))
        # What Python has compiled may change at any time; it looks by itself whether that suits the source.
        for path, each in _walk(entry.path, "__pycache__") if entry.kind == "whole" else ():
            line = f"{path}\0{each.st_mode}"
            if not stat.S_ISDIR(each.st_mode):
                line += f"\0{int(each.st_mtime)}\0{each.st_size}"  # an image of a container knows no parts of seconds
            found.update(line.encode(errors="surrogateescape"))
    return found.hexdigest()[:16]


def _remove_unused() -> None:
    """Remove the root folders that no process uses."""
    for root in PLACE.glob("[0-9a-f]*"):
        if root.name in _uses or not root.is_dir():
            continue
        use = os.open(root, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(use, fcntl.LOCK_EX | fcntl.LOCK_NB)
            remove(root)
        except BlockingIOError:
            continue
        finally:
            os.close(use)
