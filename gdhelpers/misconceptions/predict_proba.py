# mypy: allow-untyped-defs, allow-untyped-calls
# ruff: noqa: B006 - these are the mistakes
"""Wrong versions of `predict_proba`."""

from gdhelpers.misconceptions import says
from gdhelpers.quiet import quietly

with quietly():
    import tensorflow as tf


@says("This is the sigmoid of twice the logits. Written with tanh it needs half of z; at z = 0 both agree.")
def sigmoid_of_twice_the_logits(X, W, b):
    return 0.5 * (tf.tanh(X @ W + b) + 1)


@says("The bias has no effect on these probabilities. Compare the logits with z = X W + b.")
def bias_left_out(X, W, b):
    return tf.sigmoid(X @ W)


@says("The bias enters with the wrong sign. Work out one logit on paper and compare.")
def bias_subtracted(X, W, b):
    return tf.sigmoid(X @ W - b)


@says("The sigmoid was applied twice, so no probability lies below one half. Look for a second sigmoid.")
def sigmoid_applied_twice(X, W, b):
    return tf.sigmoid(tf.sigmoid(X @ W + b))


@says("These are the probabilities of the other class: they fall where z rises. Look at the sign inside exp.")
def probability_of_the_other_class(X, W, b):
    return 1 / (1 + tf.exp(X @ W + b))


@says("These are decisions, 0 or 1. A probability also says how sure the model is.")
def decisions_instead_of_probabilities(X, W, b):
    return tf.cast(X @ W + b >= 0, tf.float32)


@says("These are the logits z. They can be any number; the step from z to a probability is missing.")
def logits_returned(X, W, b):
    return X @ W + b


@says("For large logits this is inf / inf, which is nan. Look for a form in which an overflow does no harm.")
def overflowing_exponentials(X, W, b):
    z = X @ W + b
    return tf.exp(z) / (1 + tf.exp(z))


@says("The probabilities came as a flat list of n numbers. Print the shape and compare it with (n, 1).")
def flat_probabilities(X, W, b):
    return tf.reshape(tf.sigmoid(X @ W + b), [-1])


@says("Every probability is 1: softmax makes each row sum to one, and a row holds a single number here.")
def softmax_of_one_column(X, W, b):
    return tf.nn.softmax(X @ W + b)


@says("The logits were clipped before the sigmoid, so that large ones count as smaller ones. The formula has no limit.")
def clipped_logits(X, W, b):
    return tf.sigmoid(tf.clip_by_value(X @ W + b, -10.0, 10.0))


@says("This is a straight line cut off at 0 and 1. It only touches the sigmoid, at z = 0.")
def straight_line_for_the_sigmoid(X, W, b):
    return tf.clip_by_value(0.5 + 0.25 * (X @ W + b), 0.0, 1.0)


@says("The function ends without returning anything, so that it gives None. Printing a value does not return it.")
def printed_instead_of_returned(X, W, b):
    print(tf.sigmoid(X @ W + b))


@says("Each row holds the probabilities of both classes. Look at which of them is asked for, and at the shape.")
def both_classes(X, W, b):
    p = tf.sigmoid(X @ W + b)
    return tf.concat([1 - p, p], axis=1)


@says("The probabilities add up to one over the rows, as if the rows were classes. Each row is a question of its own.")
def softmax_over_the_rows(X, W, b):
    return tf.nn.softmax(X @ W + b, axis=0)


@says("Some of these numbers are below 0: tanh is stretched and moved against the sigmoid. Compare both at z = 0.")
def tanh_for_the_sigmoid(X, W, b):
    return tf.tanh(X @ W + b)


@says("These are logarithms of probabilities: none is above 0. Look at the name of the function that made them.")
def logarithm_of_the_probability(X, W, b):
    return tf.math.log_sigmoid(X @ W + b)


@says("The probabilities are rounded to two decimals. Return every digit, and round only what you print.")
def rounded_to_two_decimals(X, W, b):
    return (tf.sigmoid(X @ W + b).numpy() * 100).round() / 100


@says("The probabilities lie in a row, of shape (1, n). Print the shape and compare it with (n, 1).")
def row_instead_of_column(X, W, b):
    return tf.transpose(tf.sigmoid(X @ W + b))


@says("This is one number, the mean over the rows. Each row has a probability of its own.")
def mean_over_the_rows(X, W, b):
    return tf.reduce_mean(tf.sigmoid(X @ W + b))


@says("The bias counts twice. Look at every place where b enters.")
def bias_added_twice(X, W, b):
    z = X @ W + b
    return tf.sigmoid(z + b)


@says(
    "W and b have changed their signs afterwards: `assign` writes into what the caller gave. Look at what has a minus."
)
def variables_negated(X, W, b):
    W.assign(-W)
    b.assign(-b)
    return 1 / (1 + tf.exp(X @ W + b))


@says("Probabilities for other data of the same shape were kept and came back. Look at what they are found by.")
def kept_for_each_shape(X, W, b, known={}):
    if X.shape not in known:
        known[X.shape] = tf.sigmoid(X @ W + b)
    return known[X.shape]


@says("Probabilities with another b were kept and came back. Look at what the kept ones are found by.")
def kept_whatever_b_is(X, W, b, known={}):
    key = str([X, W])
    if key not in known:
        known[key] = tf.sigmoid(X @ W + b)
    return known[key]
