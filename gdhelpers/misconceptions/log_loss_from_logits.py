# mypy: allow-untyped-defs, allow-untyped-calls
"""Wrong versions of `log_loss_from_logits`."""

from gdhelpers.misconceptions import says
from gdhelpers.quiet import quietly

with quietly():
    import tensorflow as tf


@says("The loss went through the probability. At large logits that rounds to 0 or 1: look at its logarithm.")
def logarithm_of_the_sigmoid(y, z):
    p = tf.sigmoid(z)
    return -tf.reduce_mean(y * tf.math.log(p) + (1 - y) * tf.math.log(1 - p))


@says("The loss never gets beyond 23: a tolerance inside the logarithm hides the overflow and does not remove it.")
def tolerance_in_the_logarithm(y, z):
    p = tf.sigmoid(z)
    return -tf.reduce_mean(y * tf.math.log(p + 1e-10) + (1 - y) * tf.math.log(1 - p + 1e-10))


@says("Nothing overflows, but small losses are rounded away: 1 plus a tiny number is 1. Look inside the logarithm.")
def one_plus_a_tiny_number(y, z):
    return tf.reduce_mean(tf.maximum(z, 0.0) - y * z + tf.math.log(1 + tf.exp(-tf.abs(z))))


@says("A small loss came as the difference of two large numbers. Think of a form in which nothing is subtracted.")
def difference_of_large_numbers(y, z):
    return tf.reduce_mean(tf.math.softplus(z) - y * z)


@says("exp of a large logit overflows. Look for a form in which exp is only taken of numbers that are not positive.")
def overflowing_exponential(y, z):
    return tf.reduce_mean(tf.math.log1p(tf.exp(z)) - y * z)


@says("exp of a large negative logit overflows. The absolute value belongs inside the exponential.")
def absolute_value_forgotten(y, z):
    return tf.reduce_mean(tf.maximum(z, 0.0) - y * z + tf.math.log1p(tf.exp(-z)))


@says("The term with the logarithm is missing: this is right far from z = 0 only.")
def logarithm_left_out(y, z):
    return tf.reduce_mean(tf.maximum(z, 0.0) - y * z)


@says("The loss grows with the number of rows. Look at how the terms of the rows are put together.")
def sum_instead_of_mean(y, z):
    return tf.reduce_sum(tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=z))


@says("The logits were clipped, so that a large one is judged as a smaller one. The loss has no such limit.")
def clipped_logits(y, z):
    z = tf.clip_by_value(z, -30.0, 30.0)
    return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=z))


@says("The logits were turned into probabilities and then taken for logits: the sigmoid was applied twice.")
def sigmoid_applied_twice(y, z):
    return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=tf.sigmoid(z)))


@says("The two classes have changed places: being right is expensive here and being wrong is cheap.")
def classes_swapped(y, z):
    return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=1 - y, logits=z))


@says("The loss has the wrong sign. A loss is never negative.")
def wrong_sign(y, z):
    return -tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=z))


@says("This is the loss of each row. One number was asked for.")
def one_loss_a_row(y, z):
    return tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=z)


@says("The function ends without returning anything, so that it gives None. Look at its last line.")
def nothing_returned(y, z):
    loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=z))  # noqa: F841
