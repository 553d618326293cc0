# ruff: noqa: ARG005, PLW0108, RUF046 - answers are written as lambdas of the whole signature
"""The contract of the exercises, line by line: what breaks it loses the points, what uses its freedom keeps them.

The words are those of the exercises as students read them. A requirement stands beside an answer that breaks it and
nothing else; a freedom stands beside a right answer that uses it.
"""

from collections import namedtuple

import numpy as np
import pytest
import torch

from gdhelpers import spellings
from gdhelpers.checks import AnswerRaised, NotAnswered, Objection
from gdhelpers.checks.plain import plain
from gdhelpers.hidden_tests import exercise, logistic_regression
from gdhelpers.quiet import quietly

with quietly():
    import tensorflow as tf

RIGHT = {function: spellings.of(function)[0] for function in exercise.functions()}
Pair = namedtuple("Pair", "dW db")


def then(function, change):
    """Return the right answer to a function with its result changed."""
    return lambda *arguments: change(RIGHT[function](*arguments))


def first(function, change):
    """Return the right answer to a function with the first of its results changed."""

    def changed(result):
        head, *rest = result
        return (change(head), *rest)

    return then(function, changed)


def last(function, change):
    def changed(result):
        *rest, tail = result
        return (*rest, change(tail))

    return then(function, changed)


def array(value):
    return np.asarray(plain(value))


class OwnArray(np.ndarray):
    pass


class OwnTensor(torch.Tensor):
    pass


def after(function, act):
    """Return the right answer to a function, given only after something was done to the arguments."""

    def answer(*arguments):
        result = RIGHT[function](*arguments)
        act(*arguments)
        return result

    return answer


def change_in_place(place):
    def act(*arguments):
        given = arguments[place]
        if isinstance(given, tf.Variable):
            given.assign_add(tf.ones_like(given))
        elif isinstance(given, torch.Tensor):
            with torch.no_grad():
                given += 1.0
        else:
            given += 1.0

    return act


def leave_a_grad(X, y, W, b):
    W.grad = torch.ones_like(W)


def empty_the_grad(X, y, W, b):
    W.grad = b.grad = None


def require_grad(X, y, W, b):
    W.requires_grad_(True)


def stop_requiring(X, y, W, b):
    b.requires_grad_(False)


class Remembering:
    """Answers rightly, but by what it was asked before."""

    def __init__(self, function, wrong_after):
        self.function, self.asked, self.wrong_after = function, 0, wrong_after

    def __call__(self, *arguments):
        self.asked += 1
        result = RIGHT[self.function](*arguments)
        return result * 2 if self.asked > self.wrong_after else result


def raising(kind):
    def answer(*arguments):
        raise kind("no")

    return answer


def minimise_raising(kind):
    def answer(*arguments):
        try:
            return RIGHT["minimise"](*arguments)
        except RuntimeError:
            raise kind("did not get there") from None

    return answer


def minimise_returning(value):
    def answer(*arguments):
        try:
            return RIGHT["minimise"](*arguments)
        except RuntimeError:
            return value

    return answer


def minimise_without_the_last_test(f, x0, lr, tol, max_steps):
    return RIGHT["minimise"](f, x0, lr, tol, max_steps - 1) if max_steps > 1 else (x0, 0)


def minimise_one_step_later(f, x0, lr, tol, max_steps):
    x, steps = RIGHT["minimise"](f, x0, lr, tol, max_steps)
    return RIGHT["descend"](f, plain(x), lr, 1)[0], steps


def minimise_that_starts_with_a_step(f, x0, lr, tol, max_steps):
    x, steps = RIGHT["minimise"](f, RIGHT["descend"](f, x0, lr, 1)[0], lr, tol, max_steps)
    return x, steps + 1


def minimise_with_signed_slope(f, x0, lr, tol, max_steps):
    x, steps = x0, 0
    while RIGHT["derivative"](f, x) >= tol and steps < max_steps:
        x, steps = plain(RIGHT["descend"](f, x, lr, 1)[0]), steps + 1
    return x, steps


def adding_to_what_was_there(X, y, W, b):
    dW, db = RIGHT[G](X, y, W, b)
    return dW + (0 if W.grad is None else W.grad), db + (0 if b.grad is None else b.grad)


def losses_after(function):
    """Return a fit whose losses are measured after each step: those of one step more, without the first."""

    def answer(*arguments):
        *numbers, steps = arguments
        W, b, _ = RIGHT[function](*arguments)
        return W, b, RIGHT[function](*numbers, steps + 1)[2][1:]

    return answer


def from_ones(X, y, lr, steps):
    y = y.reshape(-1, 1)
    W, b, losses = torch.ones(X.shape[1], 1), torch.ones(1), []
    for _ in range(steps):
        residual = X @ W + b - y
        losses.append((residual**2).mean())
        W, b = W - lr * 2 * X.T @ residual / len(X), b - lr * 2 * residual.mean(0)
    return W, b, losses


def only_columns(function):
    """Return the right answer for targets of shape (n, 1), and a table of residuals for (n,)."""

    def answer(X, y, *rest):
        if len(y.shape) == 1:
            raise ValueError("y must have two axes")
        return RIGHT[function](X, y, *rest)

    return answer


def sigmoid_that_overflows(X, W, b):
    e = tf.exp(X @ W + b)
    return e / (1 + e)


def unlimited(y, p, tol=1e-10):
    return -tf.reduce_mean(y * tf.math.log(p) + (1 - y) * tf.math.log(1 - p))


def logits_with_tol(y, z):
    return RIGHT["log_loss"](y, tf.sigmoid(z))


def logits_without_log1p(y, z):
    s = tf.where(y == 1, -z, z)
    return tf.reduce_mean(tf.maximum(s, 0.0) + tf.math.log(1 + tf.exp(-tf.abs(s))))


def by_hand(X, y, W, b):
    residual = tf.sigmoid(X @ W + b) - y
    return tf.transpose(X) @ residual / X.shape[0], tf.reduce_mean(residual, axis=0)


def strictly_above(y, p, threshold=0.5):
    return tf.reduce_mean(tf.cast(tf.cast(p > threshold, tf.float32) == y, tf.float32))


G, GT, LG = "mse_gradients", "mse_gradients_tf", "logistic_gradients"

REQUIREMENTS = [
    # What holds for all
    ("a value is right when its shape is right: (d, 1), not (d,)", G, first(G, lambda dW: dW[:, 0])),
    ("... and (1,), not (1, 1)", G, last(G, lambda db: db.reshape(1, 1))),
    ("... and (1,), not a scalar", LG, last(LG, lambda db: db[0])),
    ("a scalar for an array is wrong", "predict_proba", then("predict_proba", lambda p: tf.reduce_mean(p))),
    ("an array that only broadcasts to the right shape is wrong", G, first(G, lambda dW: dW.T if len(dW) > 1 else dW)),
    ("its kind of dtype is right: floating", "accuracy", then("accuracy", lambda a: int(round(float(a))))),
    ("... complex numbers are not", "mse", then("mse", lambda loss: complex(loss))),
    ("it agrees with the reference: off by a thousandth", "mse", then("mse", lambda loss: loss * 1.001)),
    ("... where numbers are small: zeros", LG,
     then(LG, lambda g: tuple(np.where(np.abs(array(v)) < 1e-6, 0, array(v)) for v in g))),
    ("any other subclass of an array is wrong", LG, first(LG, lambda dW: array(dW).view(OwnArray))),
    ("any other subclass of a tensor is wrong", G, first(G, lambda dW: dW.as_subclass(OwnTensor))),
    ("a nested list for an array is wrong", G, first(G, lambda dW: dW.tolist())),
    ("where a scalar is asked for, one number in an array is wrong", "mse", then("mse", lambda loss: loss.reshape(1))),
    ("... and so is one number in a list", "derivative", then("derivative", lambda slope: [float(slope)])),
    ("where a tuple is asked for, its length counts", G, then(G, lambda g: (*g, 0.0))),
    ("... and its order", G, then(G, lambda g: (g[1], g[0]))),
    ("where a list of scalars is asked for, its length counts", "descend", then("descend", lambda path: path[:-1])),
    ("... and each is a scalar", "descend", then("descend", lambda path: [np.array([float(x)]) for x in path])),
    ("... and an array has one axis", "descend", then("descend", lambda path: np.array(path, dtype=float)[:, None])),
    ("a count is an integer", "minimise", last("minimise", float)),
    ("... and no bool, and no array", "minimise", last("minimise", np.array)),
    ("X holds what it held before", G, after(G, change_in_place(0))),
    ("y holds what it held before", G, after(G, change_in_place(1))),
    ("W holds what it held before", G, after(G, change_in_place(2))),
    ("b holds what it held before", G, after(G, change_in_place(3))),
    ("a variable W holds what it held before", LG, after(LG, change_in_place(2))),
    ("a variable b holds what it held before", GT, after(GT, change_in_place(3))),
    ("W0 holds what it held before", "fit_logistic", after("fit_logistic", change_in_place(2))),
    ("b0 holds what it held before", "fit_logistic", after("fit_logistic", change_in_place(3))),
    ("`.grad` is as it was: None", G, after(G, leave_a_grad)),
    ("`.grad` is as it was: a tensor", "mse", after("mse", empty_the_grad)),
    ("`requires_grad` is as it was: False", "mse", after("mse", require_grad)),
    ("`requires_grad` is as it was: True", G, after(G, stop_requiring)),
    ("called twice it gives the same answer", "mse", Remembering("mse", 1)),
    ("an answer does not depend on what was asked before", "mse", Remembering("mse", 2)),
    ("... nor on how often: the first question asked once more at the end", "derivative",
     Remembering("derivative", 2 * len(exercise.cases("derivative")))),
    ("tests call positionally, in the order of the exercise", "log_loss",
     lambda p, y, tol=1e-10: RIGHT["log_loss"](y, p, tol)),
    ("`tol` is sometimes given", "log_loss", lambda y, p, tol=1e-10: RIGHT["log_loss"](y, p)),
    ("`tol` is sometimes left out", "log_loss", lambda y, p, tol: RIGHT["log_loss"](y, p, tol)),
    ("`threshold` is sometimes given", "accuracy", lambda y, p, threshold=0.5: RIGHT["accuracy"](y, p)),
    ("`threshold` is sometimes left out", "accuracy", lambda y, p, threshold: RIGHT["accuracy"](y, p, threshold)),
    ("n is 1 or more", "mse", lambda X, *r: RIGHT["mse"](X, *r) if len(X) > 1 else torch.tensor(0.0)),
    ("d is 1 or more", G, lambda X, *r: RIGHT[G](X, *r) if X.shape[1] > 1 else raising(ValueError)()),
    # ps1
    ("derivative: f'(x)", "derivative", then("derivative", lambda slope: -slope)),
    ("derivative: f through torch operations, on a tensor of either dtype", "derivative", lambda f, x: f(x)),
    ("accumulated_grad: no zeroing in between", "accumulated_grad", lambda f, x, times: RIGHT["derivative"](f, x)),
    ("accumulated_grad: `times` passes", "accumulated_grad",
     lambda f, x, times: RIGHT["accumulated_grad"](f, x, times + 1)),
    ("descend: x after each step, without x0", "descend",
     lambda f, x0, lr, steps: [x0, *RIGHT["descend"](f, x0, lr, steps)][:steps]),
    ("descend: against the slope", "descend", lambda f, x0, lr, steps: RIGHT["descend"](f, x0, -lr, steps)),
    ("minimise: the first x with a slope below tol", "minimise", minimise_one_step_later),
    ("minimise: the absolute slope", "minimise", minimise_with_signed_slope),
    ("minimise: 0 when x0 already satisfies it", "minimise", minimise_that_starts_with_a_step),
    ("minimise: how many updates", "minimise", last("minimise", lambda steps: steps + 1)),
    ("minimise: tested also after the last allowed update", "minimise", minimise_without_the_last_test),
    ("minimise: raises when max_steps did not get there", "minimise", minimise_returning((0.0, 0))),
    ("minimise: raises RuntimeError", "minimise", minimise_raising(ValueError)),
    ("... not one of its built-in subclasses", "minimise", minimise_raising(RecursionError)),
    ("... such as this one", "minimise", minimise_raising(NotImplementedError)),
    ("minimise: raises when x or the gradient stops being finite", "minimise", minimise_returning((float("nan"), 1))),
    # ps2
    ("mse: the mean over the rows", "mse", lambda X, y, W, b: RIGHT["mse"](X, y, W, b) * len(X)),
    ("mse: y is (n, 1) or (n,)", "mse", only_columns("mse")),
    ("mse_gradients: y is (n, 1) or (n,)", G, only_columns(G)),
    ("fit_linear: y is (n, 1) or (n,)", "fit_linear", only_columns("fit_linear")),
    ("mse_gradients_tf: y is (n, 1) or (n,)", GT, only_columns(GT)),
    ("fit_linear_tf: y is (n, 1) or (n,)", "fit_linear_tf", only_columns("fit_linear_tf")),
    ("a leaf may require gradients or not", G, lambda X, y, W, b: RIGHT[G](X, y, W, b) if W.requires_grad else None),
    ("a leaf may hold a `.grad` already", G,
     adding_to_what_was_there),
    ("fit_linear: from zeros", "fit_linear", from_ones),
    ("fit_linear: after `steps` steps", "fit_linear", lambda X, y, lr, steps: RIGHT["fit_linear"](X, y, lr, steps + 1)),
    ("fit_linear: losses measured before each step", "fit_linear", losses_after("fit_linear")),
    ("fit_linear_tf: losses measured before each step", "fit_linear_tf", losses_after("fit_linear_tf")),
    # ps3
    ("predict_proba: finite for large logits", "predict_proba", sigmoid_that_overflows),
    ("predict_proba: to 1e-6 absolute", "predict_proba", then("predict_proba", lambda p: p + 3e-6 * (1 - 2 * p))),
    ("predict_proba: within [0, 1]", "predict_proba", then("predict_proba", lambda p: tf.where(p == 1, 1 + 2**-22, p))),
    ("log_loss: finite for p of exactly 0 or 1", "log_loss", unlimited),
    ("logistic_gradients: of the mean", LG, lambda X, *r: tuple(g * X.shape[0] for g in RIGHT[LG](X, *r))),
    ("fit_logistic: from W0, b0", "fit_logistic",
     lambda X, y, W0, b0, lr, steps: RIGHT["fit_logistic"](X, y, 0 * W0, 0 * b0, lr, steps)),
    ("fit_logistic: after `steps` steps", "fit_logistic",
     lambda X, y, W0, b0, lr, steps: RIGHT["fit_logistic"](X, y, W0, b0, lr, steps + 1)),
    ("fit_logistic: losses measured before each step", "fit_logistic", losses_after("fit_logistic")),
    ("log_loss_from_logits: without overflow", "log_loss_from_logits", logits_with_tol),
    ("log_loss_from_logits: without loss of precision", "log_loss_from_logits", logits_without_log1p),
    ("accuracy: p >= threshold", "accuracy", strictly_above),
    ("accuracy: a share", "accuracy", lambda y, p, *r: RIGHT["accuracy"](y, p, *r) * 100),
]  # fmt: skip

FREEDOMS = [
    ("float64 is right", G, then(G, lambda g: tuple(v.double() for v in g))),
    ("float32 is right", "derivative", then("derivative", lambda slope: np.float32(slope))),
    ("a NumPy array for a tensor", LG, then(LG, lambda g: tuple(map(array, g)))),
    ("a tensor of the other framework", LG, then(LG, lambda g: tuple(torch.tensor(array(v)) for v in g))),
    ("... and the other way round", G, then(G, lambda g: tuple(tf.constant(array(v)) for v in g))),
    ("a parameter", G, then(G, lambda g: tuple(torch.nn.Parameter(v) for v in g))),
    ("a tensor that requires gradients", G, then(G, lambda g: tuple(v.clone().requires_grad_() for v in g))),
    ("a tf.Variable", GT, then(GT, lambda g: tuple(map(tf.Variable, g)))),
    ("a keras.Variable", GT, then(GT, lambda g: tuple(tf.keras.Variable(array(v)) for v in g))),
    ("a Python float for a scalar", "mse", then("mse", float)),
    ("a NumPy scalar for a scalar", "mse", then("mse", lambda loss: np.float64(loss))),
    ("a 0-d array for a scalar", "mse", then("mse", lambda loss: np.array(float(loss)))),
    ("a list for a tuple", G, then(G, list)),
    ("a namedtuple for a tuple", G, then(G, lambda g: Pair(*g))),
    ("a tuple for a list of scalars", "descend", then("descend", tuple)),
    ("an array for a list of scalars", "descend", then("descend", lambda path: np.array(path, dtype=float))),
    ("a tensor for a list of scalars", "fit_logistic",
     last("fit_logistic", lambda losses: tf.constant([float(v) for v in losses]))),
    ("a NumPy integer for a count", "minimise", last("minimise", np.int64)),
    ("further parameters with defaults", "log_loss",
     lambda y, p, tol=1e-10, verbose=False: RIGHT["log_loss"](y, p, tol)),
    ("another way to the value: a formula derived by hand", LG, by_hand),
    ("minimise: a class of one's own that derives from RuntimeError", "minimise",
     minimise_raising(type("Lost", (RuntimeError,), {}))),
    ("prints and warnings", "mse",
     after("mse", lambda *_: (print("x"), __import__("warnings").warn("x", stacklevel=1)))),
]  # fmt: skip


@pytest.mark.parametrize(
    ("requirement", "function", "answer"), REQUIREMENTS, ids=[f"{f}: {r}" for r, f, _ in REQUIREMENTS]
)
def test_what_breaks_a_requirement_loses_the_points(requirement, function, answer):
    with pytest.raises(Objection):
        exercise.hidden_test(function, answer)


@pytest.mark.parametrize(("freedom", "function", "answer"), FREEDOMS, ids=[f"{f}: {r}" for r, f, _ in FREEDOMS])
def test_what_uses_a_freedom_keeps_the_points(freedom, function, answer):
    exercise.hidden_test(function, answer)


@pytest.mark.parametrize("function", RIGHT)
def test_what_still_raises_scores_zero(function):
    with pytest.raises(NotAnswered):
        exercise.hidden_test(function, raising(NotImplementedError))
    with pytest.raises(AnswerRaised):
        exercise.hidden_test(function, raising(ValueError))


def test_the_tape_point_asks_for_the_tape_and_for_right_values():
    logistic_regression.logistic_gradients(by_hand)
    with pytest.raises(Objection, match="did not come from the tape"):
        logistic_regression.logistic_gradients_tape(by_hand)
    with pytest.raises(Objection, match="not right yet"):
        logistic_regression.logistic_gradients_tape(then(LG, lambda g: tuple(2 * v for v in g)))


def test_every_function_is_in_the_table():
    assert {function for _, function, _ in REQUIREMENTS} == set(RIGHT)
