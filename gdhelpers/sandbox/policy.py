"""What a sandboxed process may see and use."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field

EVERYWHERE = ("landlock", "seccomp", "limits")
"""The layers that need no privileges and no namespaces."""

PROFILES = {
    "namespaces": ("namespaces", *EVERYWHERE),
    "privileged": ("account", "namespaces", *EVERYWHERE),
    "container": ("account", "chroot", *EVERYWHERE),
    "ordinary": EVERYWHERE,
}
"""Named sets of layers, the strongest first; each layer holds what it promises without the others.

With an account of its own for each submission, `namespaces` need no namespace of users, which may be refused.
"""

LAYERS = PROFILES["namespaces"]
KNOWN = frozenset(layer for layers in PROFILES.values() for layer in layers)


@dataclass(frozen=True)
class Limits:
    """What one submission may use: bytes, counts and seconds."""

    memory: int = 4 << 30
    """Bytes of private memory of each process (RLIMIT_DATA), beside what it had when it entered the sandbox."""
    processes: int = 512
    """Processes and threads together (RLIMIT_NPROC)."""
    file_size: int = 64 << 20
    """Bytes of the largest file (RLIMIT_FSIZE)."""
    open_files: int = 1024
    """Open files of each process (RLIMIT_NOFILE)."""
    disk: int = 256 << 20
    """Bytes of all files together: the size of the tmpfs behind the work folder, /tmp and /dev/shm."""
    cpu: int = 900
    """Seconds of CPU of each process, behind finer limits from outside (RLIMIT_CPU)."""


@dataclass(frozen=True)
class Policy:
    """What one sandbox shows, shares and limits; paths are absolute."""

    run: str
    """A real folder that is shared with the outside: sockets are made in it, and its files read."""
    work: str
    """A real folder, the student's current one; with namespaces, the student works in a copy of it."""
    readable: tuple[str, ...]
    """Files and folders that may be read and executed."""
    hidden: tuple[str, ...] = ()
    """Paths below readable ones that must not be reached."""
    layers: tuple[str, ...] = LAYERS
    limits: Limits = field(default_factory=Limits)
    root: str = ""
    """With `chroot`, the folder that `chroot.build` made, in which `run` and `work` lie."""

    def as_json(self) -> str:
        """Return the policy as one line of JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Policy:
        """Return the policy that `as_json` wrote."""
        values = json.loads(text)
        lists = {name: tuple(values.pop(name)) for name in ("readable", "hidden", "layers")}
        return cls(**values | lists | {"limits": Limits(**values["limits"])})
