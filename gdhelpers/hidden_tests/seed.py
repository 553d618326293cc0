"""Where the random cases of the hidden tests come from.

An examiner sets the seed of the student and the assignment. Without one, as under stock nbgrader, a fixed public seed
is used.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache, wraps
from typing import TypeVar

import numpy as np

PUBLIC_SEED = 20220703

T = TypeVar("T")

_seed = PUBLIC_SEED


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Draw the cases of all hidden tests from `seed` for a while."""
    global _seed  # noqa: PLW0603 - the one switch that an examiner sets before a test cell runs
    before, _seed = _seed, seed
    try:
        yield
    finally:
        _seed = before


def use(seed: int) -> None:
    """Draw the cases of all hidden tests from `seed` from now on: a grader says so before each test cell."""
    global _seed  # noqa: PLW0603 - see `seeded`
    _seed = seed


def once(draw: Callable[[], T]) -> Callable[[], T]:
    """Draw the same seed's cases once: asked again with the same seed, `draw` gives the very same objects."""
    kept = lru_cache(maxsize=32)(lambda _: draw())
    return wraps(draw)(lambda: kept(_seed))


def generator(function: str) -> np.random.Generator:
    """Return the random numbers for one function: the same ones for the same seed, others for another function."""
    return np.random.default_rng([_seed, zlib.crc32(function.encode())])
