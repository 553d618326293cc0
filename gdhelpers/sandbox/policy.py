"""What a sandboxed process may see and use."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field

LAYERS = ("namespaces", "landlock", "seccomp", "limits")
"""The four means of the sandbox; each holds what it promises without the others."""


@dataclass(frozen=True)
class Limits:
    """What one submission may use: bytes, counts and seconds."""

    memory: int = 4 << 30
    """Bytes of private memory of each process (RLIMIT_DATA)."""
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

    def as_json(self) -> str:
        """Return the policy as one line of JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Policy:
        """Return the policy that `as_json` wrote."""
        values = json.loads(text)
        lists = {name: tuple(values.pop(name)) for name in ("readable", "hidden", "layers")}
        return cls(**values | lists | {"limits": Limits(**values["limits"])})
