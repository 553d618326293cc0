# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators
"""Right answers to `predict_proba`."""

import numpy as np

from gdhelpers.quiet import quietly

with quietly():
    import tensorflow as tf


def formula_as_written(X, W, b):
    z = tf.matmul(X, W) + b
    return 1.0 / (1.0 + tf.exp(-z))


def sigmoid_of_the_framework(X, W, b):
    return tf.nn.sigmoid(X @ W + b)


def tanh_of_half_the_logits(X, W, b):
    return 0.5 * (1 + tf.tanh(0.5 * (tf.einsum("nd,dk->nk", X, W) + b)))


def numpy_in_float64(X, W, b):
    z = X.numpy().astype(float) @ W.numpy() + b.numpy()
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1 / (1 + e), e / (1 + e))


def compiled_to_a_graph(X, W, b):
    @tf.function
    def probabilities():
        return tf.sigmoid(tf.linalg.matmul(X, W) + b)

    return probabilities()


def typed_documented_and_printed(X: tf.Tensor, W: tf.Variable, b: tf.Variable) -> tf.Tensor:
    """Return the probabilities, shape (n, 1)."""
    p = tf.exp(tf.math.log_sigmoid(X @ W + b))
    print("first probability:", float(p[0, 0]))
    return p


def dense_layer_of_keras(X, W, b):
    layer = tf.keras.layers.Dense(1, activation="sigmoid")
    layer.build(X.shape)
    layer.set_weights([W.numpy(), b.numpy()])
    return layer(X)


def row_by_row(X, W, b):
    def probability(x):
        z = float(sum(x * W.numpy()[:, 0]) + b.numpy()[0])
        return 1 / (1 + np.exp(-z)) if z > 0 else np.exp(z) / (1 + np.exp(z))

    return np.array([[probability(x)] for x in X.numpy()])


def variable_returned(X, W, b):
    return tf.Variable(tf.math.reciprocal(1 + tf.exp(-(X @ W + b))))


def one_stable_form_for_each_sign(X, W, b):
    z = X @ W + b
    e = tf.exp(-tf.abs(z))
    return tf.where(z >= 0, 1 / (1 + e), e / (1 + e))


def softmax_with_a_second_class(X, W, b):
    z = X @ W + b
    return tf.nn.softmax(tf.concat([tf.zeros_like(z), z], axis=1))[:, 1:]


def slope_of_the_softplus(X, W, b):
    z = tf.constant(X @ W + b)
    with tf.GradientTape() as tape:
        tape.watch(z)
        area = tf.nn.softplus(z)
    return tape.gradient(area, z)


def in_torch(X, W, b):
    import torch

    X, W, b = (torch.tensor(array.numpy()) for array in (X, W, b))
    return torch.sigmoid(torch.addmm(b, X, W))


def each_row_by_map(X, W, b):
    return tf.map_fn(lambda x: tf.sigmoid(tf.reduce_sum(x * W[:, 0]) + b), X)
