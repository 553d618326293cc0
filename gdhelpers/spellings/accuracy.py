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


def error_by_absolute_difference(y, p, threshold=0.5):
    decisions = np.where(p.numpy() >= threshold, 1.0, 0.0)
    return float(1.0 - np.abs(decisions - y.numpy()).mean())


def metric_of_keras(y, p, threshold=0.5):
    # The metric decides p > threshold: the largest float below it makes that p >= threshold.
    below = np.nextafter(np.float32(threshold), np.float32(-1.0))
    return tf.reduce_mean(tf.keras.metrics.binary_accuracy(y, p, threshold=below))


def data_frame_of_pandas(y, p, threshold=0.5):
    import pandas as pd

    rows = pd.DataFrame({"y": y.numpy().ravel(), "p": p.numpy().ravel()})
    return (rows["p"].ge(threshold) == rows["y"].eq(1)).mean()


def logical_operations(y, p, threshold=0.5):
    said, true = tf.greater_equal(p, threshold), tf.cast(y, tf.bool)
    right = tf.logical_not(tf.math.logical_xor(said, true))
    return tf.math.count_nonzero(right) / tf.size(right, out_type=tf.int64)


def table_of_confusion(y, p, threshold=0.5):
    table = tf.math.confusion_matrix(y[:, 0], p[:, 0] >= threshold, num_classes=2)
    return (tf.linalg.trace(table) / tf.reduce_sum(table)).numpy()


def in_torch(y, p, threshold=0.5):
    import torch

    right = torch.tensor(p.numpy()).ge(threshold) == torch.tensor(y.numpy()).bool()
    return right.double().mean()


def two_groups_of_rows(y, p, threshold=0.5):
    found = tf.math.count_nonzero(p[y == 1] >= threshold)
    left_alone = tf.math.count_nonzero(p[y == 0] < threshold)
    return int(found + left_alone) / y.shape[0]
