# mypy: allow-untyped-defs, allow-untyped-calls
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
