# mypy: allow-untyped-defs
# ruff: noqa: B006, RET503 - these are the mistakes
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


@says("There is one loss too many: the one after the last step was not asked for.")
def last_loss_too(X, y, lr, steps):
    W, b = tf.Variable(tf.zeros((X.shape[1], 1))), tf.Variable(tf.zeros((1,)))
    losses = []
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(X @ W + b - tf.reshape(y, (-1, 1))))
        dW, db = tape.gradient(loss, [W, b])
        W.assign_sub(lr * dW)
        b.assign_sub(lr * db)
        losses.append(loss)
    losses.append(tf.reduce_mean(tf.square(X @ W + b - tf.reshape(y, (-1, 1)))))
    return W, b, losses


@says("The function returns in its first turn. Look at how far the return is indented.")
def return_inside_the_loop(X, y, lr, steps):
    W, b = tf.Variable(tf.zeros((X.shape[1], 1))), tf.Variable(tf.zeros((1,)))
    losses = []
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(X @ W + b - tf.reshape(y, (-1, 1))))
        dW, db = tape.gradient(loss, [W, b])
        W.assign_sub(lr * dW)
        b.assign_sub(lr * db)
        losses.append(loss)
        return W, b, losses


@says("The descent took one step too few. Count the updates, and the losses.")
def one_step_too_few(X, y, lr, steps):
    W, b = tf.Variable(tf.zeros((X.shape[1], 1))), tf.Variable(tf.zeros((1,)))
    losses = []
    for _ in range(1, steps):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(X @ W + b - tf.reshape(y, (-1, 1))))
        dW, db = tape.gradient(loss, [W, b])
        W.assign_sub(lr * dW)
        b.assign_sub(lr * db)
        losses.append(loss)
    return W, b, losses


@says("The gradient was computed once and used for every step. It changes as soon as W and b do.")
def gradient_of_the_start(X, y, lr, steps):
    W, b = tf.Variable(tf.zeros((X.shape[1], 1))), tf.Variable(tf.zeros((1,)))
    y, losses = tf.reshape(y, (-1, 1)), []
    dW, db = -2 / X.shape[0] * tf.transpose(X) @ y, -2 * tf.reduce_mean(y, axis=0)
    for _ in range(steps):
        losses.append(tf.reduce_mean(tf.square(X @ W + b - y)))
        W.assign_sub(lr * dW)
        b.assign_sub(lr * db)
    return W, b, losses


@says("b is updated from residuals in which W is new already. One step uses the gradients at one point.")
def bias_updated_after_the_weights(X, y, lr, steps):
    W, b = tf.Variable(tf.zeros((X.shape[1], 1))), tf.Variable(tf.zeros((1,)))
    y, losses = tf.reshape(y, (-1, 1)), []
    for _ in range(steps):
        losses.append(tf.reduce_mean(tf.square(X @ W + b - y)))
        W.assign_sub(lr * 2 / X.shape[0] * tf.transpose(X) @ (X @ W + b - y))
        b.assign_sub(lr * 2 * tf.reduce_mean(X @ W + b - y, axis=0))
    return W, b, losses


@says("The learning rate that the caller gives has no effect. Look for a number where the name should be.")
def learning_rate_written_as_a_number(X, y, lr, steps):
    W, b = tf.Variable(tf.zeros((X.shape[1], 1))), tf.Variable(tf.zeros((1,)))
    losses = []
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(X @ W + b - tf.reshape(y, (-1, 1))))
        dW, db = tape.gradient(loss, [W, b])
        W.assign_sub(0.01 * dW)
        b.assign_sub(0.01 * db)
        losses.append(loss)
    return W, b, losses


@says("Each step looks at one row only. Full-batch descent uses all the rows in every step.")
def one_row_a_step(X, y, lr, steps):
    W, b = tf.Variable(tf.zeros((X.shape[1], 1))), tf.Variable(tf.zeros((1,)))
    y, losses = tf.reshape(y, (-1, 1)), []
    for step in range(steps):
        residual, row = X @ W + b - y, step % X.shape[0]
        losses.append(tf.reduce_mean(tf.square(residual)))
        W.assign_sub(lr * 2 * tf.reshape(X[row], (-1, 1)) * residual[row])
        b.assign_sub(lr * 2 * residual[row])
    return W, b, losses


@says("All losses are the same number. The list holds one variable many times: what happens to it later?")
def one_variable_many_times(X, y, lr, steps):
    W, b = tf.Variable(tf.zeros((X.shape[1], 1))), tf.Variable(tf.zeros((1,)))
    loss, losses = tf.Variable(0.0), []
    for _ in range(steps):
        residual = X @ W + b - tf.reshape(y, (-1, 1))
        loss.assign(tf.reduce_mean(tf.square(residual)))
        losses.append(loss)
        W.assign_sub(lr * 2 / X.shape[0] * tf.transpose(X) @ residual)
        b.assign_sub(lr * 2 * tf.reduce_mean(residual, axis=0))
    return W, b, losses


@says("The losses go on from call to call: the list begins with those of an earlier one. Look at where it is made.")
def losses_kept_from_call_to_call(X, y, lr, steps, losses=[]):
    W, b = tf.Variable(tf.zeros((X.shape[1], 1))), tf.Variable(tf.zeros((1,)))
    for _ in range(steps):
        residual = X @ W + b - tf.reshape(y, (-1, 1))
        losses.append(float(tf.reduce_mean(tf.square(residual))))
        W.assign_sub(lr * 2 / X.shape[0] * tf.transpose(X) @ residual)
        b.assign_sub(lr * 2 * tf.reduce_mean(residual, axis=0))
    return W, b, losses


@says("The result for other data of the same shape was kept and came back. Look at what the kept results are found by.")
def kept_for_each_shape(X, y, lr, steps, known={}):
    if X.shape not in known:
        W, b, losses = tf.zeros((X.shape[1], 1)), tf.zeros((1,)), []
        for _ in range(steps):
            residual = X @ W + b - tf.reshape(y, (-1, 1))
            losses.append(tf.reduce_mean(tf.square(residual)))
            W -= lr * 2 / X.shape[0] * tf.transpose(X) @ residual
            b -= lr * 2 * tf.reduce_mean(residual, axis=0)
        known[X.shape] = W, b, losses
    return known[X.shape]


@says("The result after another number of steps was kept and came back. Look at what the kept results are found by.")
def kept_whatever_steps_is(X, y, lr, steps, known={}):
    key = str([X, y, lr])
    if key not in known:
        W, b, losses = tf.zeros((X.shape[1], 1)), tf.zeros((1,)), []
        for _ in range(steps):
            residual = X @ W + b - tf.reshape(y, (-1, 1))
            losses.append(tf.reduce_mean(tf.square(residual)))
            W -= lr * 2 / X.shape[0] * tf.transpose(X) @ residual
            b -= lr * 2 * tf.reduce_mean(residual, axis=0)
        known[key] = W, b, losses
    return known[key]
