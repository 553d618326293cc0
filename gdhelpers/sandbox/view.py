"""What of the file system a sandbox shows: the readable paths minus the hidden ones."""

from __future__ import annotations

import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from posixpath import abspath, dirname, join, realpath, split
from typing import Literal

OWN = ("/dev", "/proc", "/sys")
"""Folders that the sandbox fills itself, and never shows those of the outside."""

_LINKS = 40  # As many symbolic links as the kernel follows.


@dataclass(frozen=True)
class Entry:
    """A path that is shown as a whole, a folder of which parts are shown, or a symbolic link on the way."""

    path: str
    kind: Literal["whole", "folder", "link"]
    target: str = ""


def view(readable: Iterable[str], hidden: Iterable[str]) -> tuple[Entry, ...]:
    """Return what is shown, parents before children; what does not exist is left out, and hidden paths win."""
    veil = _veil(hidden)
    found: dict[str, Entry] = {}
    for path in readable:
        links, real = _follow(path)
        found |= {link.path: link for link in links}
        found |= {entry.path: entry for entry in _expand(real, veil)}
    wholes = {path for path, entry in found.items() if entry.kind == "whole"}
    entries = (entry for path, entry in sorted(found.items()) if not covered(path, veil))
    return tuple(entry for entry in entries if not covered(dirname(entry.path), wholes))


def below(path: str, top: str) -> bool:
    """Say whether a path is `top` or lies below it."""
    return path == top or path.startswith(top.rstrip("/") + "/")


def covered(path: str, tops: frozenset[str] | set[str]) -> bool:
    """Say whether a path is one of `tops` or lies below one."""
    while path not in tops:
        parent = dirname(path)
        if parent == path:
            return False
        path = parent
    return True


def _veil(hidden: Iterable[str]) -> frozenset[str]:
    """Return the real paths that are hidden: of a symbolic link, both the link and what it leads to."""
    found = set(OWN)
    for path in hidden:
        folder, name = split(abspath(path))
        found |= {join(realpath(folder), name), realpath(path)}
    return frozenset(found)


def _follow(path: str) -> tuple[list[Entry], str]:
    """Return the symbolic links on the way to a path, and where they lead."""
    links: list[Entry] = []
    real, rest = "/", _parts(abspath(path))
    while rest:
        name = rest.pop(0)
        here = dirname(real) if name == ".." else join(real, name)
        if len(links) < _LINKS and Path(here).is_symlink():
            target = str(Path(here).readlink())
            links.append(Entry(here, "link", target))
            rest = _parts(target) + rest
            real = "/" if target.startswith("/") else real
        else:
            real = here
    return links, real


def _parts(path: str) -> list[str]:
    return [part for part in path.split("/") if part not in ("", ".")]


def _expand(path: str, veil: frozenset[str]) -> Iterator[Entry]:
    """Yield a path as a whole, or the parts of it that are not hidden."""
    try:
        mode = Path(path).lstat().st_mode
    except OSError:
        return
    if covered(path, veil):
        return
    if stat.S_ISLNK(mode):
        # Not followed: what a link in a folder leads to is readable only if it is so by itself.
        yield Entry(path, "link", str(Path(path).readlink()))
    elif not (stat.S_ISDIR(mode) and any(below(veiled, path) for veiled in veil)):
        yield Entry(path, "whole")
    else:
        yield Entry(path, "folder")
        for part in sorted(Path(path).iterdir()):
            yield from _expand(str(part), veil)
