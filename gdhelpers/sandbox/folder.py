"""Folders that the student's process has to get into, whoever it runs as and whatever the umask of the grader is."""

from __future__ import annotations

from pathlib import Path


def make(path: Path, mode: int = 0o755) -> Path:
    """Make a folder and the parents that it lacks, all of this mode, and return it; one that is there stays."""
    if not path.is_dir():
        make(path.parent, mode)
        path.mkdir(exist_ok=True)
        path.chmod(mode)
    return path


def write(path: Path, content: bytes) -> None:
    """Write a file that anybody may read."""
    make(path.parent)
    path.write_bytes(content)
    path.chmod(0o644)
