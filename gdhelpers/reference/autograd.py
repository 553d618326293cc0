"""Derivatives and descents of a function of one number: the reference of ps1-autograd.

A student's function is given `f` as a Python function that computes with torch. Here `f` is a `Function`: the torch
source of `f` beside its derivative in closed form.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gdhelpers.reference.rounding import Slope


@dataclass(frozen=True)
class Function:
    r"""A function of one number: `source` defines `f` with torch, `slope` computes f' for a float or a `Rounded`.

    >>> f = Function("x^2 + 4x", "def f(x):\n    return x * x + 4 * x\n", slope=lambda x: 2 * x + 4)
    >>> derivative(f, 3.0)
    10.0
    """

    name: str
    source: str
    slope: Slope

    def derivative(self, x: float) -> float:
        """Return f'(x) in float64."""
        return float(self.slope(np.float64(x)))

    def curvature(self, x: float) -> float:
        """Return f''(x), by a central difference of the closed form of f'."""
        h = 1e-5 * max(1.0, abs(x))
        return (self.derivative(x + h) - self.derivative(x - h)) / (2 * h)


def derivative(f: Function, x: float) -> float:
    """Return f'(x)."""
    return f.derivative(x)


def accumulated_grad(f: Function, x: float, times: int) -> float:
    """Return what `.grad` holds after `times` backward passes at x: each adds f'(x) to it."""
    return times * f.derivative(x)


def descend(f: Function, x0: float, lr: float, steps: int) -> list[float]:
    """Return x after each of `steps` steps x <- x - lr f'(x) from x0."""
    path = [x0]
    for _ in range(steps):
        path.append(path[-1] - lr * f.derivative(path[-1]))
    return path[1:]


def minimise(f: Function, x0: float, lr: float, tol: float, max_steps: int) -> tuple[float, int]:
    """Return (x, steps): gradient descent from x0 up to the first x with abs(f'(x)) < tol.

    Raises `RuntimeError` when `max_steps` updates do not get there or x or f'(x) is no longer finite.
    """
    x = x0
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        for step in range(max_steps + 1):
            slope = f.derivative(x)
            if not (np.isfinite(x) and np.isfinite(slope)):
                raise RuntimeError(f"x = {x}, f'(x) = {slope} after {step} steps: the descent diverges")
            if abs(slope) < tol:
                return x, step
            x -= lr * slope
    raise RuntimeError(f"abs(f'(x)) = {abs(slope)} is not below {tol} after {max_steps} steps")
