"""What becomes of a descent that forgets `zero_grad`: it is momentum that nothing damps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def forgotten_zero_grad(f: Callable[[Any], Any], x: float, lr: float, steps: int) -> Array:
    """Return the places that PyTorch visits when `.grad` is never emptied, the start first; in float64.

    >>> forgotten_zero_grad(lambda x: x * x + 4 * x, 3.0, 0.1, 2).round(6)
    array([3. , 2. , 0.2])
    """
    import torch

    at = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    path = [at.item()]
    for _ in range(steps):
        f(at).backward()
        with torch.no_grad():
            at -= lr * at.grad
        path.append(at.item())
    return np.array(path)


def momentum(slope: Callable[[float], float], x: float, lr: float, steps: int, beta: float = 1.0) -> Array:
    """Return the places that descent with momentum visits, the start first: v <- beta v + f'(x), x <- x - lr v.

    beta = 0 is plain descent, and with beta = 1 the velocity is the sum of all slopes so far. The formula is that of
    `torch.optim.SGD` without dampening.

    >>> momentum(lambda x: 2 * x + 4, 3.0, 0.1, 2).round(6)
    array([3. , 2. , 0.2])
    """
    path, velocity = [float(x)], 0.0
    for _ in range(steps):
        velocity = beta * velocity + slope(path[-1])
        path.append(path[-1] - lr * velocity)
    return np.array(path)
