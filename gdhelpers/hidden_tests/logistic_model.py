"""Logistic models to ask about: data and parameters, drawn so that they keep what the contract promises."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gdhelpers.reference.logistic_regression import logits

Array = NDArray[np.float32]

NEAR, FAR, FARTHEST = 0.05, 3.6, 3.98
"""Every logit of a gradient case lies between the first two, in absolute value; in one case they reach the last."""


@dataclass(frozen=True)
class Model:
    """Data and parameters: X (n, d), y (n, 1), W (d, 1), b (1,)."""

    X: Array
    y: Array
    W: Array
    b: Array

    @property
    def numbers(self) -> tuple[Array, Array, Array, Array]:
        """The arrays in the order of the arguments."""
        return self.X, self.y, self.W, self.b


def one_changed(rng: np.random.Generator, base: Model, fields: Sequence[str]) -> Iterator[tuple[str, Model]]:
    """Yield a model, and then others that differ from it in one field each, with the names of their cases."""
    yield "before one argument changes", base
    for field in fields:
        yield f"as before, but for {field}", _redrawn(rng, base, field)


def _redrawn(rng: np.random.Generator, base: Model, field: str) -> Model:
    if field == "y":
        return replace(base, y=1.0 - base.y)
    before = getattr(base, field)
    while True:
        after = f32(before * rng.uniform(-1.2, 1.2, size=before.shape))
        model = replace(base, **{field: after})
        if _is_moderate(model) and np.abs(after - before).max() > 0.1 * np.abs(before).max():
            return model


def _is_moderate(model: Model) -> bool:
    """Whether every logit, and the bias, is neither near zero nor far from it."""
    size = np.abs(logits(model.X, model.W, model.b))
    return bool(size.min() >= NEAR and size.max() <= FAR and abs(float(model.b[0])) >= NEAR)


def draw(rng: np.random.Generator, n: int, d: int, features: float = 1.0, positives: int | None = None) -> Model:
    """Draw data and parameters, none of them zero, until every logit is neither near zero nor far from it.

    `features` is the size of the numbers in X. Weights shrink where features are large, but do not grow where they
    are small. The terms of a logit are no larger than a logit may be, so that cancellation loses little.
    """
    y = labels(rng, n, positives)
    while True:
        X = features * rng.normal(size=(n, d))
        W, b = rng.normal(size=(d, 1)) / max(1.0, features), rng.normal(size=1)
        shrink = min(1.0, 3.5 / logits(np.abs(X), np.abs(W), np.abs(b)).max())
        model = Model(f32(X), y, f32(shrink * W), f32(shrink * b))
        if _is_moderate(model):
            return model


def stretched(model: Model) -> Model:
    """Return a model with larger parameters, whose logits reach as far as they may."""
    factor = FARTHEST / np.abs(logits(model.X, model.W, model.b)).max()
    return replace(model, W=f32(factor * model.W), b=f32(factor * model.b))


def labels(rng: np.random.Generator, n: int, positives: int | None = None) -> Array:
    """Return targets (n, 1): so many positives, or else of both classes where there is room for both."""
    if positives is None:
        positives = int(rng.integers(1, n)) if n > 1 else int(rng.integers(2))
    y = np.zeros((n, 1))
    y[rng.permutation(n)[:positives]] = 1.0
    return f32(y)


def f32(values: ArrayLike) -> Array:
    """Return numbers as float32."""
    return np.asarray(values, dtype=np.float32)
