# mypy: allow-untyped-defs, allow-untyped-calls
"""Wrong versions of `accuracy`."""

from gdhelpers.misconceptions import says
from gdhelpers.quiet import quietly

with quietly():
    import tensorflow as tf


@says("A probability of exactly the threshold was taken for a no. Compare the sign that is used with the formula.")
def strictly_above_the_threshold(y, p, threshold=0.5):
    return tf.reduce_mean(tf.cast(tf.cast(p > threshold, tf.float32) == y, tf.float32))


@says("The threshold that the caller gives has no effect. Look for a number where the name should be.")
def threshold_written_as_a_number(y, p, threshold=0.5):
    return tf.reduce_mean(tf.cast(tf.cast(p >= 0.5, tf.float32) == y, tf.float32))


@says("The probabilities were rounded. That ignores the threshold, and one half is rounded to the even number, 0.")
def rounded_probabilities(y, p, threshold=0.5):
    return tf.reduce_mean(tf.cast(tf.round(p) == y, tf.float32))


@says("This is the number of right rows. Their share was asked for.")
def count_instead_of_share(y, p, threshold=0.5):
    return tf.reduce_sum(tf.cast(tf.cast(p >= threshold, tf.float32) == y, tf.float32))


@says("This is the share of wrong rows. Look at what is compared with what.")
def share_of_errors(y, p, threshold=0.5):
    return tf.reduce_mean(tf.cast(tf.cast(p >= threshold, tf.float32) != y, tf.float32))


@says("The share came in percent. It should lie between 0 and 1.")
def percentage(y, p, threshold=0.5):
    return 100 * tf.reduce_mean(tf.cast(tf.cast(p >= threshold, tf.float32) == y, tf.float32))


@says("Probabilities were compared with targets directly; they are hardly ever equal. A decision comes first.")
def probabilities_compared_with_targets(y, p, threshold=0.5):
    return tf.reduce_mean(tf.cast(p == y, tf.float32))


@says("One side has shape (n,) and the other (n, 1): every decision was compared with every target. Print the shapes.")
def table_of_comparisons(y, p, threshold=0.5):
    decisions = tf.reshape(tf.cast(p >= threshold, tf.float32), [-1])
    return tf.reduce_mean(tf.cast(decisions == y, tf.float32))


@says("This is the share of rows that are called positive. The targets do not enter into it.")
def share_of_positives(y, p, threshold=0.5):
    return tf.reduce_mean(tf.cast(p >= threshold, tf.float32))


@says("Only rows that are rightly called positive count here. A right no is right too.")
def right_negatives_left_out(y, p, threshold=0.5):
    return tf.reduce_mean(tf.cast(p >= threshold, tf.float32) * y)


@says(
    "The mean of integers is an integer: the share was cut off to 0 or 1. Look at the dtype that the mean is taken of."
)
def mean_of_integers(y, p, threshold=0.5):
    return tf.reduce_mean(tf.cast(tf.cast(p >= threshold, tf.float32) == y, tf.int32))


@says("These are the rows one by one. One number was asked for.")
def one_answer_a_row(y, p, threshold=0.5):
    return tf.cast(tf.cast(p >= threshold, tf.float32) == y, tf.float32)
