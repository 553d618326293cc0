"""What a student's process has around it: which files, which environment variables, which folders of its own."""

from __future__ import annotations

import os
import site
import stat
import sys
import sysconfig
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import psutil

import gdhelpers
from gdhelpers.autograder.settings import Settings
from gdhelpers.environment import CHECKOUT
from gdhelpers.kernels.parent import CannotBegin
from gdhelpers.sandbox import Policy, chroot, folder
from gdhelpers.sandbox.identity import Identity
from gdhelpers.sandbox.removal import remove
from gdhelpers.sandbox.view import view
from gdhelpers.trouble import NO_ROOM

FOR_STUDENTS = (
    "__init__.py",
    "_data",
    "checks",
    "data.py",
    "environment.py",
    "figures",
    "import_order.py",
    "quiet.py",
    "trouble.py",
    "wire",
)
"""What of this package a student's process may read."""

PREFIX = "gd-"
"""How the name of a run's folder begins; the number of the process that made it follows."""

BYTES_OF_A_FILE = 8192
"""What each file takes of the budget of the disk, beside what is in it."""

OF_THE_COURSE = (
    ".gd-runs", ".gd-secret", "autograded", "downloaded", "feedback", "gradebook.db", "nbgrader_config.py", "reports",
    "source", "submitted",
)  # fmt: skip
"""What of a course directory is none of a student's business."""

SYSTEM = (
    "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc/alternatives", "/etc/fonts", "/etc/group",
    "/etc/hosts", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/localtime", "/etc/mime.types",
    "/etc/nsswitch.conf", "/etc/os-release", "/etc/passwd", "/etc/ssl/certs", "/etc/timezone", "/nix/store",
)  # fmt: skip
"""What of the system programs need."""


@dataclass(frozen=True)
class Surroundings:
    """The folders of one run of a notebook, and what holds in them."""

    policy: Policy
    files: Mapping[str, bytes]

    @property
    def run(self) -> Path:
        """The folder of sockets, which both sides see."""
        return Path(self.policy.run)

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables of the student's process."""
        return environment(self.policy.work)

    def clear(self) -> None:
        """Leave nothing in the folders but the files that the assignment brings: a kernel before may have had them."""
        for place in (self.run, Path(self.policy.work)):
            remove(place)
            folder.make(place)
        for name, content in self.files.items():
            folder.write(Path(self.policy.work, name), content)

    def is_full(self) -> bool:
        """Whether the files of the student take more of the disk than they may, where no file system bounds them."""
        if "namespaces" in self.policy.layers:
            return False
        left = [Path(self.policy.work)]
        if self.policy.root:
            left += chroot.shared_memory(self.policy.root, left[0].stat().st_uid)
        used = 0
        while left and used <= self.policy.limits.disk:
            path = left.pop()
            try:
                found = path.lstat()
                # An empty file takes something, too.
                used += BYTES_OF_A_FILE + 512 * found.st_blocks
                left += path.iterdir() if stat.S_ISDIR(found.st_mode) else ()
            except FileNotFoundError:
                continue
            except OSError:  # it was closed, or lies too deep: nobody knows how much is in it
                return True
        return used > self.policy.limits.disk


@contextmanager
def surroundings(settings: Settings, cells: int, files: Mapping[str, bytes], course: Path) -> Iterator[Surroundings]:
    """Make the folders of a run, with the files that the assignment brings; all of it goes away in the end.

    `course` is the course directory, of which nothing may be seen.
    """
    if (path := closed()) is not None:
        tops = f"{Path(gdhelpers.__file__).parent} {sys.prefix}"
        why = f"The account that submissions run as may not read {path}. Run: chmod -R go+rX {tops}"
        raise CannotBegin(why)
    root = root_folder(hidden(course)) if "chroot" in settings.layers else None
    place = root / chroot.RUNS if root else _place()
    _sweep(place)
    with room_in(place):
        top = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=place)).resolve()
    try:
        top.chmod(0o711)  # the student's process may run as another user
        run, work = str(top / "run"), str(top / "work")
        limits = settings.limits.of_sandbox(cells)
        policy = Policy(run, work, readable(), hidden(course), settings.layers, limits, str(root or ""))
        around = Surroundings(policy, files)
        with room_in(place):
            around.clear()
        yield around
    finally:
        remove(top)


@contextmanager
def room_in(place: Path) -> Iterator[None]:
    """Say which disk is meant if there is no room within this, or nothing may be written."""
    try:
        yield
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        remedy = "Make room there, or have TMPDIR name a folder on another disk, outside of /tmp"
        why = f"The files of a submission cannot be put into {place}: {error.strerror}. {remedy}. Run: gd doctor"
        raise CannotBegin(why) from error


@lru_cache
def root_folder(veiled: tuple[str, ...]) -> Path:
    """Return the root folder for students' processes, where there are no namespaces to make one of mounts."""
    return chroot.kept(view(readable(), veiled))


def _place() -> Path:
    """Return where folders of runs are made: in the sandbox /tmp is the student's, and must not be the outside's."""
    own, shared = Path(os.environ.get("TMPDIR", "/tmp")).resolve(), Path("/var/tmp")  # noqa: S108 - for folders of ours
    if own.is_dir() and not own.is_relative_to("/tmp"):  # noqa: S108
        return own
    return shared if shared.is_dir() else Path(tempfile.gettempdir())


@lru_cache
def _sweep(place: Path) -> None:
    """Remove the folders of processes that were killed, once for each process."""
    for left in place.glob(f"{PREFIX}*-*"):
        owner = left.name.removeprefix(PREFIX).split("-")[0]
        with suppress(OSError):
            if owner.isdecimal() and left.stat().st_uid == os.geteuid() and not psutil.pid_exists(int(owner)):
                remove(left)


def environment(home: str) -> dict[str, str]:
    """Return environment variables that hold nothing of the grader's."""
    return {
        # No graphics card, even if there is one: every machine computes alike, and forks cannot share a card.
        "CUDA_VISIBLE_DEVICES": "-1",
        "HOME": home,
        "IPYTHONDIR": f"{home}/.ipython",
        "LANG": "C.UTF-8",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "MPLCONFIGDIR": f"{home}/.matplotlib",
        # Submissions are graded side by side: with threads of their own they would fight for the cores.
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
        "PYTHONDONTWRITEBYTECODE": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_NUM_INTEROP_THREADS": "1",
        "TF_NUM_INTRAOP_THREADS": "1",
        "USER": "student",
    }


@lru_cache
def readable() -> tuple[str, ...]:
    """Return the files and folders that a student's process may read: Python, its packages, the course's safe part."""
    interpreter = {sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix, *sysconfig.get_paths().values()}
    package = Path(gdhelpers.__file__).parent
    own = {str(package / name) for name in FOR_STUDENTS} | {str(CHECKOUT / name) for name in ("data", "pyproject.toml")}
    return tuple(sorted({*SYSTEM, *interpreter, *site.getsitepackages(), *own}))


@lru_cache
def closed() -> Path | None:
    """Return what a student's process would have to read and may not, where it runs as another user than this one.

    Root's umask decides that when the course is cloned and installed. Of the libraries, only the top is looked at.
    """
    if not Identity.of_student().other:
        return None
    package, libraries = Path(gdhelpers.__file__).parent, Path(sysconfig.get_path("purelib"))
    own = (path for name in FOR_STUDENTS for path in (package / name, *(package / name).rglob("*")))
    above = [libraries, *libraries.parents]
    installed = (path for path in above if path.is_relative_to(sys.prefix))
    for path in (*own, *installed, *libraries.iterdir()):
        mode = path.stat().st_mode if path.exists() else -1
        if not mode & stat.S_IROTH or (path.is_dir() and not mode & stat.S_IXOTH):
            return path
    return None


@lru_cache
def hidden(course: Path) -> tuple[str, ...]:
    """Return what of readable folders a student's process must not reach: the rest of this package, and the course."""
    package = Path(gdhelpers.__file__).parent
    rest = [path for path in package.iterdir() if path.name not in FOR_STUDENTS]
    roots = [Path(path) for path in readable()]
    # A course may lie in a folder of the system, or in that of an environment.
    own = [course / name for name in OF_THE_COURSE]
    return tuple(sorted(map(str, [*rest, *(path for path in own if any(map(path.is_relative_to, roots)))])))
