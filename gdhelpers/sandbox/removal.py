"""Removing folders that a student's process has filled."""

from __future__ import annotations

import shutil
import subprocess
from contextlib import suppress
from pathlib import Path


def remove(folder: Path) -> None:
    """Remove a folder, which may be deeper than Python's functions go, and closed to its owner at any depth."""
    with suppress(RecursionError):
        shutil.rmtree(folder, ignore_errors=True)
    if folder.exists():
        for command in (("chmod", "-R", "u+rwx", "--"), ("rm", "-rf", "--")):
            subprocess.run([*command, str(folder)], stderr=subprocess.DEVNULL, check=False)  # noqa: S603 - of the system
