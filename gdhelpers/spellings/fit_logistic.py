# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators
"""Right answers to `fit_logistic`."""

import numpy as np

from gdhelpers.quiet import quietly

with quietly():
    import tensorflow as tf


def tape_and_assign_sub(X, y, W0, b0, lr, steps):
    W, b = tf.Variable(W0), tf.Variable(b0)
    losses = []
    for _ in range(steps):
        with tf.GradientTape() as tape:
            p = 1 / (1 + tf.exp(-(X @ W + b)))
            loss = -tf.reduce_mean(y * tf.math.log(p + 1e-10) + (1 - y) * tf.math.log(1 - p + 1e-10))
        dW, db = tape.gradient(loss, [W, b])
        W.assign_sub(lr * dW)
        b.assign_sub(lr * db)
        losses.append(float(loss))
    return W, b, losses


def optimiser_of_keras(X, y, W0, b0, lr, steps):
    W, b = tf.Variable(W0), tf.Variable(b0)
    optimiser = tf.keras.optimizers.SGD(learning_rate=lr)
    losses = []
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=X @ W + b))
        optimiser.apply_gradients(zip(tape.gradient(loss, [W, b]), [W, b], strict=True))
        losses.append(loss)
    return W, b, tf.stack(losses)


def step_in_a_graph(X, y, W0, b0, lr, steps):
    W, b = tf.Variable(W0), tf.Variable(b0)

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.math.softplus(X @ W + b) - y * (X @ W + b))
        dW, db = tape.gradient(loss, [W, b])
        W.assign_sub(lr * dW)
        b.assign_sub(lr * db)
        return loss

    losses = [step() for _ in range(steps)]
    return W, b, losses


def formula_in_numpy_float64(X, y, W0, b0, lr, steps):
    X, y = X.numpy().astype(float), y.numpy().astype(float)
    W, b, losses = W0.astype(float), b0.astype(float), []
    for _ in range(steps):
        p = 1 / (1 + np.exp(-(X @ W + b)))
        losses.append(-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)))
        W = W - lr * X.T @ (p - y) / len(X)
        b = b - lr * np.mean(p - y, axis=0)
    return W, b, np.array(losses)


def tensors_made_anew(X, y, W0, b0, lr, steps):
    W, b, losses = tf.constant(W0), tf.constant(b0), []
    for _ in range(steps):
        residual = tf.sigmoid(X @ W + b) - y
        losses += [tf.reduce_mean(-tf.math.log(1 - tf.abs(residual)))]
        W, b = W - lr * tf.transpose(X) @ residual / X.shape[0], b - lr * tf.reduce_mean(residual, axis=0)
    return [W, b, losses]


def typed_with_a_helper(X: tf.Tensor, y: tf.Tensor, W0: np.ndarray, b0: np.ndarray, lr: float, steps: int):
    """Return W (d, 1), b (1,) and a tuple of the losses."""

    def loss_at(W, b):
        z = X @ W + b
        return tf.reduce_mean(tf.maximum(z, 0.0) - y * z + tf.math.log1p(tf.exp(-tf.abs(z))))

    W, b = tf.Variable(W0, name="W"), tf.Variable(b0, name="b")
    losses = np.empty(0)
    for step in range(1, steps + 1):
        with tf.GradientTape() as tape:
            loss = loss_at(W, b)
        gradients = tape.gradient(loss, (W, b))
        for parameter, gradient in zip((W, b), gradients, strict=True):
            parameter.assign(parameter - lr * gradient)
        losses = np.append(losses, loss.numpy())
        print(f"step {step}: loss {losses[-1]:.4f}")
    return W.numpy(), b.numpy(), tuple(losses)


def dense_layer_of_keras(X, y, W0, b0, lr, steps):
    layer = tf.keras.layers.Dense(1)
    layer.build(X.shape)
    layer.set_weights([W0, b0])
    losses = []
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.keras.losses.binary_crossentropy(y, layer(X), from_logits=True))
        for variable, gradient in zip(layer.weights, tape.gradient(loss, layer.weights), strict=True):
            variable.assign_sub(lr * gradient)
        losses.append(float(loss))
    return *layer.get_weights(), losses


def watched_tensors_and_a_dictionary(X, y, W0, b0, lr, steps):
    now, losses = {"W": tf.constant(W0), "b": tf.constant(b0)}, []
    for _ in range(steps):
        with tf.GradientTape() as tape:
            tape.watch(now)
            z = tf.einsum("nd,dk->nk", X, now["W"]) + now["b"]
            loss = tf.reduce_mean(tf.math.softplus((1 - 2 * y) * z))
        slopes = tape.gradient(loss, now)
        now = {name: now[name] - lr * slopes[name] for name in now}
        losses.append(loss)
    return now["W"], now["b"], losses


def one_vector_of_parameters(X, y, W0, b0, lr, steps):
    design = np.hstack([X.numpy(), np.ones((len(X), 1), dtype="float32")])
    w, losses = np.vstack([W0, b0.reshape(1, 1)]), np.empty(steps)
    for step in range(steps):
        z = design @ w
        losses[step] = np.mean(np.logaddexp(0, z) - y.numpy() * z)
        w = w - np.float32(lr) * design.T @ (1 / (1 + np.exp(-z)) - y.numpy()) / len(design)
    return w[:-1], w[-1], losses


def loop_of_a_graph(X, y, W0, b0, lr, steps):
    @tf.function
    def train(W, b):
        losses = tf.TensorArray(tf.float32, size=steps)
        for step in tf.range(steps):
            z = X @ W + b
            losses = losses.write(step, tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(y, z)))
            pull = (tf.sigmoid(z) - y) / tf.cast(tf.shape(X)[0], tf.float32)
            W, b = W - lr * tf.matmul(X, pull, transpose_a=True), b - lr * tf.reduce_sum(pull, axis=0)
        return W, b, losses.stack()

    return train(tf.constant(W0), tf.constant(b0))


def in_torch(X, y, W0, b0, lr, steps):
    import torch

    X, y = torch.tensor(X.numpy()), torch.tensor(y.numpy())
    W, b = torch.tensor(W0, requires_grad=True), torch.tensor(b0, requires_grad=True)
    loss_of, optimiser, losses = torch.nn.BCEWithLogitsLoss(), torch.optim.SGD([W, b], lr), []
    for _ in range(steps):
        optimiser.zero_grad()
        loss = loss_of(X @ W + b, y)
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    return W, b, losses


def module_with_a_method(X, y, W0, b0, lr, steps):
    class Classifier(tf.Module):  # type: ignore[misc]
        def __init__(self):
            super().__init__()
            self.W, self.b = tf.Variable(W0), tf.Variable(b0)

        def loss(self):
            p = tf.nn.sigmoid(X @ self.W + self.b)
            return -tf.reduce_mean(tf.math.log(tf.where(y == 1.0, p, 1.0 - p)))

    model, losses = Classifier(), []
    for _ in range(steps):
        with tf.GradientTape() as tape:
            losses.append(model.loss())
        slopes = tape.gradient(losses[-1], model.trainable_variables)
        for variable, slope in zip(model.trainable_variables, slopes, strict=True):
            variable.assign_sub(lr * slope)
    return model.W, model.b, losses


def recursion_in_float64(X, y, W0, b0, lr, steps):
    X, y = X.numpy().astype(np.float64), y.numpy().astype(np.float64)

    def fit(W, b, left):
        if left == 0:
            return W, b, []
        z = X @ W + b
        pull = (1 / (1 + np.exp(-z)) - y) / len(X)
        loss = np.mean(np.log1p(np.exp(-np.abs(z))) + np.maximum(z, 0) - y * z)
        W, b, losses = fit(W - lr * X.T @ pull, b - lr * pull.sum(axis=0), left - 1)
        return W, b, [loss, *losses]

    return fit(W0.astype(np.float64), b0.astype(np.float64), steps)
