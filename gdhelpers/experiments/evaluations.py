"""What a gradient costs: how often the function is evaluated, counted while it happens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Counted:
    """A function that counts how often it is called.

    >>> f = Counted(lambda w: w @ w)
    >>> f(np.ones(3)), f(np.zeros(3)), f.calls
    (np.float64(3.0), np.float64(0.0), 2)
    """

    def __init__(self, function: Callable[[Any], Any]) -> None:
        self.function = function
        self.calls = 0

    def __call__(self, w: Any) -> Any:
        """Call the function and count it."""
        self.calls += 1
        return self.function(w)


def forward_gradient(f: Callable[[Array], Any], w: Array, h: float = 1e-6) -> Array:
    """Return the forward differences of f in every direction: w (k,), the result (k,). It takes k + 1 evaluations.

    >>> forward_gradient(lambda w: 3 * w[0] + w[1], np.array([1.0, 2.0]), 0.5)
    array([3., 1.])
    """
    at = f(w)
    return np.array([(f(w + nudge) - at) / h for nudge in h * np.eye(len(w))])


def central_gradient(f: Callable[[Array], Any], w: Array, h: float = 1e-5) -> Array:
    """Return the central differences of f in every direction: w (k,), the result (k,). It takes 2k evaluations.

    >>> central_gradient(lambda w: 3 * w[0] + w[1], np.array([1.0, 2.0]), 0.5)
    array([3., 1.])
    """
    return np.array([(f(w + nudge) - f(w - nudge)) / (2 * h) for nudge in h * np.eye(len(w))])


def backward_gradient(f: Callable[[Any], Any], w: Array) -> tuple[Array, int]:
    """Return what PyTorch's backward pass finds, and how many backward passes there were: w (k,), the result (k,).

    >>> backward_gradient(lambda w: 3 * w[0] + w[1], np.array([1.0, 2.0]))
    (array([3., 1.]), 1)
    """
    import torch

    leaf = torch.tensor(w, requires_grad=True)
    result = f(leaf)
    passes: list[Any] = []
    result.register_hook(passes.append)
    (gradient,) = torch.autograd.grad(result, leaf)
    return gradient.numpy(), len(passes)


def evaluations(parameters: list[int]) -> dict[str, list[int]]:
    """Return for each way to compute a gradient how many evaluations it takes, for each number of parameters.

    The function is the sum of the squares of the parameters. A backward pass counts as one evaluation more.

    >>> evaluations([1, 10])
    {'central differences': [2, 20], 'forward differences': [2, 11], 'autograd': [2, 2]}
    """
    found: dict[str, list[int]] = {"central differences": [], "forward differences": [], "autograd": []}
    for count in parameters:
        f = [Counted(lambda w: (w * w).sum()) for _ in range(3)]
        w = np.linspace(1.0, 2.0, count)
        central_gradient(f[0], w)
        forward_gradient(f[1], w)
        _, passes = backward_gradient(f[2], w)
        for name, calls in zip(found, (f[0].calls, f[1].calls, f[2].calls + passes), strict=True):
            found[name].append(calls)
    return found
