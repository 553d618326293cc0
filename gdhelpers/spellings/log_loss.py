# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators
"""Right answers to `log_loss`."""

import numpy as np

from gdhelpers.quiet import quietly

with quietly():
    import tensorflow as tf


def formula_as_written(y, p, tol=1e-10):
    return -tf.reduce_mean(y * tf.math.log(p + tol) + (1 - y) * tf.math.log(1 - p + tol))


def picked_by_the_target(y, p, tol=1e-10):
    return tf.reduce_mean(-tf.math.log(tf.where(y == 1, p, 1 - p) + tol))


def numpy_in_float64(y, p, tol=1e-10):
    y, p = y.numpy().astype(np.float64), p.numpy().astype(np.float64)
    return -np.mean(y * np.log(p + tol) + (1 - y) * np.log(1 - p + tol))


def compiled_to_a_graph(y, p, tol=1e-10):
    @tf.function
    def loss(y, p, tol):
        return -tf.reduce_mean(y * tf.math.log(p + tol) + (1 - y) * tf.math.log(1 - p + tol))

    return loss(y, p, tf.constant(tol))


def sum_over_n(y: tf.Tensor, p: tf.Tensor, tol: float = 1e-10) -> float:
    """Return the mean log loss as a Python float."""
    right, wrong = y * tf.math.log(p + tol), (1.0 - y) * tf.math.log(1.0 - p + tol)
    print("terms:", len(right))
    return -float(tf.reduce_sum(right + wrong)) / len(y)


def products_of_matrices(y, p, tol=1e-10):
    yes = tf.transpose(y) @ tf.math.log(p + tol)
    no = tf.transpose(1 - y) @ tf.math.log(1 - p + tol)
    return -(yes + no)[0, 0] / y.shape[0]


def flat_in_float64(y, p, tol=1e-10):
    y, p = (tf.reshape(tf.cast(array, tf.float64), [-1]) for array in (y, p))
    return -tf.math.reduce_mean(tf.math.xlogy(y, p + tol) + tf.math.xlogy(1 - y, 1 - p + tol))


def python_loop(y, p, tol=1e-10):
    def term(target, probability):
        return np.log(probability + tol) if target else np.log(1 - probability + tol)

    terms = [term(t, float(q)) for t, q in zip(y.numpy().ravel(), p.numpy().ravel(), strict=True)]
    return -sum(terms) / len(terms)


def chosen_with_where(y, p, tol=1e-10):
    return tf.reduce_mean(tf.where(y > 0.5, -tf.math.log(p + tol), -tf.math.log(1 - p + tol)))


def two_groups_of_rows(y, p, tol=1e-10):
    ones, zeros = p[y == 1], p[y == 0]
    total = tf.reduce_sum(tf.math.log(ones + tol)) + tf.reduce_sum(tf.math.log(1 - zeros + tol))
    return -total / tf.cast(tf.size(y), total.dtype)


def column_of_the_target(y, p, tol=1e-10):
    logarithms = tf.math.log(tf.concat([1 - p, p], axis=1) + tol)
    picked = tf.gather(logarithms, tf.cast(y[:, 0], tf.int32), batch_dims=1)
    return -tf.reduce_mean(picked).numpy()


def logarithm_of_the_product(y, p, tol=1e-10):
    y, p = y.numpy().astype(np.float64), p.numpy().astype(np.float64)
    return -np.log(np.prod(np.where(y == 1, p, 1 - p) + tol)) / len(y)


def each_row_by_map(y, p, tol=1e-10):
    def loss(row):
        target, probability = row
        return -(target * tf.math.log(probability + tol) + (1 - target) * tf.math.log(1 - probability + tol))

    return tf.reduce_mean(tf.map_fn(loss, (y, p), fn_output_signature=tf.float32))


def in_torch(y, p, tol=1e-10):
    import torch

    y, p = torch.tensor(y.numpy()), torch.tensor(p.numpy())
    return -(torch.xlogy(y, p + tol) + torch.xlogy(1 - y, 1 - p + tol)).mean()
