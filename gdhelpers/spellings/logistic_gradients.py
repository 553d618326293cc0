# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators
"""Right answers to `logistic_gradients`."""

import numpy as np

from gdhelpers.quiet import quietly

with quietly():
    import tensorflow as tf


def tape_through_the_tolerance(X, y, W, b):
    with tf.GradientTape() as tape:
        p = 1.0 / (1.0 + tf.exp(-(X @ W + b)))
        loss = -tf.reduce_mean(y * tf.math.log(p + 1e-10) + (1 - y) * tf.math.log(1 - p + 1e-10))
    dW, db = tape.gradient(loss, [W, b])
    return dW, db


def tape_from_logits(X, y, W, b):
    with tf.GradientTape() as tape:
        z = tf.matmul(X, W) + b
        loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=z))
    return tape.gradient(loss, [W, b])


def tape_persistent(X: tf.Tensor, y: tf.Tensor, W: tf.Variable, b: tf.Variable):
    """Return dW, shape (d, 1), and db, shape (1,)."""
    with tf.GradientTape(persistent=True) as tape:
        p = 0.5 * (1 + tf.tanh(0.5 * (X @ W + b)))
        loss = tf.reduce_mean(-tf.math.log(tf.where(y > 0.5, p, 1 - p)))
    dW = tape.gradient(loss, W)
    db = tape.gradient(loss, b)
    print("gradients:", dW, db)
    return dW, db


def tape_by_another_name_twice(X, y, W, b):
    from tensorflow import GradientTape as Tape

    def loss():
        z = X @ W + b
        return tf.reduce_mean(tf.maximum(z, 0.0) - y * z + tf.math.log1p(tf.exp(-tf.abs(z))))

    with Tape() as first:
        value = loss()
    with Tape() as second:
        other = loss()
    return [first.gradient(value, W), second.gradient(other, b)]


def tape_in_a_graph(X, y, W, b):
    @tf.function
    def gradients(X, y):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.math.softplus(X @ W + b) - y * (X @ W + b))
        return tape.gradient(loss, (W, b))

    return gradients(X, y)


def tape_on_copies_in_float64(X, y, W, b):
    X, y, W, b = (tf.cast(array, tf.float64) for array in (X, y, W, b))
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch([W, b])
        loss = tf.keras.losses.BinaryCrossentropy(from_logits=True)(y, X @ W + b)
    gradients = tape.gradient(loss, {"W": W, "b": b})
    return gradients["W"], gradients["b"]


def tape_chained(X, y, W, b):
    with tf.GradientTape(persistent=True) as tape:
        p = tf.sigmoid(X @ W + b)
        loss = -tf.reduce_mean(y * tf.math.log(p) + (1 - y) * tf.math.log(1 - p))
    pull = tape.gradient(loss, p)
    return tape.gradient(p, W, output_gradients=pull), tape.gradient(p, b, output_gradients=pull)


def tape_a_row_at_a_time(X, y, W, b):
    dW, db = tf.zeros_like(W), tf.zeros_like(b)
    for i in range(len(X)):
        with tf.GradientTape() as tape:
            loss = tf.nn.sigmoid_cross_entropy_with_logits(labels=y[i : i + 1], logits=X[i : i + 1] @ W + b)
        row_W, row_b = tape.gradient(loss, [W, b])
        dW, db = dW + row_W / len(X), db + row_b / len(X)
    return dW, db


def hand_derived(X, y, W, b):
    p = tf.sigmoid(X @ W + b)
    n = X.shape[0]
    return tf.transpose(X) @ (p - y) / n, tf.reduce_sum(p - y, axis=0) / n


def hand_derived_in_numpy(X, y, W, b):
    X, y, W, b = (np.asarray(array, dtype=np.float64) for array in (X, y, W, b))
    residual = 1 / (1 + np.exp(-(X @ W + b))) - y
    return (X * residual).mean(axis=0)[:, np.newaxis], residual.mean(axis=0)


def tape_around_a_layer(X, y, W, b):
    layer = tf.keras.layers.Dense(1)
    layer.build(X.shape)
    layer.set_weights([W.numpy(), b.numpy()])
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.keras.losses.binary_crossentropy(y, layer(X), from_logits=True))
    return tape.gradient(loss, layer.trainable_variables)


def tape_over_one_vector(X, y, W, b):
    design = tf.concat([X, tf.ones((X.shape[0], 1))], axis=1)
    theta = tf.Variable(tf.concat([W, b[None]], axis=0))
    with tf.GradientTape() as tape:
        loss = -tf.reduce_mean(tf.math.log_sigmoid((2 * y - 1) * (design @ theta)))
    slope = tape.gradient(loss, theta)
    return slope[:-1], slope[-1]


def hand_over_to_torch(X, y, W, b):
    import torch

    W, b = (torch.tensor(v.numpy(), requires_grad=True) for v in (W, b))
    z = torch.tensor(X.numpy()) @ W + b
    return torch.autograd.grad(torch.nn.functional.binary_cross_entropy_with_logits(z, torch.tensor(y.numpy())), [W, b])


def hand_stepped_into_the_complex_plane(X, y, W, b):
    X, y, theta = X.numpy().astype(float), y.numpy(), np.append(W.numpy(), b.numpy()).astype(float)

    def loss(theta):
        z = X @ theta[:-1, np.newaxis] + theta[-1]
        return np.mean(np.log(1 + np.exp(z)) - y * z)

    slopes = [loss(theta + 1j * step).imag / 1e-20 for step in 1e-20 * np.eye(len(theta))]
    return np.array(slopes[:-1])[:, np.newaxis], np.array(slopes[-1:])


def hand_a_row_at_a_time(X, y, W, b):
    dW, db = np.zeros(W.shape), np.zeros(1)
    for x, target in zip(X.numpy(), y.numpy(), strict=True):
        pull = 1 / (1 + np.exp(-(x @ W.numpy() + b.numpy()))) - target
        dW += np.outer(x, pull) / len(X)
        db += pull / len(X)
    return [dW, db]
