"""What libraries import only when they are first used: a warm parent has it imported before it forks."""

from __future__ import annotations

from collections.abc import Sequence

KERNEL = (
    "gdhelpers.kernels.child", "IPython.core.completerlib", "IPython.core.debugger", "IPython.core.oinspect",
    "IPython.extensions.storemagic", "encodings.ascii", "encodings.latin_1", "ipykernel.debugger", "sqlite3",
    "tornado.platform.asyncio", "tornado.queues",
)  # fmt: skip
"""What every kernel needs, and imports only when it begins."""

LATE: dict[str, tuple[str, ...]] = {
    "tensorflow": ("keras",),
    "torch": ("torch._dynamo",),
}
"""The modules that follow a library."""


def loaded_with(modules: Sequence[str]) -> tuple[str, ...]:
    """Return modules to be imported for a notebook that imports these.

    >>> loaded_with(["torch.nn"])[-2:]
    ('torch.nn', 'torch._dynamo')
    """
    late = (name for module in modules for name in LATE.get(module.split(".")[0], ()))
    return tuple(dict.fromkeys((*KERNEL, *modules, *late)))
