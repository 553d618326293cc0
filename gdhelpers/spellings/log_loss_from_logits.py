# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators
"""Right answers to `log_loss_from_logits`."""

import numpy as np

from gdhelpers.quiet import quietly

with quietly():
    import tensorflow as tf


def loss_of_the_framework(y, z):
    return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=z))


def maximum_and_log1p(y, z):
    return tf.reduce_mean(tf.maximum(z, 0.0) - y * z + tf.math.log1p(tf.exp(-tf.abs(z))))


def softplus_of_each_class(y, z):
    return tf.reduce_mean(y * tf.nn.softplus(-z) + (1 - y) * tf.nn.softplus(z))


def signed_logits(y, z):
    return -tf.reduce_mean(tf.math.log_sigmoid((2 * y - 1) * z))


def logaddexp_of_numpy(y, z):
    y, z = y.numpy().astype(np.float64), z.numpy().astype(np.float64)
    return np.logaddexp(0, np.where(y == 1, -z, z)).mean()


def loss_object_of_keras(y: tf.Tensor, z: tf.Tensor) -> float:
    """Return the mean log loss as a Python float."""
    loss = tf.keras.losses.BinaryCrossentropy(from_logits=True)
    value = float(loss(y, z))
    print("log loss:", value)
    return value


def compiled_to_a_graph(y, z):
    @tf.function
    def loss(s):
        return tf.reduce_mean(tf.nn.relu(s) + tf.math.log1p(tf.exp(-tf.abs(s))))

    return loss(tf.where(y == 1, -z, z))


def branch_for_each_row(y, z):
    def term(target, logit):
        s = -logit if target else logit
        return s + np.log1p(np.exp(-s)) if s > 0 else np.log1p(np.exp(s))

    terms = [term(t, float(logit)) for t, logit in zip(y.numpy().ravel(), z.numpy().ravel(), strict=True)]
    return sum(terms) / len(terms)


def log_of_the_sigmoid(y, z):
    return -tf.reduce_mean(y * tf.math.log_sigmoid(z) + (1 - y) * tf.math.log_sigmoid(-z))


def branch_where_the_one_no_longer_counts(y, z):
    s = (1 - 2 * y) * z
    large, small = tf.maximum(s, 15.0), tf.minimum(s, 15.0)
    return tf.reduce_mean(tf.where(s > 15.0, large + tf.exp(-large), tf.math.log1p(tf.exp(small))))


def in_torch(y, z):
    import torch

    y, z = torch.tensor(y.numpy()), torch.tensor(z.numpy())
    return torch.nn.functional.logsigmoid(torch.where(y == 1, z, -z)).mean().neg()


def softplus_of_keras(y, z):
    return tf.reduce_mean(tf.keras.ops.softplus((1 - 2 * y) * z))


def masks_in_float64(y, z):
    s = np.where(y.numpy() == 1, -1.0, 1.0) * z.numpy().astype(np.float64)
    terms, large = np.empty_like(s), s > 0
    terms[~large] = np.log1p(np.exp(s[~large]))
    terms[large] = s[large] + np.log1p(np.exp(-s[large]))
    return float(terms.mean())


def two_groups_of_rows(y, z):
    ones, zeros = z[y == 1], z[y == 0]
    return (tf.reduce_sum(tf.nn.softplus(-ones)) + tf.reduce_sum(tf.nn.softplus(zeros))) / y.shape[0]
