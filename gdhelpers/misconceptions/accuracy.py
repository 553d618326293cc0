# mypy: allow-untyped-defs, allow-untyped-calls
# ruff: noqa: B006 - these are the mistakes
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


@says("The function ends without returning anything, so that it gives None. Printing a value does not return it.")
def nothing_returned(y, p, threshold=0.5):
    print(tf.reduce_mean(tf.cast(tf.cast(p >= threshold, tf.float32) == y, tf.float32)))


@says("A row with a low probability is called positive. Look at the direction of the comparison.")
def positive_below_the_threshold(y, p, threshold=0.5):
    return tf.reduce_mean(tf.cast(tf.cast(p <= threshold, tf.float32) == y, tf.float32))


@says("This is a whole answer for all rows together, 0 or 1: a single wrong row makes it 0. A share was asked for.")
def all_rows_or_none(y, p, threshold=0.5):
    return tf.cast(tf.reduce_all(tf.cast(p >= threshold, tf.float32) == y), tf.float32)


@says("The class with the larger entry was looked for in a column with one entry: the decision is always 0.")
def largest_of_one_column(y, p, threshold=0.5):
    decisions = tf.cast(tf.argmax(p, axis=1), tf.float32)[:, tf.newaxis]
    return tf.reduce_mean(tf.cast(decisions == y, tf.float32))


@says("This is the share of the positive rows that were found. Rows with y = 0 do not enter into it.")
def share_of_the_positives_found(y, p, threshold=0.5):
    found = tf.cast(p >= threshold, tf.float32) * y
    return tf.reduce_sum(found) / tf.maximum(tf.reduce_sum(y), 1.0)


@says("This is the share of the rows called positive that are. Rows called negative do not enter into it.")
def share_of_the_called_that_are(y, p, threshold=0.5):
    called = tf.cast(p >= threshold, tf.float32)
    return tf.reduce_sum(called * y) / tf.maximum(tf.reduce_sum(called), 1.0)


@says("The last row does not count. Which numbers does your loop run through?")
def last_row_left_out(y, p, threshold=0.5):
    right = 0
    for i in range(len(y) - 1):
        right += int((p[i, 0] >= threshold) == (y[i, 0] == 1))
    return right / len(y)


@says("The share is an array of shape (1,), not a scalar. Look at which axes the mean is taken over.")
def one_axis_left(y, p, threshold=0.5):
    return tf.reduce_mean(tf.cast(tf.cast(p >= threshold, tf.float32) == y, tf.float32), axis=0)


@says("The share was rounded. Return every digit, and round only what you print.")
def rounded_to_one_decimal(y, p, threshold=0.5):
    return round(float(tf.reduce_mean(tf.cast(tf.cast(p >= threshold, tf.float32) == y, tf.float32))), 1)


@says("The share for other data of the same shape was kept and came back. Look at what the kept shares are found by.")
def kept_for_each_shape(y, p, threshold=0.5, known={}):
    if y.shape not in known:
        known[y.shape] = tf.reduce_mean(tf.cast(tf.cast(p >= threshold, tf.float32) == y, tf.float32))
    return known[y.shape]


@says("The share for another threshold was kept and came back. Look at what the kept shares are found by.")
def kept_whatever_the_threshold_is(y, p, threshold=0.5, known={}):
    key = str([y, p])
    if key not in known:
        known[key] = tf.reduce_mean(tf.cast(tf.cast(p >= threshold, tf.float32) == y, tf.float32))
    return known[key]


@says("This is the share over all calls so far: a list goes on from call to call. Look at where it is made.")
def share_over_all_calls(y, p, threshold=0.5, right=[]):
    right.extend(((p.numpy() >= threshold) == (y.numpy() == 1)).ravel())
    return sum(right) / len(right)
