# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators
"""Right answers to `mse_gradients_tf`."""

from gdhelpers.quiet import quietly

with quietly():
    import tensorflow as tf


def tape_and_targets_reshaped(X, y, W, b):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(X @ W + b - tf.reshape(y, (-1, 1))))
    return tape.gradient(loss, [W, b])


def tape_and_both_flat(X, y, W, b):
    with tf.GradientTape() as tape:
        prediction = tf.reshape(tf.matmul(X, W) + b, [-1])
        loss = tf.reduce_mean((tf.reshape(y, [-1]) - prediction) ** 2)
    dW, db = tape.gradient(loss, (W, b))
    return dW, db


def function_of_the_tape(X, y, W, b):
    @tf.function
    def gradients(X, y):
        with tf.GradientTape() as tape:
            residual = tf.tensordot(X, W, 1) + b - y
            loss = tf.reduce_sum(residual * residual) / tf.cast(tf.shape(X)[0], tf.float32)
        return tape.gradient(loss, [W, b])

    return tuple(gradients(X, tf.reshape(y, (-1, 1))))


def closed_form(X, y, W, b):
    residual = X @ W + b - tf.reshape(y, (X.shape[0], 1))
    dW = 2 * tf.matmul(X, residual, transpose_a=True) / X.shape[0]
    db = 2 * tf.reduce_mean(residual, axis=0)
    return dW, db


def numpy_in_float64(X, y, W, b):
    X, y, W, b = (t.numpy().astype("float64") for t in (X, y, W, b))
    residual = X @ W + b - y.reshape(-1, 1)
    return 2 / len(X) * X.T @ residual, 2 / len(X) * residual.sum(axis=0)


def persistent_tape_and_einsum(X, y, W, b):
    y = tf.squeeze(y, axis=1) if len(y.shape) == 2 else y
    with tf.GradientTape(persistent=True) as tape:
        residual = tf.einsum("nd,dk->n", X, W) + b - y
        loss = tf.math.reduce_mean(tf.math.squared_difference(residual, 0.0))
    dW = tape.gradient(loss, W)
    db = tape.gradient(loss, b)
    return [dW, db]


def typed_double_precision(X: tf.Tensor, y: tf.Tensor, W: tf.Variable, b: tf.Variable) -> tuple[tf.Tensor, tf.Tensor]:
    """Return dW of shape (d, 1) and db of shape (1,), in float64."""
    X, weights, bias = (tf.cast(t, tf.float64) for t in (X, W, b))
    y = tf.reshape(tf.cast(y, tf.float64), (-1, 1))
    with tf.GradientTape() as tape:
        tape.watch([weights, bias])
        loss = tf.reduce_mean(tf.square(X @ weights + bias - y))
    print("loss", float(loss))
    return tape.gradient(loss, (weights, bias))  # type: ignore[no-any-return]


def mean_squared_error_of_keras(X, y, W, b):
    loss_of = tf.keras.losses.MeanSquaredError()
    with tf.GradientTape() as tape:
        loss = loss_of(tf.expand_dims(y, 1) if y.ndim == 1 else y, X @ W + b)
    return tape.gradient(loss, [W, b])


def tape_of_a_jacobian(X, y, W, b):
    with tf.GradientTape() as tape:
        squares = tf.square(X @ W + b - tf.reshape(y, (-1, 1)))
    return tuple(tf.reduce_mean(rows, axis=[0, 1]) for rows in tape.jacobian(squares, [W, b]))


def sum_of_rows_in_torch(X, y, W, b):
    import torch

    leaves = [torch.tensor(v.numpy(), requires_grad=True) for v in (W, b)]
    rows = zip(torch.tensor(X.numpy()), torch.tensor(y.numpy()).reshape(-1), strict=True)
    loss = sum((row @ leaves[0] + leaves[1] - target).square().sum() for row, target in rows) / len(X)
    return torch.autograd.grad(loss, leaves)


def layer_of_keras(X, y, W, b):
    layer = tf.keras.layers.Dense(1)
    layer.build(X.shape)
    layer.set_weights([W.numpy(), b.numpy()])
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(layer(X) - tf.reshape(y, (-1, 1))))
    return tape.gradient(loss, layer.trainable_weights)


def one_vector_of_parameters(X, y, W, b):
    design = tf.concat([X, tf.ones((X.shape[0], 1))], axis=1)
    theta = tf.concat([W, tf.reshape(b, (1, 1))], axis=0)
    with tf.GradientTape() as tape:
        tape.watch(theta)
        loss = tf.nn.l2_loss(design @ theta - tf.reshape(y, (-1, 1))) * 2 / len(design)
    slope = tape.gradient(loss, theta)
    return slope[:-1], slope[-1]


def forward_mode(X, y, W, b):
    def slope(variable, direction):
        with tf.autodiff.ForwardAccumulator(variable, direction) as forward:
            loss = tf.reduce_mean(tf.square(X @ W + b - tf.reshape(y, (-1, 1))))
        return forward.jvp(loss)

    columns = [slope(W, tf.one_hot([j], W.shape[0], axis=0)) for j in range(W.shape[0])]
    return tf.stack(columns)[:, None], slope(b, tf.ones_like(b))[None]


def variables_with_names(X, y, W, b):
    from collections import namedtuple

    Gradients = namedtuple("Gradients", ["dW", "db"])
    residual = tf.linalg.matvec(X, W[:, 0]) + b - tf.reshape(y, [-1])
    share = 2.0 / tf.cast(tf.size(residual), tf.float32)
    dW, db = tf.einsum("nd,n->d", X, share * residual), tf.reduce_sum(share * residual)
    return Gradients(tf.Variable(dW[:, tf.newaxis]), tf.Variable([db]))
