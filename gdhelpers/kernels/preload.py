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
    # Not `matplotlib_inline.backend_inline`: that puts itself into the shell of a kernel when it is imported.
    "matplotlib": ("IPython.core.pylabtools", "matplotlib.backends.backend_agg"),
    "pandas": ("pandas.io.formats.string",),
    # Answers to exercises in TensorFlow may be written with torch as well.
    "tensorflow": ("keras", "torch", "torch._dynamo"),
    "torch": ("torch._dynamo",),
}  # fmt: skip
"""The modules that follow a library; torch imports its compiler when an optimiser is made."""


def loaded_with(modules: Sequence[str]) -> tuple[str, ...]:
    """Return modules to be imported for a notebook that imports these.

    >>> loaded_with(["torch.nn"])[-2:]
    ('torch.nn', 'torch._dynamo')
    """
    late = (name for module in modules for name in LATE.get(module.split(".")[0], ()))
    return tuple(dict.fromkeys((*KERNEL, *modules, *late)))
