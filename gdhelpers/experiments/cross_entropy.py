"""Four ways to compute one cross-entropy in float32: -log p for the target 1 and -log(1 - p) for the target 0.

On paper they are equal. Where 1 - p rounds to zero, one is infinite and its slope nan, two stop at a number that
somebody chose, and one is right.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gdhelpers.quiet import quietly

Array32 = NDArray[np.float32]
Loss = Callable[[Any, Any], Any]

KINDS = ("naive log", "Keras, from probabilities", "PyTorch, from probabilities", "from logits")
"""In the order in which the figure shows them."""


def _naive(z: Any, t: Any) -> Any:
    import torch

    p = torch.sigmoid(z)
    return -(t * torch.log(p) + (1 - t) * torch.log(1 - p))


def _from_probabilities(z: Any, t: Any) -> Any:
    import torch

    return torch.nn.functional.binary_cross_entropy(torch.sigmoid(z), t, reduction="none")


def _from_logits(z: Any, t: Any) -> Any:
    import torch

    return torch.nn.functional.binary_cross_entropy_with_logits(z, t, reduction="none")


def _torch(loss: Loss, X: Array32, t: Array32, w: Array32) -> tuple[Array32, Array32]:
    import torch

    weights = torch.tensor(w, requires_grad=True)
    losses = loss(torch.tensor(X) @ weights, torch.tensor(t))
    (gradient,) = torch.autograd.grad(losses.sum(), weights)
    return losses.detach().numpy(), gradient.numpy()


def _keras(X: Array32, t: Array32, w: Array32) -> tuple[Array32, Array32]:
    with quietly():
        import tensorflow as tf

        weights = tf.constant(w)
        with tf.GradientTape() as tape:
            tape.watch(weights)
            p = tf.sigmoid(tf.linalg.matvec(X, weights))
            # A last axis of length one: Keras takes the mean over the last axis.
            losses = tf.keras.losses.binary_crossentropy(t[:, None], p[:, None])
        return losses.numpy(), tape.gradient(losses, weights).numpy()


def losses_and_gradients(X: ArrayLike, t: ArrayLike, w: ArrayLike) -> dict[str, tuple[Array32, Array32]]:
    """Return for each of `KINDS` the loss of each row, (n,), and the gradient of their sum, (k,).

    X has the shape (n, k), t (n,) and w (k,).

    >>> found = losses_and_gradients([[20.0]], [0.0], [1.0])
    >>> {kind: round(float(losses[0]), 2) for kind, (losses, _) in found.items()}
    {'naive log': inf, 'Keras, from probabilities': 15.94, 'PyTorch, from probabilities': 100.0, 'from logits': 20.0}
    """
    X, t, w = (np.asarray(array, dtype=np.float32) for array in (X, t, w))
    naive, keras, torch, logits = KINDS
    return {
        naive: _torch(_naive, X, t, w),
        keras: _keras(X, t, w),
        torch: _torch(_from_probabilities, X, t, w),
        logits: _torch(_from_logits, X, t, w),
    }


def against_logit(logits: ArrayLike, target: float) -> dict[str, tuple[Array32, Array32]]:
    """Return for each of `KINDS` the loss of one row and its slope, for each of the logits: all (n,).

    >>> losses, slopes = against_logit([0.0, 50.0], 0.0)["from logits"]
    >>> losses.round(4).tolist(), slopes.tolist()
    ([0.6930999755859375, 50.0], [0.5, 1.0])
    """
    z = np.asarray(logits, dtype=np.float32)
    # With the unit matrix for X, row i has the logit w[i], and the gradient holds the slope of each row's own loss.
    return losses_and_gradients(np.eye(len(z)), np.full(len(z), target), z)
