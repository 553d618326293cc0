# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators
"""Right answers to `accuracy`."""

import numpy as np

from gdhelpers.quiet import quietly

with quietly():
    import tensorflow as tf


def mean_of_equal_floats(y, p, threshold=0.5):
    return tf.reduce_mean(tf.cast(tf.cast(p >= threshold, tf.float32) == y, tf.float32))


def mean_of_equal_truths_in_numpy(y, p, threshold=0.5):
    return np.mean((p.numpy() >= threshold) == (y.numpy() == 1))


def count_over_n(y, p, threshold=0.5):
    right = tf.math.equal(tf.where(p < threshold, 0.0, 1.0), y)
    return tf.math.count_nonzero(right) / len(y)


def one_minus_the_errors(y, p, threshold=0.5):
    decisions = tf.cast(tf.greater_equal(p, threshold), y.dtype)
    return 1 - tf.reduce_mean(tf.abs(decisions - y))


def compiled_to_a_graph(y, p, threshold=0.5):
    @tf.function
    def share(y, p):
        right = tf.equal(p >= threshold, tf.cast(y, tf.bool))
        return tf.reduce_mean(tf.cast(right, tf.float64))

    return share(y, p)


def python_loop(y: tf.Tensor, p: tf.Tensor, threshold: float = 0.5) -> float:
    """Return the share of right decisions."""
    pairs = list(zip(y.numpy().ravel(), p.numpy().ravel(), strict=True))
    right = sum((probability >= threshold) == (target == 1) for target, probability in pairs)
    print(right, "of", len(pairs), "rows are right")
    return float(right / len(pairs))


def flat_tensors(y, p, threshold=0.5):
    y, decisions = tf.squeeze(y, axis=1), tf.squeeze(p, axis=1) >= threshold
    return tf.reduce_sum(tf.where(decisions, y, 1 - y)) / tf.cast(tf.size(y), tf.float32)
