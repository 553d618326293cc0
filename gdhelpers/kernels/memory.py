"""Memory that is cheap to fork: what was imported is laid into huge pages.

A fork copies the tables of all pages, and its end takes them down again. For half a gigabyte of modules that is most of
what a fork costs; a huge page needs one entry where there were 512. See madvise(2), MADV_COLLAPSE, since Linux 6.1.
"""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Iterator
from pathlib import Path

from gdhelpers.system import LINUX

_COLLAPSE = 25


def settle() -> None:
    """Lay out what is there for being shared by forks; what the system does not know how to do is left."""
    gc.collect()
    # A collection in a fork would touch, and so copy, all of it.
    gc.freeze()
    if LINUX:
        libc = ctypes.CDLL(None)
        for start, end in list(_private()):
            libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), _COLLAPSE)


def _private() -> Iterator[tuple[int, int]]:
    """Yield the first and the last address of writable memory that is no file's."""
    for line in Path("/proc/self/maps").read_text().splitlines():
        where, rights, _, _, inode, *_ = line.split()
        if rights == "rw-p" and inode == "0":
            start, end = where.split("-")
            yield int(start, 16), int(end, 16)
