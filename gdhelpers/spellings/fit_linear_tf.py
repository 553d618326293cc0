# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators
"""Right answers to `fit_linear_tf`."""

import numpy as np

from gdhelpers.quiet import quietly

with quietly():
    import tensorflow as tf


def tape_and_assign_sub(X, y, lr, steps):
    y = tf.reshape(y, (-1, 1))
    W = tf.Variable(tf.zeros((X.shape[1], 1)))
    b = tf.Variable(tf.zeros((1,)))
    losses = []
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(y - (X @ W + b)))
        dW, db = tape.gradient(loss, [W, b])
        W.assign_sub(lr * dW)
        b.assign_sub(lr * db)
        losses.append(loss)
    return W, b, losses


def both_flat(X, y, lr, steps):
    W, b = tf.Variable(tf.zeros((X.shape[1], 1))), tf.Variable([0.0])
    losses = []
    for _ in range(steps):
        with tf.GradientTape() as tape:
            prediction = tf.reshape(tf.matmul(X, W) + b, [-1])
            loss = tf.reduce_mean((prediction - tf.reshape(y, [-1])) ** 2)
        losses.append(float(loss))
        for parameter, gradient in zip((W, b), tape.gradient(loss, (W, b)), strict=True):
            parameter.assign(parameter - lr * gradient)
    return [W, b, losses]


def function_of_the_step(X, y, lr, steps):
    W, b = tf.Variable(tf.zeros((X.shape[1], 1))), tf.Variable(tf.zeros(1))
    y = tf.reshape(y, (X.shape[0], 1))

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.math.squared_difference(X @ W + b, y))
        dW, db = tape.gradient(loss, [W, b])
        W.assign_sub(lr * dW)
        b.assign_sub(lr * db)
        return loss

    losses = [step().numpy() for _ in range(steps)]
    return W.numpy(), b.numpy(), losses


def watched_tensors(X, y, lr, steps):
    W, b, losses = tf.zeros((X.shape[1], 1)), tf.zeros((1,)), []
    for _ in range(steps):
        with tf.GradientTape() as tape:
            tape.watch(W)
            tape.watch(b)
            loss = tf.reduce_mean((tf.einsum("nd,dk->n", X, W) + b - tf.reshape(y, [-1])) ** 2)
        dW, db = tape.gradient(loss, [W, b])
        W, b = W - lr * dW, b - lr * db
        losses += [loss]
    return W, b, tf.stack(losses)


def sgd_optimiser(X, y, lr, steps):
    W, b = tf.Variable(tf.zeros((X.shape[1], 1))), tf.Variable(tf.zeros((1,)))
    optimiser = tf.keras.optimizers.SGD(learning_rate=lr)
    losses = []
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(tf.reshape(y, (-1, 1)) - X @ W - b))
        losses.append(loss.numpy())
        optimiser.apply_gradients(zip(tape.gradient(loss, [W, b]), [W, b], strict=True))
    return W, b, losses


def closed_form_in_numpy(X, y, lr, steps):
    X, y = X.numpy().astype("float64"), y.numpy().astype("float64").reshape(-1, 1)
    W, b, losses = np.zeros((X.shape[1], 1)), np.zeros(1), np.zeros(steps)
    for step in range(steps):
        residual = X @ W + b - y
        losses[step] = (residual**2).mean()
        W -= lr * 2 / len(X) * X.T @ residual
        b -= lr * 2 * residual.mean(axis=0)
    return W, b, losses


def typed_with_a_helper(X: tf.Tensor, y: tf.Tensor, lr: float, steps: int) -> tuple:  # type: ignore[type-arg]
    """Return (W, b, losses) after `steps` steps of gradient descent, in float64."""

    def gradients(W: tf.Variable, b: tf.Variable) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(features @ W + b - targets))
        return (loss, *tape.gradient(loss, [W, b]))

    features, targets = tf.cast(X, tf.float64), tf.reshape(tf.cast(y, tf.float64), (-1, 1))
    W = tf.Variable(tf.zeros((features.shape[1], 1), tf.float64))
    b = tf.Variable(tf.zeros((1,), tf.float64))
    losses = []
    for step in range(steps):
        loss, dW, db = gradients(W, b)
        W.assign_sub(lr * dW)
        b.assign_sub(lr * db)
        losses.append(float(loss))
        print("step", step, "loss", losses[-1])
    return W, b, losses


def optimiser_object_and_one_variable(X, y, lr, steps):
    design = tf.concat([X, tf.ones_like(X[:, :1])], axis=1)
    w = tf.Variable(tf.zeros((design.shape[1], 1)))
    optimiser, losses = tf.keras.optimizers.SGD(lr), []
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((design @ w - tf.reshape(y, (-1, 1))) ** 2)
        optimiser.apply_gradients([(tape.gradient(loss, w), w)])
        losses.append(loss.numpy())
    return w[:-1], w[-1], losses


def gradients_written_out(X, y, lr, steps):
    y = tf.reshape(y, (-1, 1))
    W, b, losses = tf.zeros((X.shape[1], 1)), tf.zeros((1,)), []
    for _ in range(steps):
        residual = X @ W + b - y
        losses.append(tf.reduce_mean(residual * residual))
        W -= lr * 2 * tf.reduce_mean(X * residual, axis=0)[:, None]
        b -= lr * 2 * tf.reduce_mean(residual, axis=0)
    return [W, b, losses]


def module_with_a_method(X, y, lr, steps):
    class Line(tf.Module):  # type: ignore[misc]
        def __init__(self):
            super().__init__()
            self.W, self.b = tf.Variable(tf.zeros((X.shape[1], 1))), tf.Variable(tf.zeros((1,)))

        def loss(self):
            return tf.reduce_mean(tf.math.squared_difference(X @ self.W + self.b, tf.reshape(y, (-1, 1))))

    line, losses = Line(), []
    for _ in range(steps):
        with tf.GradientTape() as tape:
            losses.append(line.loss())
        for variable, gradient in zip((line.W, line.b), tape.gradient(losses[-1], [line.W, line.b]), strict=True):
            variable.assign(variable - lr * gradient)
    return line.W, line.b, tuple(losses)


def fold_over_the_steps(X, y, lr, steps):
    design = tf.cast(tf.concat([X, tf.ones((X.shape[0], 1))], axis=1), tf.float64)
    y = tf.reshape(tf.cast(y, tf.float64), (-1, 1))
    start = tf.zeros((design.shape[1], 1), tf.float64)

    def step(theta, _):
        return theta - 2 * lr / len(X) * tf.matmul(design, design @ theta - y, transpose_a=True)

    path = tf.concat([start[None], tf.scan(step, tf.range(steps), start)], axis=0)
    losses = tf.reduce_mean((design @ path[:-1] - y) ** 2, axis=[1, 2])
    return path[-1, :-1], path[-1, -1], losses


def layer_of_keras(X, y, lr, steps):
    layer = tf.keras.layers.Dense(1, kernel_initializer="zeros")
    layer.build(X.shape)
    losses = []
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = tf.keras.losses.MeanSquaredError()(tf.reshape(y, (-1, 1)), layer(X))
        for weight, slope in zip(layer.weights, tape.gradient(loss, layer.weights), strict=True):
            weight.assign(weight - lr * slope)
        losses.append(float(loss))
    return layer.kernel, layer.bias, losses


def in_torch(X, y, lr, steps):
    import torch

    X, y = torch.tensor(X.numpy()), torch.tensor(y.numpy()).reshape(-1, 1)
    W, b = torch.zeros(X.shape[1], 1, requires_grad=True), torch.zeros(1, requires_grad=True)
    optimiser, losses = torch.optim.SGD([W, b], lr), []
    for _ in range(steps):
        loss = torch.nn.functional.mse_loss(X @ W + b, y)
        losses.append(loss.item())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return W, b, losses
