"""What the figures were measured on, without the name of the machine or any path."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import psutil

from gdhelpers import sandbox

PACKAGES = (
    "gdhelpers", "ipykernel", "jupyter-client", "keras", "nbclient", "nbgrader", "numpy", "pandas", "tensorflow",
)  # fmt: skip


def facts() -> dict[str, Any]:
    """Return the day, the cores and the memory, the versions, and the layers of the sandbox that are missing."""
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "cores": os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "load": round(psutil.getloadavg()[0], 2),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in PACKAGES},
        "sandbox_without": sorted(sandbox.missing()),
    }
