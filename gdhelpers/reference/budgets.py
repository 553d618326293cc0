"""The error budget of a case: how far a right float32 answer may lie from the float64 reference.

Each function takes what its namesake in `gdhelpers.reference` takes and returns bounds in the shape of its result.
The bounds come from `rounding` (running error analysis); nothing in them is tuned to observed errors. Where the usual
forms of a formula lose different amounts, the one that loses most is analysed. `FORMS` allows for the rest: the same
terms scaled before or after they are summed, one more rounding a term at the most, which at most doubles a bound that
counts at least one rounding a term.

A descent hands its error on: with J the Jacobian of a step, e <- ||J|| e + (what the step itself loses), where the
step is analysed from an exact state. This is the usual stability argument (Higham, section 1.5: forward error from
conditioning and backward error); the plain running bound would grow even where a descent contracts.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gdhelpers.reference import logistic_regression
from gdhelpers.reference.autograd import Function
from gdhelpers.reference.rounding import ELEMENTARY, UNIT, Rounded, exp, log

Array = NDArray[np.float64]

FORMS = 2.0
"""How much the usual forms of one formula may differ in the number of their roundings."""


# ps1-autograd


def derivative(f: Function, x: float) -> float:
    """Bound the float32 error of f'(x), the rounding of x to float32 included."""
    return _slope_error(f, Rounded.of(x))


def accumulated_grad(f: Function, x: float, times: int) -> float:
    """Bound the error of a sum of `times` equal slopes."""
    slope = f.slope(Rounded.of(x))
    lost = times * UNIT * abs(float(slope.value))
    return times * (FORMS * float(slope.error) + lost)


def descend(f: Function, x0: float, lr: float, steps: int) -> list[float]:
    """Bound the error of each x of a descent."""
    errors, x, error = [], x0, UNIT * abs(x0)
    for _ in range(steps):
        x, error = _scalar_step(f, x, error, lr)
        errors.append(error)
    return errors


def minimise(f: Function, x0: float, lr: float, steps: int) -> float:
    """Bound the error of x after the `steps` updates that the descent takes."""
    return descend(f, x0, lr, steps)[-1] if steps else UNIT * abs(x0)


def _slope_error(f: Function, x: Rounded) -> float:
    return FORMS * float(f.slope(x).error)


def _scalar_step(f: Function, x: float, error: float, lr: float) -> tuple[float, float]:
    step = Rounded(x) - Rounded.of(lr) * f.slope(Rounded.of(x))
    stretch = abs(1.0 - lr * f.curvature(x))
    return float(step.value), stretch * error + FORMS * float(step.error)


# ps2-linear-regression


def mse(X: ArrayLike, y: ArrayLike, W: ArrayLike, b: ArrayLike) -> float:
    """Bound the error of the loss."""
    return _mse_error(_residual(X, y, W, b))


def mse_gradients(X: ArrayLike, y: ArrayLike, W: ArrayLike, b: ArrayLike) -> tuple[Array, Array]:
    """Bound the errors of dW and db."""
    dW, db = _linear_gradients(X, _residual(X, y, W, b))
    return FORMS * dW.error, FORMS * db.error


def fit_linear(X: ArrayLike, y: ArrayLike, lr: float, steps: int) -> tuple[Array, Array, list[float]]:
    """Bound the errors of W, b and the losses of a descent."""
    design = _with_ones(X)
    stretch = float(np.linalg.norm(np.eye(design.shape[1]) - lr * 2.0 / len(design) * design.T @ design, 2))
    bend = _bend(design, 2.0)
    W, b, error = np.zeros((design.shape[1] - 1, 1)), np.zeros(1), 0.0
    losses = []
    for _ in range(steps):
        r = _residual(X, y, W, b)
        dW, db = _linear_gradients(X, r)
        losses.append(_mse_error(r) + _loss_shift(dW, db, error, bend))
        W, b, error = _step(W, b, dW, db, lr, stretch, error)
    return np.full_like(W, error), np.full_like(b, error), losses


def _residual(X: ArrayLike, y: ArrayLike, W: ArrayLike, b: ArrayLike) -> Rounded:
    return Rounded(X) @ W + b - np.asarray(y, dtype=np.float64).reshape(-1, 1)


def _mse_error(r: Rounded) -> float:
    return FORMS * float((r * r).mean().error)


def _linear_gradients(X: ArrayLike, r: Rounded) -> tuple[Rounded, Rounded]:
    share = Rounded.of(2.0 / len(r.value))
    return share * (Rounded(X).T @ r), share * r.sum(axis=0)


# ps3-logistic-regression


def predict_proba(X: ArrayLike, W: ArrayLike, b: ArrayLike) -> Array:
    """Return the tolerance that the contract states, 1e-6, for each row."""
    del W, b
    return np.full((np.shape(X)[0], 1), 1e-6)


def log_loss(y: ArrayLike, p: ArrayLike, tol: float = 1e-10) -> float:
    """Bound the error of the log loss of given probabilities."""
    y = np.asarray(y, dtype=np.float64)
    probability, margin = Rounded(p), Rounded.of(tol)
    loss = y * log(probability + margin) + (1 - y) * log(1 - probability + margin)
    return FORMS * float(loss.mean().error)


def logistic_gradients(X: ArrayLike, y: ArrayLike, W: ArrayLike, b: ArrayLike) -> tuple[Array, Array]:
    """Bound the errors of dW and db, by the chain rule through p, which loses more than p - y."""
    dW, db = _logistic_gradients(X, y, _probability(X, W, b))
    return FORMS * dW.error, FORMS * db.error


def fit_logistic(
    X: ArrayLike, y: ArrayLike, W0: ArrayLike, b0: ArrayLike, lr: float, steps: int
) -> tuple[Array, Array, list[float]]:
    """Bound the errors of W, b and the losses of a descent."""
    design = _with_ones(X)
    W, b = np.asarray(W0, dtype=np.float64), np.asarray(b0, dtype=np.float64)
    bend, error = _bend(design, 0.25), UNIT * float(np.linalg.norm(np.append(W, b)))
    losses = []
    for _ in range(steps):
        probability = _probability(X, W, b)
        dW, db = _logistic_gradients(X, y, probability)
        p = logistic_regression.predict_proba(X, W, b)
        curvature = design.T @ (p * (1 - p) * design) / len(design)
        stretch = float(np.linalg.norm(np.eye(design.shape[1]) - lr * curvature, 2))
        losses.append(_loss_of_logits_by_probability(y, probability) + _loss_shift(dW, db, error, bend))
        W, b, error = _step(W, b, dW, db, lr, stretch, error)
    return np.full_like(W, error), np.full_like(b, error), losses


def log_loss_from_logits(y: ArrayLike, z: ArrayLike) -> float:
    """Bound the error of the log loss from logits, relative to its terms: all are positive."""
    value = logistic_regression.log_loss_from_logits(y, z)
    terms = np.size(y)
    return FORMS * ((2 * ELEMENTARY + 3 + terms) * UNIT * value + 2.0**-126)


def accuracy(y: ArrayLike, p: ArrayLike, threshold: float = 0.5) -> float:
    """Bound the error of a share: counting is exact, but a float32 mean adds n shares of 1/n."""
    return FORMS * (np.size(y) + 1) * UNIT * logistic_regression.accuracy(y, p, threshold)


def _probability(X: ArrayLike, W: ArrayLike, b: ArrayLike) -> Rounded:
    z = Rounded(X) @ W + b
    return 1.0 / (1.0 + exp(-z))


def _logistic_gradients(X: ArrayLike, y: ArrayLike, p: Rounded) -> tuple[Rounded, Rounded]:
    y = np.asarray(y, dtype=np.float64)
    pull = p * (1 - p) * ((1 - y) / (1 - p) - y / p)
    share = Rounded.of(1.0 / len(y))
    return share * (Rounded(X).T @ pull), share * pull.sum(axis=0)


def _loss_of_logits_by_probability(y: ArrayLike, p: Rounded) -> float:
    y = np.asarray(y, dtype=np.float64)
    tol = 1e-10  # inside the logarithm or not: the contract takes both
    lost = FORMS * float((y * log(p) + (1 - y) * log(1 - p)).mean().error)
    return lost + tol / float(np.minimum(p.value, 1 - p.value).min())


# What the two regressions share


def _with_ones(X: ArrayLike) -> Array:
    X = np.asarray(X, dtype=np.float64)
    return np.hstack([X, np.ones((len(X), 1))])


def _step(
    W: Array, b: Array, dW: Rounded, db: Rounded, lr: float, stretch: float, error: float
) -> tuple[Array, Array, float]:
    """Take one step of a descent; errors are bounded in the Euclidean norm of (W, b)."""
    next_W, next_b = Rounded(W) - Rounded.of(lr) * dW, Rounded(b) - Rounded.of(lr) * db
    lost = FORMS * float(np.linalg.norm(np.append(next_W.error, next_b.error)))
    return next_W.value, next_b.value, stretch * error + lost


def _bend(design: Array, bend: float) -> float:
    """Bound the curvature of a mean loss; `bend` is that of the loss of a row, in its prediction or logit."""
    return bend * float(np.linalg.norm(design, 2) ** 2) / len(design)


def _loss_shift(dW: Rounded, db: Rounded, error: float, bend: float) -> float:
    """Bound how far a loss moves when (W, b) is off by `error`: its slope and its largest curvature times that."""
    slope = float(np.linalg.norm(np.append(dW.value, db.value)))
    return slope * error + 0.5 * bend * error**2


__all__ = [
    "accumulated_grad",
    "accuracy",
    "derivative",
    "descend",
    "fit_linear",
    "fit_logistic",
    "log_loss",
    "log_loss_from_logits",
    "logistic_gradients",
    "minimise",
    "mse",
    "mse_gradients",
    "predict_proba",
]
