# mypy: allow-untyped-defs
"""Wrong versions of `mse_gradients_tf`."""

from gdhelpers.misconceptions import says
from gdhelpers.quiet import quietly

with quietly():
    import tensorflow as tf


@says("These are gradients of a sum over the rows. A tape also sums up a loss that is not a scalar, without a word.")
def sum_instead_of_mean(X, y, W, b):
    with tf.GradientTape() as tape:
        loss = tf.square(X @ W + b - tf.reshape(y, (-1, 1)))
    return tape.gradient(loss, [W, b])


@says("Both gradients are half of what they should be. Look for a 1/2 that the loss does not have.")
def half_the_gradients(X, y, W, b):
    with tf.GradientTape() as tape:
        loss = 0.5 * tf.reduce_mean(tf.square(X @ W + b - tf.reshape(y, (-1, 1))))
    return tape.gradient(loss, [W, b])


@says("Both gradients point the wrong way. Look at the sign of the residual and of its derivative with respect to W.")
def opposite_sign(X, y, W, b):
    residual = tf.reshape(y, (-1, 1)) - (X @ W + b)
    return 2 / X.shape[0] * tf.transpose(X) @ residual, 2 * tf.reduce_mean(residual, axis=0)


@says("The residuals were differentiated before they were squared. Look at what the tape is asked to differentiate.")
def squares_forgotten(X, y, W, b):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(X @ W + b - tf.reshape(y, (-1, 1)))
    return tape.gradient(loss, [W, b])


@says(
    "The bias enters the residual with the wrong sign. Write out the residual with brackets round the whole prediction."
)
def bias_subtracted(X, y, W, b):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(tf.reshape(y, (-1, 1)) - X @ W + b))
    return tape.gradient(loss, [W, b])


@says("With y of shape (n,) the subtraction made a table of n x n residuals. Print the shapes of its two sides.")
def target_not_reshaped(X, y, W, b):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(y - (X @ W + b)))
    return tape.gradient(loss, [W, b])


@says("With y of shape (n, 1) the subtraction made a table of n x n residuals. Print the shapes of its two sides.")
def prediction_flattened(X, y, W, b):
    with tf.GradientTape() as tape:
        prediction = tf.reshape(X @ W + b, [-1])
        loss = tf.reduce_mean(tf.square(y - prediction))
    return tape.gradient(loss, [W, b])


@says("The tape gave None: it has not seen how the loss depends on W and b. Look at which lines run inside it.")
def prediction_before_the_tape(X, y, W, b):
    prediction = X @ W + b
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(prediction - tf.reshape(y, (-1, 1))))
    return tape.gradient(loss, [W, b])


@says("dW is right and db is None: the loss on the tape does not depend on the variable b. Look at what became of b.")
def bias_taken_as_a_number(X, y, W, b):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(X @ W + b.numpy() - tf.reshape(y, (-1, 1))))
    return tape.gradient(loss, [W, b])


@says("Only dW came back. Look at how many gradients are asked for.")
def weights_gradient_alone(X, y, W, b):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(X @ W + b - tf.reshape(y, (-1, 1))))
    return tape.gradient(loss, W)


@says("The two gradients came in the other order. Look at which of them is asked for first.")
def order_swapped(X, y, W, b):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(X @ W + b - tf.reshape(y, (-1, 1))))
    return tape.gradient(loss, [b, W])


@says("dW lost an axis: it has shape (d,). A gradient has the shape of what it belongs to.")
def weights_gradient_flattened(X, y, W, b):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(X @ W + b - tf.reshape(y, (-1, 1))))
    dW, db = tape.gradient(loss, [W, b])
    return tf.squeeze(dW, axis=1), db


@says("db is a scalar. A gradient has the shape of what it belongs to: look at the shape of b.")
def bias_gradient_a_scalar(X, y, W, b):
    residual = X @ W + b - tf.reshape(y, (-1, 1))
    return 2 / X.shape[0] * tf.transpose(X) @ residual, 2 * tf.reduce_mean(residual)


@says("The gradients are right, but W and b were moved. Look at what the exercise asks for: gradients, not a step.")
def step_taken(X, y, W, b):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(X @ W + b - tf.reshape(y, (-1, 1))))
    dW, db = tape.gradient(loss, [W, b])
    W.assign_sub(0.01 * dW)
    b.assign_sub(0.01 * db)
    return dW, db


@says("The function returned None. Look for what it hands back: printing is not returning.")
def returns_nothing(X, y, W, b):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(X @ W + b - tf.reshape(y, (-1, 1))))
    print(tape.gradient(loss, [W, b]))


@says("This is the loss itself, a single number, and not how it changes. Look at what the tape is asked for.")
def loss_returned(X, y, W, b):
    return tf.reduce_mean(tf.square(X @ W + b - tf.reshape(y, (-1, 1))))
