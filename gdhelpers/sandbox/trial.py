"""Trying what the sandbox promises: each layer alone and all together, with real attempts to break out."""

from __future__ import annotations

import json
import os
import secrets
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Container, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from gdhelpers.sandbox import chroot, folder
from gdhelpers.sandbox.attempts import ATTEMPTS, Targets
from gdhelpers.sandbox.lack import missing, profile
from gdhelpers.sandbox.policy import PROFILES, Limits, Policy
from gdhelpers.sandbox.vessel import Vessel
from gdhelpers.sandbox.view import view

ALL = "all together"

_FILES = ("read a file outside", "read a hidden file", "write outside")
_OTHERS = ("look into other processes", "signal other processes", "connect to a port", "connect to an abstract socket")
_KERNEL = ("make a user namespace", "mount")
PROMISES: dict[str, tuple[str, ...]] = {
    "namespaces": (*_FILES, *_OTHERS, *_KERNEL, "fill the disk", "gain privileges"),
    "landlock": (*_FILES, *_OTHERS, "make a file in the shared folder", "gain privileges"),
    "seccomp": ("connect to a port", "trace a process", *_KERNEL, "gain privileges"),
    "limits": ("use more memory", "start more processes", "write a larger file", "open more files", "gain privileges"),
    "account": ("signal other processes", "gain privileges"),
    "chroot": (*_FILES, "look into other processes", "gain privileges"),
}
"""What each layer promises by itself."""

TOGETHER = {
    "namespaces": tuple(ATTEMPTS),
    "privileged": tuple(ATTEMPTS),
    # The size of a folder is looked at from time to time, by the grader.
    "container": tuple(what for what in ATTEMPTS if what != "fill the disk"),
    "ordinary": tuple(what for what in ATTEMPTS if what != "fill the disk"),
}
"""What each profile promises."""

LIMITS = Limits(memory=256 << 20, processes=24, file_size=4 << 20, open_files=64, disk=8 << 20, cpu=20)
_PATIENCE = 10.0


@dataclass(frozen=True)
class Trial:
    """One thing that was tried in a sandbox of one layer or of all, and whether the sandbox held."""

    layer: str
    what: str
    holds: bool
    detail: str


def trials(program: str | None = None) -> Iterator[Trial]:
    """Try what each layer that this system has promises; `program` starts the processes of `Vessel` in another way."""
    lacking = missing()
    layers = tuple(layer for layer in PROFILES[profile()] if layer not in lacking)
    how: dict[str, Any] = {} if program is None else {"program": program}
    with tempfile.TemporaryDirectory() as name, _targets(Path(name).resolve(), layers) as targets:
        for layer in layers:
            # Without one of users, namespaces need an account.
            each = ("account", layer) if layer == "namespaces" and "account" in layers else (layer,)
            yield from _attempts(layer, _policy(targets, each), PROMISES[layer], targets, how)
            if layer in ("namespaces", "account"):
                yield from _ends(layer, _policy(targets, each), how)
        whole = set(layers) == set(PROFILES[profile()])
        promised = TOGETHER[profile()] if whole else {what for layer in layers for what in PROMISES[layer]}
        yield from _attempts(ALL, _policy(targets, layers), promised, targets, how)
        yield from _ends(ALL, _policy(targets, layers), how)


def _attempts(
    layer: str, policy: Policy, promised: Container[str], targets: Targets, how: dict[str, Any]
) -> Iterator[Trial]:
    names = [what for what in ATTEMPTS if what in promised]
    task = "gdhelpers.sandbox.attempts:make"
    with Vessel(policy, task, names, targets, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, **how) as vessel:
        reply = vessel.reply()
        if "error" in reply:
            yield Trial(layer, "start", False, reply["error"])
            return
        output, _ = vessel.process.communicate(timeout=_PATIENCE)
        tried = {name: (holds, detail) for name, holds, detail in map(json.loads, output.splitlines())}
    for name in names:
        yield Trial(layer, f"cannot {name}", *tried.get(name, (False, "it was not tried to the end")))


def _ends(layer: str, policy: Policy, how: dict[str, Any]) -> Iterator[Trial]:
    """Try whether a process in the background outlives the student's, the warden, or the manager."""
    task = "gdhelpers.sandbox.attempts:stay"
    pipes: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE}
    for what, seconds in (("the notebook", 0.0), ("its warden", 60.0), ("the autograder", 60.0)):
        with Vessel(policy, task, seconds, **pipes, **how) as vessel:
            left = vessel.process.stdout.readline() == b"left\n" if vessel.process.stdout else False
            if what == "its warden":
                os.kill(vessel.process.pid, signal.SIGKILL)
            elif what == "the autograder":
                vessel.close()
            gone = left and _hung_up(vessel)
        yield Trial(layer, f"cannot outlive {what}", gone, "all is gone" if gone else "a process is left")


def _hung_up(vessel: Vessel) -> bool:
    """Wait until no process holds the standard output open any more."""
    output = vessel.process.stdout
    return output is not None and bool(select.select([output], [], [], _PATIENCE / 2)[0]) and not output.read(1)


def _policy(targets: Targets, layers: tuple[str, ...]) -> Policy:
    system = ("/bin", "/lib", "/lib64", "/usr")
    readable, hidden = (*system, targets["shown"]), (targets["hidden"],)
    return Policy(targets["run"], targets["work"], readable, hidden, layers, LIMITS, targets["root"])


@contextmanager
def _targets(place: Path, layers: tuple[str, ...] = ()) -> Iterator[Targets]:
    """Set up what is to be reached from inside, and yield how it is named."""
    place.chmod(0o755)
    for name in ("shown", "open"):
        folder.make(place / name)
    # Nothing but the sandbox is in the way.
    (place / "open").chmod(0o777)
    for path in (place / "open" / "outside", place / "shown" / "hidden"):
        path.write_text("secret")
        path.chmod(0o666)
    program = _setuid_program(place / "shown")
    root = place / "root"
    if "chroot" in layers:
        chroot.build(root, view([str(place / "shown")], [str(place / "shown" / "hidden")]))
    for name in ("run", "work"):
        folder.make(root / chroot.RUNS / name)
    mark = secrets.token_hex(8)
    with ExitStack() as stack:
        port = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        abstract = stack.enter_context(socket.socket(socket.AF_UNIX))
        abstract.bind(f"\0{mark}")
        abstract.listen()
        yield {
            **asdict(LIMITS),
            **{name: str(root / chroot.RUNS / name) for name in ("run", "work")},
            "root": str(root),
            "shown": str(place / "shown"),
            "outside": str(place / "open" / "outside"),
            "hidden": str(place / "shown" / "hidden"),
            "port": port.getsockname()[1],
            "abstract": mark,
            "mark": mark,
            "pid": stack.enter_context(_neighbour(mark)),
            "setuid": program,
        }


@contextmanager
def _neighbour(mark: str) -> Iterator[int]:
    """Run a process of the same user outside, which bears a mark, and yield its number."""
    command = [sys.executable, "-Ic", "import sys; sys.stdin.read()", mark]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, env={"MARK": mark})  # noqa: S603 - Python itself
    try:
        yield process.pid
    finally:
        process.kill()
        process.communicate()


def _setuid_program(place: Path) -> str | None:
    """Make a program that runs as root whoever starts it, where the caller may make one."""
    found = shutil.which("id")
    if os.geteuid() or found is None:
        return None
    program = place / "id"
    shutil.copyfile(found, program)
    program.chmod(0o4755)
    return str(program)
