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


def _torch(loss: Loss, z: Array32, t: Array32) -> tuple[Array32, Array32]:
    import torch

    logits = torch.tensor(z, requires_grad=True)
    losses = loss(logits, torch.tensor(t))
    (slopes,) = torch.autograd.grad(losses.sum(), logits)
    return losses.detach().numpy(), slopes.numpy()


def _keras(z: Array32, t: Array32) -> tuple[Array32, Array32]:
    with quietly():
        import tensorflow as tf

        logits = tf.constant(z)
        with tf.GradientTape() as tape:
            tape.watch(logits)
            # A last axis of length one: Keras takes the mean over the last axis.
            losses = tf.keras.losses.binary_crossentropy(t[:, None], tf.sigmoid(logits)[:, None])
        return losses.numpy(), tape.gradient(losses, logits).numpy()


def against_logit(logits: ArrayLike, targets: ArrayLike) -> dict[str, tuple[Array32, Array32]]:
    """Return for each of `KINDS` the loss of each row and its slope with respect to the logit: all (n,).

    `targets` may be one number for all rows.

    >>> losses, slopes = against_logit([0.0, 50.0], 0.0)["from logits"]
    >>> losses.round(4).tolist(), slopes.tolist()
    ([0.6930999755859375, 50.0], [0.5, 1.0])
    """
    z = np.asarray(logits, dtype=np.float32)
    t = np.array(np.broadcast_to(np.asarray(targets, dtype=np.float32), z.shape))
    naive, keras, torch, from_logits = KINDS
    return {
        naive: _torch(_naive, z, t),
        keras: _keras(z, t),
        torch: _torch(_from_probabilities, z, t),
        from_logits: _torch(_from_logits, z, t),
    }


def losses_and_gradients(X: ArrayLike, t: ArrayLike, w: ArrayLike) -> dict[str, tuple[Array32, Array32]]:
    """Return for each of `KINDS` the loss of each row, (n,), and the gradient of their mean, (k,).

    X has the shape (n, k), t (n,) and w (k,). By the chain rule the gradient is X' times the slopes, over n.

    >>> found = losses_and_gradients([[20.0]], [0.0], [1.0])
    >>> {kind: round(float(losses[0]), 2) for kind, (losses, _) in found.items()}
    {'naive log': inf, 'Keras, from probabilities': 15.94, 'PyTorch, from probabilities': 100.0, 'from logits': 20.0}
    """
    X, w = np.asarray(X, dtype=np.float32), np.asarray(w, dtype=np.float32)
    found = against_logit(X @ w, t)
    return {kind: (losses, X.T @ slopes / np.float32(len(losses))) for kind, (losses, slopes) in found.items()}
