"""Which profile of the sandbox this system allows, which layers it lacks, and why."""

from __future__ import annotations

import errno
import os
import subprocess
import tempfile
from functools import lru_cache
from pathlib import Path

from gdhelpers.sandbox import chroot, folder
from gdhelpers.sandbox.policy import EVERYWHERE, LAYERS, PROFILES, Limits, Policy
from gdhelpers.sandbox.vessel import Vessel
from gdhelpers.system import LINUX, demand_grading
from gdhelpers.trouble import Trouble

_REMEDIES = {
    "landlock": "this needs Linux 5.13 or later, and landlock in the list of the kernel's parameter lsm=",
    "seccomp": "this needs Linux 3.17 or later on x86_64 or aarch64",
    "namespaces": "this needs Linux 5.12 or later with user namespaces, and in a container a /proc with nothing masked",
}


def profile() -> str:
    """Return the name of the strongest profile that this system allows, whatever else it lacks."""
    return _walls()[0]


def missing() -> dict[str, str]:
    """Return the layers without which the sandbox is weaker here, each with the reason, in words of an instructor.

    Raises `Trouble` where nothing can be graded.
    """
    demand_grading()
    found = {}
    for layer in LAYERS:
        if not LINUX and layer != "limits":
            found[layer] = "only Linux has it"
        elif (reason := _walls()[1] if layer == "namespaces" else _try(layer)) is not None:
            remedy = _REMEDIES.get(layer)
            found[layer] = f"{reason}; {remedy}" if remedy else reason
    return found


@lru_cache
def _walls() -> tuple[str, str | None]:
    """Return the profile by the layers that need namespaces or root, and why there are none, if so."""
    reasons: list[str] = []
    for name, layers in PROFILES.items() if LINUX else ():
        walls = tuple(layer for layer in layers if layer not in EVERYWHERE)
        reason = _try(*walls) if walls else None
        if reason is None:
            return name, None if walls else "; ".join(reasons)
        if reason not in reasons:
            reasons.append(reason)
    return "ordinary", None


def _try(*layers: str) -> str | None:
    """Start a sandbox of these layers, and return why it did not start."""
    if "account" in layers and os.geteuid() != 0:
        return "only root can give each submission an account of its own"
    try:
        with tempfile.TemporaryDirectory(dir=chroot.place() if "chroot" in layers else None) as name:
            place = Path(name).resolve()
            place.chmod(0o755)
            root = place / "root"
            if "chroot" in layers:
                chroot.build(root, ())
            return _tried(root, layers)
    except OSError as error:
        if error.errno == errno.ENOSPC or error.filename is None:  # tempfile names no file if it finds no folder
            remedy = "Make room there, or have TMPDIR name a folder on another disk."
            raise Trouble(f"The sandbox cannot be tried: {error}. {remedy}") from error
        return f"{error.strerror}: {error.filename}"


def _tried(root: Path, layers: tuple[str, ...]) -> str | None:
    run, work = (folder.make(root / chroot.RUNS / name) for name in ("run", "work"))
    policy = Policy(str(run), str(work), (), (), layers, Limits(), str(root))
    with Vessel(policy, "builtins:len", "", stdin=subprocess.DEVNULL) as vessel:
        reply = vessel.reply()
    if "pid" in reply:
        return None
    error: str = reply.get("error", "the process that tried it ended early")
    return error.removeprefix(f"{layers[-1]}: ")
