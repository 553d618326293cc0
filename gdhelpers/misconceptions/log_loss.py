# mypy: allow-untyped-defs, allow-untyped-calls
"""Wrong versions of `log_loss`."""

from gdhelpers.misconceptions import says
from gdhelpers.quiet import quietly

with quietly():
    import tensorflow as tf


@says("The loss has the wrong sign. Logarithms of probabilities are negative; look at what makes the loss positive.")
def minus_sign_forgotten(y, p, tol=1e-10):
    return tf.reduce_mean(y * tf.math.log(p + tol) + (1 - y) * tf.math.log(1 - p + tol))


@says("The loss grows with the number of rows. Look at how the terms of the rows are put together.")
def sum_instead_of_mean(y, p, tol=1e-10):
    return -tf.reduce_sum(y * tf.math.log(p + tol) + (1 - y) * tf.math.log(1 - p + tol))


@says(
    "tol is not used, so that a probability of exactly 0 or 1 gives 0 times log(0). Look at where the formula has tol."
)
def tol_not_used(y, p, tol=1e-10):
    return -tf.reduce_mean(y * tf.math.log(p) + (1 - y) * tf.math.log(1 - p))


@says(
    "tol was added to the logarithm. By then log(0) has already happened; look at which side of the bracket it belongs."
)
def tol_outside_the_logarithm(y, p, tol=1e-10):
    return -tf.reduce_mean(y * (tf.math.log(p) + tol) + (1 - y) * (tf.math.log(1 - p) + tol))


@says("The tol that the caller gives has no effect. Look for a number where the name should be.")
def tol_written_as_a_number(y, p, tol=1e-10):
    return -tf.reduce_mean(y * tf.math.log(p + 1e-10) + (1 - y) * tf.math.log(1 - p + 1e-10))


@says("In float32, 1 + 1e-10 is 1, so tol was lost. Look at the order of the three terms; a tf.function may change it.")
def tol_lost_in_rounding(y, p, tol=1e-10):
    return -tf.reduce_mean(y * tf.math.log(tol + p) + (1 - y) * tf.math.log(1 + tol - p))


@says("The probabilities were clipped between tol and 1 - tol. In float32 1 - 1e-10 is 1; the formula adds tol.")
def clipped_instead_of_added(y, p, tol=1e-10):
    p = tf.clip_by_value(p, tol, 1 - tol)
    return -tf.reduce_mean(y * tf.math.log(p) + (1 - y) * tf.math.log(1 - p))


@says("This is the loss of Keras, which clips probabilities at 1e-7: the price of p = 0 is another one than here.")
def loss_of_keras(y, p, tol=1e-10):
    return tf.reduce_mean(tf.keras.losses.binary_crossentropy(y, p))


@says("Rows with y = 0 cost nothing here. A confident wrong answer for them has to cost something too.")
def negatives_left_out(y, p, tol=1e-10):
    return -tf.reduce_mean(y * tf.math.log(p + tol))


@says("The targets and the probabilities have changed places. The logarithm is taken of what the model says.")
def targets_and_probabilities_swapped(y, p, tol=1e-10):
    return -tf.reduce_mean(p * tf.math.log(y + tol) + (1 - p) * tf.math.log(1 - y + tol))


@says("This is the mean squared difference of p and y, the loss of linear regression.")
def squared_differences(y, p, tol=1e-10):
    return tf.reduce_mean(tf.square(p - y))


@says("This is the logarithm to base 2. The formula uses the natural logarithm.")
def logarithm_to_base_two(y, p, tol=1e-10):
    loss = -tf.reduce_mean(y * tf.math.log(p + tol) + (1 - y) * tf.math.log(1 - p + tol))
    return loss / tf.math.log(2.0)


@says("This is the loss of each row. One number was asked for.")
def one_loss_a_row(y, p, tol=1e-10):
    return -(y * tf.math.log(p + tol) + (1 - y) * tf.math.log(1 - p + tol))


@says("The function ends without returning anything, so that it gives None. Look at its last line.")
def nothing_returned(y, p, tol=1e-10):
    loss = -tf.reduce_mean(y * tf.math.log(p + tol) + (1 - y) * tf.math.log(1 - p + tol))  # noqa: F841
