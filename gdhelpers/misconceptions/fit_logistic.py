# mypy: allow-untyped-defs, allow-untyped-calls
# ruff: noqa: RET503 - the contract fixes the arguments
"""Wrong versions of `fit_logistic`."""

import numpy as np

from gdhelpers.misconceptions import says
from gdhelpers.quiet import quietly

with quietly():
    import tensorflow as tf


@says("Each loss was measured after its step. The first loss should be that of the start.")
def losses_after_the_step(X, y, W0, b0, lr, steps):
    W, b, losses = tf.Variable(W0), tf.Variable(b0), []
    for _ in range(steps):
        residual = tf.sigmoid(X @ W + b) - y
        W.assign_sub(lr * tf.transpose(X) @ residual / X.shape[0])
        b.assign_sub(lr * tf.reduce_mean(residual, axis=0))
        losses.append(tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=X @ W + b)))
    return W, b, losses


@says("The steps go uphill: the loss rises. Look at the sign of the update.")
def steps_uphill(X, y, W0, b0, lr, steps):
    W, b, losses = tf.Variable(W0), tf.Variable(b0), []
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=X @ W + b))
        dW, db = tape.gradient(loss, [W, b])
        W.assign_add(lr * dW)
        b.assign_add(lr * db)
        losses.append(loss)
    return W, b, losses


@says("The descent starts from zeros. Look at what W0 and b0 are for.")
def start_from_zeros(X, y, W0, b0, lr, steps):
    W, b, losses = tf.Variable(tf.zeros_like(W0)), tf.Variable(tf.zeros_like(b0)), []
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=X @ W + b))
        dW, db = tape.gradient(loss, [W, b])
        W.assign_sub(lr * dW)
        b.assign_sub(lr * db)
        losses.append(loss)
    return W, b, losses


@says("The bias stays where it started. Look at which of the parameters are updated.")
def bias_not_updated(X, y, W0, b0, lr, steps):
    W, b, losses = tf.Variable(W0), tf.Variable(b0), []
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=X @ W + b))
        W.assign_sub(lr * tape.gradient(loss, W))
        losses.append(loss)
    return W, b, losses


@says("The gradient was computed once and used for every step. It changes as soon as W and b do.")
def gradient_of_the_start(X, y, W0, b0, lr, steps):
    W, b, losses = tf.Variable(W0), tf.Variable(b0), []
    residual = tf.sigmoid(X @ W + b) - y
    dW, db = tf.transpose(X) @ residual / X.shape[0], tf.reduce_mean(residual, axis=0)
    for _ in range(steps):
        losses.append(tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=X @ W + b)))
        W.assign_sub(lr * dW)
        b.assign_sub(lr * db)
    return W, b, losses


@says("W was updated before the gradient of b was computed. Both gradients belong to the same point.")
def bias_gradient_after_the_weight_step(X, y, W0, b0, lr, steps):
    W, b, losses = tf.Variable(W0), tf.Variable(b0), []
    for _ in range(steps):
        losses.append(tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=X @ W + b)))
        W.assign_sub(lr * tf.transpose(X) @ (tf.sigmoid(X @ W + b) - y) / X.shape[0])
        b.assign_sub(lr * tf.reduce_mean(tf.sigmoid(X @ W + b) - y, axis=0))
    return W, b, losses


@says("The steps are n times too long: the gradients are those of a sum over the rows.")
def gradients_of_the_sum(X, y, W0, b0, lr, steps):
    W, b, losses = tf.Variable(W0), tf.Variable(b0), []
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=X @ W + b)
        dW, db = tape.gradient(loss, [W, b])
        W.assign_sub(lr * dW)
        b.assign_sub(lr * db)
        losses.append(tf.reduce_mean(loss))
    return W, b, losses


@says("Each step looks at one row only. Full-batch descent uses all the rows in every step.")
def one_row_a_step(X, y, W0, b0, lr, steps):
    W, b, losses = tf.Variable(W0), tf.Variable(b0), []
    for step in range(steps):
        losses.append(tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=X @ W + b)))
        row = step % X.shape[0]
        x, residual = X[row : row + 1], tf.sigmoid(X[row : row + 1] @ W + b) - y[row : row + 1]
        W.assign_sub(lr * tf.transpose(x) * residual)
        b.assign_sub(lr * tf.reduce_sum(residual, axis=0))
    return W, b, losses


@says("The descent took one step too many. Count the updates, and the losses.")
def one_step_too_many(X, y, W0, b0, lr, steps):
    W, b, losses = tf.Variable(W0), tf.Variable(b0), []
    for _ in range(steps + 1):
        residual = tf.sigmoid(X @ W + b) - y
        losses.append(tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=X @ W + b)))
        W.assign_sub(lr * tf.transpose(X) @ residual / X.shape[0])
        b.assign_sub(lr * tf.reduce_mean(residual, axis=0))
    return W, b, losses


@says("The learning rate that the caller gives has no effect. Look for a number where the name should be.")
def learning_rate_written_as_a_number(X, y, W0, b0, lr, steps):
    W, b, losses = tf.Variable(W0), tf.Variable(b0), []
    for _ in range(steps):
        residual = tf.sigmoid(X @ W + b) - y
        losses.append(tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=X @ W + b)))
        W.assign_sub(0.01 * tf.transpose(X) @ residual / X.shape[0])
        b.assign_sub(0.01 * tf.reduce_mean(residual, axis=0))
    return W, b, losses


@says("The descent follows the gradient of the squared difference of p and y. Look at which loss is differentiated.")
def descent_on_the_squared_loss(X, y, W0, b0, lr, steps):
    W, b, losses = tf.Variable(W0), tf.Variable(b0), []
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(tf.sigmoid(X @ W + b) - y))
        dW, db = tape.gradient(loss, [W, b])
        W.assign_sub(lr * dW)
        b.assign_sub(lr * db)
        losses.append(loss)
    return W, b, losses


@says("The arrays W0 and b0 were changed in place. They belong to the caller: work on a copy.")
def start_overwritten(X, y, W0, b0, lr, steps):
    losses = []
    for _ in range(steps):
        z = X @ W0 + b0
        losses.append(tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=z)))
        residual = tf.sigmoid(z).numpy() - y.numpy()
        W0 -= lr * X.numpy().T @ residual / len(residual)
        b0 -= lr * residual.mean(axis=0)
    return np.array(W0), np.array(b0), losses


@says("The losses were not returned. Look at the three things that were asked for.")
def losses_left_out(X, y, W0, b0, lr, steps):
    W, b = tf.Variable(W0), tf.Variable(b0)
    for _ in range(steps):
        residual = tf.sigmoid(X @ W + b) - y
        W.assign_sub(lr * tf.transpose(X) @ residual / X.shape[0])
        b.assign_sub(lr * tf.reduce_mean(residual, axis=0))
    return W, b


@says("Only the last loss was returned. Keep one for every step.")
def last_loss_only(X, y, W0, b0, lr, steps):
    W, b = tf.Variable(W0), tf.Variable(b0)
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=X @ W + b))
        dW, db = tape.gradient(loss, [W, b])
        W.assign_sub(lr * dW)
        b.assign_sub(lr * db)
    return W, b, loss


@says("The function returns in its first turn. Look at how far the return is indented.")
def return_inside_the_loop(X, y, W0, b0, lr, steps):
    W, b, losses = tf.Variable(W0), tf.Variable(b0), []
    for _ in range(steps):
        residual = tf.sigmoid(X @ W + b) - y
        losses.append(tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=X @ W + b)))
        W.assign_sub(lr * tf.transpose(X) @ residual / X.shape[0])
        b.assign_sub(lr * tf.reduce_mean(residual, axis=0))
        return W, b, losses
