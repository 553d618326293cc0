# mypy: allow-untyped-defs, allow-untyped-calls
"""Wrong versions of `logistic_gradients`."""

from gdhelpers.misconceptions import says
from gdhelpers.quiet import quietly

with quietly():
    import tensorflow as tf


@says("These are gradients of a sum over the rows. A tape also sums up a loss that is not a scalar, without a word.")
def sum_instead_of_mean(X, y, W, b):
    with tf.GradientTape() as tape:
        loss = tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=X @ W + b)
    return tape.gradient(loss, [W, b])


@says("Both gradients point the wrong way: a step against them would raise the loss. Look for a lost minus sign.")
def opposite_sign(X, y, W, b):
    with tf.GradientTape() as tape:
        p = tf.sigmoid(X @ W + b)
        loss = tf.reduce_mean(y * tf.math.log(p) + (1 - y) * tf.math.log(1 - p))
    return tape.gradient(loss, [W, b])


@says("These are gradients of the mean squared difference of p and y. Look at which loss the tape differentiates.")
def gradient_of_the_squared_loss(X, y, W, b):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(tf.sigmoid(X @ W + b) - y))
    return tape.gradient(loss, [W, b])


@says("These are gradients of linear regression: the residual is taken from the logits, not from the probabilities.")
def logits_for_probabilities(X, y, W, b):
    residual = X @ W + b - y
    return tf.transpose(X) @ residual / X.shape[0], tf.reduce_mean(residual, axis=0)


@says("The probabilities are the sigmoid of twice the logits. Compare them with the example worked by hand.")
def sigmoid_of_twice_the_logits(X, y, W, b):
    with tf.GradientTape() as tape:
        p = 0.5 * (tf.tanh(X @ W + b) + 1)
        loss = -tf.reduce_mean(y * tf.math.log(p) + (1 - y) * tf.math.log(1 - p))
    return tape.gradient(loss, [W, b])


@says("The sigmoid was applied twice: a loss that takes logits was given probabilities.")
def sigmoid_applied_twice(X, y, W, b):
    with tf.GradientTape() as tape:
        p = tf.sigmoid(X @ W + b)
        loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=p))
    return tape.gradient(loss, [W, b])


@says("The slope of the sigmoid is in the gradient once too often. Write down the chain from the loss to z and cancel.")
def slope_of_the_sigmoid_not_cancelled(X, y, W, b):
    p = tf.sigmoid(X @ W + b)
    pull = (p - y) * p * (1 - p)
    return tf.transpose(X) @ pull / X.shape[0], tf.reduce_mean(pull, axis=0)


@says("A straight line stands where the sigmoid should be. It agrees only at z = 0.")
def straight_line_for_the_sigmoid(X, y, W, b):
    residual = 0.5 + 0.25 * (X @ W + b) - y
    return tf.transpose(X) @ residual / X.shape[0], tf.reduce_mean(residual, axis=0)


@says("The residuals come from decisions, 0 or 1, not probabilities: rows that are decided rightly count for nothing.")
def decisions_for_probabilities(X, y, W, b):
    residual = tf.cast(X @ W + b >= 0, tf.float32) - y
    return tf.transpose(X) @ residual / X.shape[0], tf.reduce_mean(residual, axis=0)


@says("The bias was left out of the logits: the gradient of W is that of another model, and that of b is None.")
def bias_left_out_of_the_model(X, y, W, b):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=X @ W))
    return tape.gradient(loss, [W, b])


@says("The gradient of b is zero, as if the bias were fixed. Nudge b and look at whether the loss moves.")
def bias_gradient_zero(X, y, W, b):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=X @ W + b))
    return tape.gradient(loss, W), tf.zeros_like(b)


@says("The tape gave None: it has not seen how the loss depends on W and b. Look at which lines run inside it.")
def forward_pass_outside_the_tape(X, y, W, b):
    p = tf.sigmoid(X @ W + b)
    with tf.GradientTape() as tape:
        loss = -tf.reduce_mean(y * tf.math.log(p) + (1 - y) * tf.math.log(1 - p))
    return tape.gradient(loss, [W, b])


@says("One side has shape (n,) and the other (n, 1): they made a table of n x n numbers. Print the shapes in the loss.")
def table_of_residuals(X, y, W, b):
    with tf.GradientTape() as tape:
        p = tf.reshape(tf.sigmoid(X @ W + b), [-1])
        loss = -tf.reduce_mean(y * tf.math.log(p) + (1 - y) * tf.math.log(1 - p))
    return tape.gradient(loss, [W, b])


@says("The gradients were divided by the number of columns. Look at what the mean of the loss runs over.")
def divided_by_the_columns(X, y, W, b):
    residual = tf.sigmoid(X @ W + b) - y
    return tf.transpose(X) @ residual / X.shape[1], tf.reduce_sum(residual, axis=0) / X.shape[1]


@says("The two gradients came in the wrong order. Look at what the function should return first.")
def bias_gradient_first(X, y, W, b):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=X @ W + b))
    return tape.gradient(loss, [b, W])


@says("The gradient of W came as a flat list of d numbers. A gradient has the shape of what it belongs to.")
def flat_weight_gradient(X, y, W, b):
    residual = tf.sigmoid(X @ W + b) - y
    return tf.reduce_mean(X * residual, axis=0), tf.reduce_mean(residual, axis=0)


@says("The gradient of b came as a scalar. A gradient has the shape of what it belongs to.")
def scalar_bias_gradient(X, y, W, b):
    residual = tf.sigmoid(X @ W + b) - y
    return tf.transpose(X) @ residual / X.shape[0], tf.reduce_mean(residual)


@says("The labels were taken for -1 and 1. Here they are 0 and 1.")
def labels_of_minus_one_and_one(X, y, W, b):
    residual = tf.sigmoid(X @ W + b) - (2 * y - 1)
    return tf.transpose(X) @ residual / X.shape[0], tf.reduce_mean(residual, axis=0)


@says("The function also took a step: W and b are no longer what they were. It should only say what the gradients are.")
def takes_a_step(X, y, W, b):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=X @ W + b))
    dW, db = tape.gradient(loss, [W, b])
    W.assign_sub(0.1 * dW)
    b.assign_sub(0.1 * db)
    return dW, db


@says(
    "The gradients came from constants: W and b were turned into NumPy arrays, and the tape cannot look inside those."
)
def variables_taken_as_arrays(X, y, W, b):
    with tf.GradientTape() as tape:
        z = X @ tf.constant(W.numpy()) + b.numpy()
        loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=z))
    dW, db = tape.gradient(loss, [W, b])
    return dW.numpy(), db.numpy()


@says("The function returned None. Look for what it hands back: printing the gradients is not returning them.")
def returns_nothing(X, y, W, b):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=X @ W + b))
    print(tape.gradient(loss, [W, b]))


@says("This is the loss itself, a single number, and not how it changes. Look at what the tape is asked for.")
def loss_returned(X, y, W, b):
    return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=X @ W + b))
