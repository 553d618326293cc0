"""Wrong answers that no misconception names, each with what it does: they lose their points on every seed."""

import math
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pytest
import torch

from gdhelpers.checks import AnswerRaised, WrongAnswer
from gdhelpers.hidden_tests import exercise, seed
from gdhelpers.quiet import quietly

with quietly():
    import tensorflow as tf

SEEDS = range(5)


def stopping(least, *, padded=False):
    """Return what ends a fit where the loss changes by less than `least`."""

    def ends(losses, loss):
        return bool(losses) and abs(losses[-1] - loss) < least

    return {"ends": ends, "padded": padded}


def fit(pull, loss, X, y, W, b, lr, steps, *, ends=None, padded=False, change=None, rate=None, rows=None):
    """Descend in float64: `pull` and `loss` of the prediction; `change` makes another gradient, `rate` a factor."""
    X, y = np.asarray(X, float), np.asarray(y, float).reshape(-1, 1)
    W, b, losses = np.asarray(W, float), np.asarray(b, float), []
    X, y = X[:rows], y[:rows]
    for step in range(steps):
        value = loss(X @ W + b, y)
        if ends is not None and ends(losses, value):
            break
        losses.append(value)
        residual = pull(X @ W + b, y)
        gradient = np.append(X.T @ residual / len(X), residual.mean())
        gradient = gradient if change is None else change(gradient)
        scale = lr if rate is None else lr * rate(step)
        W, b = W - scale * gradient[:-1, None], b - scale * gradient[-1:]
    return W, b, losses + [losses[-1]] * (steps - len(losses) if padded else 0)


def linear(**options):
    def answer(X, y, lr, steps):
        W, b = np.zeros((X.shape[1], 1)), np.zeros(1)
        return fit(lambda z, y: 2 * (z - y), lambda z, y: np.mean((z - y) ** 2), X, y, W, b, lr, steps, **options)

    return answer


def logistic(**options):
    def answer(X, y, W0, b0, lr, steps):
        def pull(z, y):
            return 1 / (1 + np.exp(-z)) - y

        def loss(z, y):
            return np.mean(np.log1p(np.exp(z)) - y * z)

        return fit(pull, loss, X, y, W0, b0, lr, steps, **options)

    return answer


def capped(answer, most):
    """Return a fit or a descent of at most so many steps."""

    def fewer(*arguments):
        return answer(*arguments[:-1], min(arguments[-1], most))

    return fewer


def skipped(least):
    return {"change": lambda gradient: gradient * (np.abs(gradient).max() >= least)}


def clipped(most):
    return {"change": lambda gradient: gradient * min(1.0, most / max(np.linalg.norm(gradient), 1e-300))}


def halved(each):
    return {"rate": lambda step: 0.5 ** (step // each)}


def keras_batches(X, y, lr, steps):
    model = tf.keras.Sequential(
        [tf.keras.Input((X.shape[1],)), tf.keras.layers.Dense(1, kernel_initializer="zeros")],
    )
    model.compile(tf.keras.optimizers.SGD(lr), "mse")
    history = model.fit(X, tf.reshape(y, (-1, 1)), epochs=steps, verbose=0).history
    return (*model.get_weights(), history["loss"])


def slope_at(f, x):
    leaf = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    f(leaf).backward()
    return leaf.grad.item()


def descent(f, x0, lr, steps, rate=None):
    path = [x0]
    for step in range(steps):
        path.append(path[-1] - lr * (rate(step) if rate else 1.0) * slope_at(f, path[-1]))
    return path[1:]


def descent_standing_still(most):
    def answer(f, x0, lr, steps):
        path = descent(f, x0, lr, min(steps, most))
        return path + path[-1:] * (steps - len(path))

    return answer


class Place(NamedTuple):
    x: float
    slope: float
    value: float


def search(gives_up, most=5000):
    """Return a `minimise` that raises too where `gives_up` says so of the places on its way."""

    def answer(f, x, lr, tol, max_steps):
        way = []
        for step in range(min(max_steps, most) + 1):
            way.append(Place(x, slope_at(f, x), f(torch.tensor(x, dtype=torch.float64)).item()))
            if not (math.isfinite(x) and math.isfinite(way[-1].slope)) or gives_up(way):
                raise RuntimeError("diverges")
            if abs(way[-1].slope) < tol:
                return x, step
            x -= lr * way[-1].slope
        raise RuntimeError("not there")

    return answer


def never(_):
    return False


def slope_grew(times):
    def gives_up(way):
        sizes = [abs(place.slope) for place in way[-times - 1 :]]
        return len(sizes) > times and all(a < b for a, b in pairwise(sizes))

    return gives_up


def value_grew(way):
    return len(way) > 1 and way[-1].value > way[-2].value


def search_by_recursion(f, x0, lr, tol, max_steps):
    slope = slope_at(f, x0)
    if abs(slope) < tol:
        return x0, 0
    if max_steps == 0 or not math.isfinite(slope):
        raise RuntimeError("not there")
    x, steps = search_by_recursion(f, x0 - lr * slope, lr, tol, max_steps - 1)
    return x, steps + 1


def share(decide):
    def answer(y, p, threshold=0.5):
        return float(np.mean(decide(p, threshold) == np.asarray(y, bool)))

    return answer


def gradients_of_clipped(low, high):
    def answer(X, y, W, b):
        with tf.GradientTape() as tape:
            p = tf.clip_by_value(tf.sigmoid(X @ W + b), low, high)
            loss = -tf.reduce_mean(y * tf.math.log(p) + (1 - y) * tf.math.log(1 - p))
        return tape.gradient(loss, [W, b])

    return answer


FITS = {"fit_linear": linear, "fit_linear_tf": linear, "fit_logistic": logistic}

MISTAKES = [
    *(
        mistake
        for function, fitting in FITS.items()
        for mistake in [
            *((function, f"stops where the loss changes by {d}", fitting(**stopping(d))) for d in (1e-4, 1e-5, 1e-6)),
            (function, "stops so and repeats the last loss", fitting(**stopping(1e-6, padded=True))),
            (function, "skips slopes below 1e-3", fitting(**skipped(1e-3))),
            *((function, f"takes at most {most} steps", capped(fitting(), most)) for most in (10, 20, 30, 50)),
            *((function, f"halves lr each {each} steps", fitting(**halved(each))) for each in (10, 30)),
            *((function, f"takes the first {rows} rows", fitting(rows=rows)) for rows in (8, 32)),
        ]
    ),
    ("fit_linear", "takes at most 100 steps", capped(linear(), 100)),
    ("fit_linear_tf", "takes batches of 32 rows, as Keras does by default", keras_batches),
    *(("fit_logistic", f"clips gradients at a norm of {most}", logistic(**clipped(most))) for most in (10, 100, 1e3)),
    *(("descend", f"takes at most {most} steps", capped(descent, most)) for most in (30, 50, 100)),
    ("descend", "stands still after 100 steps", descent_standing_still(100)),
    ("descend", "halves lr each 30 steps", lambda *given: descent(*given, **halved(30))),
    *(("minimise", f"gives up beyond {far}", search(lambda way, far=far: abs(way[-1].x) > far)) for far in (1e3, 1e6)),
    *(
        ("minimise", f"gives up where a slope is beyond {far}", search(lambda way, far=far: abs(way[-1].slope) > far))
        for far in (1e3, 1e6)
    ),
    ("minimise", "gives up where f grew", search(value_grew)),
    ("minimise", "gives up where f is larger than at x0", search(lambda way: way[-1].value > way[0].value)),
    ("minimise", "gives up where the slope grew", search(slope_grew(1))),
    ("minimise", "gives up where the slope grew twice", search(slope_grew(2))),
    *(("minimise", f"takes at most {most} updates", search(never, most)) for most in (200, 1000)),
    ("minimise", "calls itself for each update", search_by_recursion),
    ("accuracy", "takes 1e-6 off the threshold", share(lambda p, threshold: np.asarray(p) >= threshold - 1e-6)),
    ("accuracy", "rounds by the floor of a sum", share(lambda p, threshold: tf.floor(p + (1 - threshold)) == 1)),
    ("logistic_gradients", "clips p to [.02, .98]", gradients_of_clipped(0.02, 0.98)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("function", "answer"),
    [(function, answer) for function, _, answer in MISTAKES],
    ids=[f"{function}: {why}" for function, why, _ in MISTAKES],
)
def test_a_mistake_without_a_name_loses_its_points_on_every_seed(function, answer):
    for number in SEEDS:
        with seed.seeded(number), pytest.raises((WrongAnswer, AnswerRaised)):
            exercise.hidden_test(function, answer)


@pytest.mark.parametrize(
    ("function", "answer"),
    [
        *((function, fitting()) for function, fitting in FITS.items()),
        ("descend", descent),
        ("minimise", search(never)),
        ("accuracy", share(lambda p, threshold: np.asarray(p) >= threshold)),
        ("logistic_gradients", gradients_of_clipped(0.0, 1.0)),
    ],
)
def test_without_its_mistake_each_is_right_on_every_seed(function, answer):
    for number in SEEDS:
        with seed.seeded(number):
            exercise.hidden_test(function, answer)


def test_what_is_wrong_in_a_long_case_is_told_as_elsewhere():
    with pytest.raises(WrongAnswer, match=r"case: many steps.*right in 14 of 15 cases, and wrong in: many steps"):
        exercise.hidden_test("fit_logistic", capped(logistic(), 50))


def test_long_cases_are_asked_once_and_the_first_again_after_them():
    asked = []

    def answer(*given):
        asked.append(given[2:])
        return linear()(*given)

    exercise.hidden_test("fit_linear", answer)
    questions = [(case.arguments[2:], case.once) for case in exercise.cases("fit_linear")]
    twice, once = ([numbers for numbers, alone in questions if alone is kind] for kind in (False, True))
    assert asked == [numbers for numbers in twice for _ in range(2)] + once + twice[:1]
    assert once[-1][1] == 120
    assert [alone for _, alone in questions] == sorted(alone for _, alone in questions)
