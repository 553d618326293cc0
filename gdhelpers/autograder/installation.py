"""What an installation of the grader is made of, as far as it may matter for a score."""

from __future__ import annotations

import hashlib
import platform
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import gdhelpers
from gdhelpers import sandbox

PACKAGES = ("gdhelpers", "nbgrader", "numpy", "tensorflow", "torch")
"""Whose versions may matter for a score."""


def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that may matter for a score."""
    installed = {name: found for name in PACKAGES if (found := _version(name))}
    return {"python": platform.python_version()} | installed


@lru_cache
def described() -> dict[str, str]:
    """Return what has to be the same wherever one class is graded: versions, our own code, the sandbox."""
    lacking = sorted(sandbox.missing())
    return versions() | {
        "the code of gdhelpers": hash_of_code("."),
        "the sandbox": sandbox.profile() + (f", without {', '.join(lacking)}" if lacking else ""),
    }


def hash_of_code(*parts: str) -> str:
    """Return a hash of parts of this package."""
    found, package = hashlib.sha256(), Path(gdhelpers.__file__).parent
    for part in parts:
        for path in sorted((package / part).rglob("*.py")) or [package / part]:
            found.update(f"{path.relative_to(package)}\0".encode() + path.read_bytes())
    return found.hexdigest()[:16]


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
