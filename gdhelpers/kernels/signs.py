"""Signs that a notebook tampers with its surroundings. They tell an instructor where to look and change no score."""

from __future__ import annotations

import os
import sys
from typing import Any

from gdhelpers.sandbox import Policy

MOST = 20
"""Signs that are kept."""

LENGTH = 160
"""Characters of a sign."""

WATCHED = ("builtins", "numpy", "numpy.testing", "torch", "torch.testing", "IPython.core.interactiveshell")
"""Modules whose functions a notebook has no reason to replace."""

REPLACED_BY_TORCH = {("torch", "Storage")}
"""What `torch.set_default_dtype` replaces."""

HARMLESS = ("/dev", "/etc", "/proc/self", "/sys", "/usr", "/tmp")  # noqa: S108 - inside of the sandbox
"""Places that libraries look at by themselves."""


class Watch:
    """Notes what is replaced and what is reached for, from when it is made."""

    def __init__(self, policy: Policy) -> None:
        self._harmless = (*HARMLESS, *policy.readable, policy.work, policy.run)
        self._reached: list[str] = []
        self._known = {
            (module, name): value
            for module in self._modules()
            for name, value in vars(sys.modules[module]).items()
            if callable(value) and not name.startswith("__")
        }
        sys.addaudithook(self._hear)

    def signs(self) -> list[str]:
        """Return what was noted so far."""
        replaced = [
            f"{module}.{name} was replaced"
            for (module, name), value in self._known.items()
            if module not in sys.modules or vars(sys.modules[module]).get(name) is not value
            if (module, name) not in REPLACED_BY_TORCH
        ]
        return [*self._reached, *replaced][:MOST]

    def _modules(self) -> list[str]:
        own = (name for name in sys.modules if name.startswith("gdhelpers."))
        return [name for name in (*WATCHED, *own) if name in sys.modules]

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Hear of what Python is about to do, for which the sandbox has an answer of its own."""
        if event in ("open", "os.listdir", "os.scandir"):
            path = arguments[0]
            if type(path) is str and path.startswith("/") and not path.startswith(self._harmless):
                self._note(f"tried to read {path}")
        elif event == "socket.connect":
            self._note(f"tried to connect to {arguments[1]!r}")
        elif event == "os.kill" and arguments[0] != os.getpid():
            self._note(f"tried to send signal {arguments[1]} to process {arguments[0]}")

    def _note(self, sign: str) -> None:
        if len(self._reached) < MOST and sign[:LENGTH] not in self._reached:
            self._reached.append(sign[:LENGTH])
