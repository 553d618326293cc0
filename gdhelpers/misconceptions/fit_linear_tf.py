# mypy: allow-untyped-defs
"""Wrong versions of `fit_linear_tf`."""

from gdhelpers.misconceptions import says
from gdhelpers.quiet import quietly

with quietly():
    import tensorflow as tf


@says("With y of shape (n, 1) the residuals are a table of n x n numbers, as in the lecture's loop. Print their shape.")
def prediction_flattened(X, y, lr, steps):
    W, b = tf.Variable(tf.zeros((X.shape[1], 1))), tf.Variable(tf.zeros((1,)))
    losses = []
    for _ in range(steps):
        with tf.GradientTape() as tape:
            prediction = tf.reshape(X @ W + b, [X.shape[0]])
            loss = tf.reduce_mean(tf.square(y - prediction))
        dW, db = tape.gradient(loss, [W, b])
        W.assign_sub(lr * dW)
        b.assign_sub(lr * db)
        losses.append(loss)
    return W, b, losses


@says("Targets of shape (n, 1) work now, but with y of shape (n,) the residuals are a table of n x n numbers.")
def target_not_reshaped(X, y, lr, steps):
    W, b = tf.Variable(tf.zeros((X.shape[1], 1))), tf.Variable(tf.zeros((1,)))
    losses = []
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(y - (X @ W + b)))
        dW, db = tape.gradient(loss, [W, b])
        W.assign_sub(lr * dW)
        b.assign_sub(lr * db)
        losses.append(loss)
    return W, b, losses


@says("The steps go uphill: the loss grows. Look at the sign in the update.")
def ascent(X, y, lr, steps):
    W, b = tf.Variable(tf.zeros((X.shape[1], 1))), tf.Variable(tf.zeros((1,)))
    losses = []
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(X @ W + b - tf.reshape(y, (-1, 1))))
        dW, db = tape.gradient(loss, [W, b])
        W.assign_add(lr * dW)
        b.assign_add(lr * db)
        losses.append(loss)
    return W, b, losses


@says("b is still zero at the end. Look at which parameters a step updates.")
def bias_not_updated(X, y, lr, steps):
    W, b = tf.Variable(tf.zeros((X.shape[1], 1))), tf.Variable(tf.zeros((1,)))
    losses = []
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(X @ W + b - tf.reshape(y, (-1, 1))))
        W.assign_sub(lr * tape.gradient(loss, W))
        losses.append(loss)
    return W, b, losses


@says("Each loss was measured after its step. Look at where in the loop it is computed.")
def losses_after_the_steps(X, y, lr, steps):
    W, b = tf.Variable(tf.zeros((X.shape[1], 1))), tf.Variable(tf.zeros((1,)))
    y = tf.reshape(y, (-1, 1))
    losses = []
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(X @ W + b - y))
        dW, db = tape.gradient(loss, [W, b])
        W.assign_sub(lr * dW)
        b.assign_sub(lr * db)
        losses.append(tf.reduce_mean(tf.square(X @ W + b - y)))
    return W, b, losses


@says("Only the last loss came back. Look at what the exercise asks to be collected.")
def only_the_last_loss(X, y, lr, steps):
    W, b = tf.Variable(tf.zeros((X.shape[1], 1))), tf.Variable(tf.zeros((1,)))
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(X @ W + b - tf.reshape(y, (-1, 1))))
        dW, db = tape.gradient(loss, [W, b])
        W.assign_sub(lr * dW)
        b.assign_sub(lr * db)
    return W, b, loss


@says("The loss is a sum over the rows, so each step is as many times too large as there are rows.")
def sum_instead_of_mean(X, y, lr, steps):
    W, b = tf.Variable(tf.zeros((X.shape[1], 1))), tf.Variable(tf.zeros((1,)))
    losses = []
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(tf.square(X @ W + b - tf.reshape(y, (-1, 1))))
        dW, db = tape.gradient(loss, [W, b])
        W.assign_sub(lr * dW)
        b.assign_sub(lr * db)
        losses.append(loss)
    return W, b, losses


@says("b comes out as minus the intercept. Write out the residual with brackets round the whole prediction.")
def bias_subtracted(X, y, lr, steps):
    W, b = tf.Variable(tf.zeros((X.shape[1], 1))), tf.Variable(tf.zeros((1,)))
    losses = []
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(tf.reshape(y, (-1, 1)) - X @ W + b))
        dW, db = tape.gradient(loss, [W, b])
        W.assign_sub(lr * dW)
        b.assign_sub(lr * db)
        losses.append(loss)
    return W, b, losses


@says("The descent starts from ones. Look at where the exercise starts it.")
def starts_from_ones(X, y, lr, steps):
    W, b = tf.Variable(tf.ones((X.shape[1], 1))), tf.Variable(tf.ones((1,)))
    losses = []
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(X @ W + b - tf.reshape(y, (-1, 1))))
        dW, db = tape.gradient(loss, [W, b])
        W.assign_sub(lr * dW)
        b.assign_sub(lr * db)
        losses.append(loss)
    return W, b, losses


@says("The descent starts somewhere else each time. Look at where the exercise starts it.")
def starts_from_random_numbers(X, y, lr, steps):
    W, b = tf.Variable(tf.random.normal((X.shape[1], 1))), tf.Variable(tf.random.normal((1,)))
    losses = []
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(X @ W + b - tf.reshape(y, (-1, 1))))
        dW, db = tape.gradient(loss, [W, b])
        W.assign_sub(lr * dW)
        b.assign_sub(lr * db)
        losses.append(loss)
    return W, b, losses


@says("`W = W - ...` gave the name W to a tensor, which the next tape does not watch. Look at how a step changes W.")
def weights_rebound(X, y, lr, steps):
    W, b = tf.Variable(tf.zeros((X.shape[1], 1))), tf.Variable(tf.zeros((1,)))
    losses = []
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(X @ W + b - tf.reshape(y, (-1, 1))))
        dW, db = tape.gradient(loss, [W, b])
        W = W - lr * dW
        b = b - lr * db
        losses.append(loss)
    return W, b, losses


@says("The results came in another order. Look at which of the three is asked for first.")
def losses_returned_first(X, y, lr, steps):
    W, b = tf.Variable(tf.zeros((X.shape[1], 1))), tf.Variable(tf.zeros((1,)))
    losses = []
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(X @ W + b - tf.reshape(y, (-1, 1))))
        dW, db = tape.gradient(loss, [W, b])
        W.assign_sub(lr * dW)
        b.assign_sub(lr * db)
        losses.append(loss)
    return losses, W, b


@says("The function returned None. Look for what it hands back: printing is not returning.")
def returns_nothing(X, y, lr, steps):
    W, b = tf.Variable(tf.zeros((X.shape[1], 1))), tf.Variable(tf.zeros((1,)))
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(X @ W + b - tf.reshape(y, (-1, 1))))
        dW, db = tape.gradient(loss, [W, b])
        W.assign_sub(lr * dW)
        b.assign_sub(lr * db)
        print(loss)
