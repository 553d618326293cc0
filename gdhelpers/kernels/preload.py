"""What a warm parent imports before it forks, in which order, and what it has to leave out.

Libraries may clash: the import of one ends the process, or hangs, after that of another. Such a module is then imported
first of all, and left out if that does not help. What was found is kept beside the environment, until a package
changes. (One clash is known beforehand: see gdhelpers.import_order.)
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import sysconfig
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

KERNEL = (
    "gdhelpers.kernels.child", "IPython.core.completerlib", "IPython.core.debugger", "IPython.core.oinspect",
    "IPython.extensions.storemagic", "encodings.ascii", "encodings.latin_1", "ipykernel.debugger", "sqlite3",
    "tornado.platform.asyncio", "tornado.queues",
)  # fmt: skip
"""What every kernel needs, and imports only when it begins."""

LATE: dict[str, tuple[str, ...]] = {
    # Not `matplotlib_inline.backend_inline`: that puts itself into the shell of a kernel when it is imported.
    "matplotlib": ("IPython.core.pylabtools", "matplotlib.backends.backend_agg"),
    "pandas": ("pandas.io.formats.string",),
    # Answers to exercises in TensorFlow may be written with torch as well.
    "tensorflow": ("keras", "torch", "torch._dynamo"),
    "torch": ("torch._dynamo",),
}  # fmt: skip
"""The modules that follow a library; torch imports its compiler when an optimiser is made."""

FOUND = Path(sys.prefix, "share", "gdhelpers", "preload.json")
"""Where it is kept which imports do not work in this environment."""


def loaded_with(modules: Sequence[str]) -> tuple[str, ...]:
    """Return modules to be imported for a notebook that imports these.

    >>> loaded_with(["torch.nn"])[-2:]
    ('torch.nn', 'torch._dynamo')
    """
    late = (name for module in modules for name in LATE.get(module.split(".")[0], ()))
    return tuple(dict.fromkeys((*KERNEL, *modules, *late)))


@dataclass
class Preload:
    """What is known of the imports of this environment, and the order that follows from it."""

    first: list[str] = field(default_factory=list)
    """Modules that are imported before all others: imported later, they ended the process."""
    left_out: dict[str, str] = field(default_factory=dict)
    """Modules that cannot be imported ahead, and why: what importing them did."""

    def order(self, modules: Sequence[str]) -> list[str]:
        """Return the modules in the order in which to import them, without those that are left out.

        >>> Preload(["c"], {"b": "ends Python"}).order(["a", "b", "c"])
        ['c', 'a']
        """
        ahead = [name for name in self.first if name in modules]
        return [name for name in dict.fromkeys((*ahead, *modules)) if name not in self.left_out]

    def blame(self, module: str, why: str) -> None:
        """Note that importing a module did not come to its end: from now on import it first, or else not at all."""
        if module in self.first:
            self.first.remove(module)
            self.left_out[module] = why
        else:
            self.first.insert(0, module)

    def keep(self) -> None:
        """Write down what is known; an environment that cannot be written to finds it out each time."""
        with suppress(OSError):
            FOUND.parent.mkdir(parents=True, exist_ok=True)
            scratch = FOUND.with_name(f"{FOUND.name}.{os.getpid()}")
            scratch.write_text(json.dumps({"packages": _packages(), **asdict(self)}, indent=2) + "\n", encoding="utf-8")
            scratch.replace(FOUND)

    @classmethod
    def known(cls) -> Preload:
        """Return what was kept, if the packages are still the same ones."""
        with suppress(OSError, ValueError, KeyError, TypeError):
            kept = json.loads(FOUND.read_text(encoding="utf-8"))
            if kept["packages"] == _packages():
                return cls(list(kept["first"]), dict(kept["left_out"]))
        return cls()


def _packages() -> str:
    """Return a hash of the names and versions of all that is installed: each has a folder that bears both."""
    folders = {Path(sysconfig.get_path(kind)) for kind in ("purelib", "platlib")}
    installed = sorted(path.name for folder in folders for path in folder.glob("*.dist-info"))
    return hashlib.sha256("\n".join([sys.version, *installed]).encode()).hexdigest()[:16]
