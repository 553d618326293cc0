"""Where gradient descent goes, and where it stays: x <- x - lr f'(x)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def descend(slope: Callable[[Any], Any], x: Any, lr: float, steps: int) -> Array:
    """Return the places that a descent visits, the start first: `steps + 1` numbers, or rows where x is an array.

    >>> descend(lambda x: 2 * x + 4, 3.0, 0.5, 2)
    array([ 3., -2., -2.])
    """
    path = [x]
    for _ in range(steps):
        path.append(path[-1] - lr * slope(path[-1]))
    return np.array(path, dtype=np.float64)


def last_iterates(slope: Callable[[Any], Any], x: float, lr: ArrayLike, skip: int, keep: int) -> Array:
    """Return where descents are after `skip` steps and in the steps after that: a row of `keep` for each lr.

    >>> last_iterates(lambda x: 2 * x + 4, 0.0, [0.5, 1.0], 3, 2)
    array([[-2., -2.],
           [-4.,  0.]])
    """
    rates = np.asarray(lr, dtype=np.float64)
    at = np.full(rates.shape, float(x))
    rows = []
    for step in range(skip + keep):
        if step >= skip:
            rows.append(at)
        at = at - rates * slope(at)
    return np.stack(rows, axis=-1)


def period(iterates: ArrayLike, digits: int = 6) -> int:
    """Return how many different places a descent goes round: 1 when it has settled.

    As many as there are iterates means that no cycle was found.

    >>> period([8.31, 9.06, 8.31, 9.06])
    2
    """
    return len(np.unique(np.round(np.asarray(iterates, dtype=np.float64), digits)))
