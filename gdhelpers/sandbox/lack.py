"""Which layers of the sandbox this system lacks, and why."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from gdhelpers.sandbox.policy import LAYERS, Limits, Policy
from gdhelpers.sandbox.syscall import LINUX
from gdhelpers.sandbox.vessel import Vessel

_REMEDIES = {
    "landlock": "this needs Linux 5.13 or later, and landlock in the list of the kernel's parameter lsm=",
    "seccomp": "this needs Linux 3.17 or later on x86_64 or aarch64",
    "namespaces": "this needs Linux 5.12 or later with user namespaces, and in a container a /proc with nothing masked",
}


def missing() -> dict[str, str]:
    """Return the layers that cannot be applied here, each with the reason, in the words of an instructor."""
    found = {}
    for layer in LAYERS:
        if not LINUX and layer != "limits":
            found[layer] = "only Linux has it"
        elif (reason := _try(layer)) is not None:
            remedy = _REMEDIES.get(layer)
            found[layer] = f"{reason}; {remedy}" if remedy else reason
    return found


def _try(layer: str) -> str | None:
    """Start a sandbox of one layer, and return why it did not start."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        folder.chmod(0o755)
        run, work = folder / "run", folder / "work"
        run.mkdir()
        work.mkdir()
        policy = Policy(str(run), str(work), (), (), (layer,), Limits())
        with Vessel(policy, "builtins:len", "", stdin=subprocess.DEVNULL) as vessel:
            reply = vessel.reply()
    if "pid" in reply:
        return None
    error: str = reply.get("error", "the process that tried it ended early")
    return error.removeprefix(f"{layer}: ")
