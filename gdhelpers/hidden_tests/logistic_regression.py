"""The hidden tests of ps3-logistic-regression: one function a test cell.

Cases keep what the contract promises: gradients are asked for where `0 < abs(z) <= 4`, descents are stable and stay
there, probabilities are judged where rounding the logits cannot move them by 1e-6.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gdhelpers import reference
from gdhelpers.checks.errors import WrongAnswer
from gdhelpers.hidden_tests import seed, slope, tape
from gdhelpers.hidden_tests.call import Reply
from gdhelpers.hidden_tests.case import Arguments, Case, neighbours
from gdhelpers.hidden_tests.examination import Function, examine
from gdhelpers.hidden_tests.logistic_model import FAR, Array, Model, draw, f32, labels, one_changed, stretched
from gdhelpers.reference import budgets
from gdhelpers.reference.logistic_regression import logits
from gdhelpers.wire.described import TFTensor, TFVariable


def predict_proba(answer: Function) -> None:
    """Examine `predict_proba(X, W, b)`."""
    cases = predict_proba_cases()
    for case, replies in zip(cases, examine(answer, "predict_proba", cases), strict=True):
        _demand_probabilities(case, replies)


def log_loss(answer: Function) -> None:
    """Examine `log_loss(y, p, tol)`."""
    examine(answer, "log_loss", log_loss_cases())


def logistic_gradients(answer: Function) -> None:
    """Examine `logistic_gradients(X, y, W, b)`."""
    cases = logistic_gradients_cases()
    answers = examine(answer, "logistic_gradients", cases)
    _demand_slope(answers[0][0].value, cases[0])


def logistic_gradients_tape(answer: Function) -> None:
    """Examine whether both gradients come from a `tf.GradientTape`: scale the tape's, and the answers must scale."""
    tape.demand(answer, logistic_gradients_cases())


def fit_logistic(answer: Function) -> None:
    """Examine `fit_logistic(X, y, W0, b0, lr, steps)`."""
    examine(answer, "fit_logistic", fit_logistic_cases())


def log_loss_from_logits(answer: Function) -> None:
    """Examine `log_loss_from_logits(y, z)`."""
    examine(answer, "log_loss_from_logits", log_loss_from_logits_cases())


def accuracy(answer: Function) -> None:
    """Examine `accuracy(y, p, threshold)`."""
    examine(answer, "accuracy", accuracy_cases())


# Cases


@seed.once
def predict_proba_cases() -> list[Case]:
    """Return the cases of `predict_proba`."""
    rng = seed.generator("predict_proba")
    models = {
        "one row": draw(rng, 1, 3),
        "one column": draw(rng, 6, 1),
        "as many rows as columns": draw(rng, 3, 3),
        "many rows": draw(rng, 9, 4),
        "more columns than rows": draw(rng, 2, 5),
        "small numbers": draw(rng, 4, 2, features=1e-9),
        "large logits": _far_apart(rng),
    }
    cases = [_proba_case(name, model) for name, model in models.items()]
    return cases + [_proba_case(*changed) for changed in one_changed(rng, draw(rng, 4, 2), ("X", "W", "b"))]


def _proba_case(name: str, model: Model) -> Case:
    X, _, W, b = model.numbers
    described = TFTensor(X), TFVariable(W), TFVariable(b)
    return Case(name, described, reference.predict_proba(X, W, b), budgets.predict_proba(X, W, b))


def _far_apart(rng: np.random.Generator) -> Model:
    """Return a model with logits up to 1000 of both signs, in which the terms of a logit do not cancel."""
    W = rng.uniform(1.0, 2.0, size=(2, 1))
    share = rng.uniform(0.2, 0.8, size=(8, 1))
    wanted = np.array([[-999.0], [999.0], [-120.0], [120.0], [-25.0], [25.0], [-12.0], [12.0]])
    X = wanted * rng.uniform(0.96, 0.999, size=(8, 1)) * np.hstack([share, 1.0 - share]) / W.T
    return Model(f32(X), labels(rng, 8), f32(W), f32(rng.uniform(0.1, 0.9, size=1)))


@seed.once
def logistic_gradients_cases() -> list[Case]:
    """Return the cases of `logistic_gradients`."""
    rng = seed.generator("logistic_gradients")
    models = {
        "one row": draw(rng, 1, 3),
        "few positives": draw(rng, 11, 3, positives=1),
        "no positives": draw(rng, 4, 2, positives=0),
        "one column": draw(rng, 6, 1),
        "as many rows as columns": draw(rng, 3, 3),
        "more columns than rows": draw(rng, 3, 5),
        "small numbers": draw(rng, 5, 2, features=1e-9),
        "large numbers": draw(rng, 7, 4, features=1e3),
        "logits near 4 in absolute value": stretched(draw(rng, 6, 2)),
    }
    cases = [_gradient_case(name, model) for name, model in models.items()]
    base = draw(rng, 5, 3)
    cases += [_gradient_case(*changed) for changed in one_changed(rng, base, ("X", "y", "W", "b"))]
    return cases + _permuted(rng, _gradient_case("the same numbers in another order", base), base)


def _gradient_case(name: str, model: Model) -> Case:
    X, y, W, b = model.numbers
    described = TFTensor(X), TFTensor(y), TFVariable(W), TFVariable(b)
    return Case(name, described, reference.logistic_gradients(X, y, W, b), budgets.logistic_gradients(X, y, W, b))


def _permuted(rng: np.random.Generator, case: Case, model: Model) -> list[Case]:
    """Ask once more with rows, and once with columns in another order: dW has to follow the columns and nothing else.

    What is expected is what is expected of the model as it was: a relation that holds whatever the reference says.
    """
    X, y, W, b = model.numbers
    rows, columns = _shuffled(rng, len(X)), _shuffled(rng, X.shape[1])
    (dW, db), (dW_budget, db_budget) = case.expected, case.budget
    by_rows = TFTensor(X[rows]), TFTensor(y[rows]), TFVariable(W), TFVariable(b)
    by_columns = TFTensor(X[:, columns]), TFTensor(y), TFVariable(W[columns]), TFVariable(b)
    return [
        case,
        Case("the rows in another order", by_rows, case.expected, case.budget),
        Case("the columns in another order", by_columns, (dW[columns], db), (dW_budget[columns], db_budget)),
    ]


def _shuffled(rng: np.random.Generator, size: int) -> NDArray[np.intp]:
    """Return an order in which no place keeps its number."""
    return np.roll(np.arange(size), int(rng.integers(1, size)))


@seed.once
def log_loss_cases() -> list[Case]:
    """Return the cases of `log_loss`."""
    rng = seed.generator("log_loss")
    both, few = labels(rng, 7), labels(rng, 20, positives=1)
    return [
        _log_loss_case("one row", labels(rng, 1), rng.uniform(0.1, 0.9, size=(1, 1))),
        _log_loss_case("many rows", both, rng.uniform(0.05, 0.95, size=(7, 1))),
        _log_loss_case("few positives", few, rng.uniform(0.02, 0.7, size=(20, 1))),
        _log_loss_case("small loss", both, np.abs(both - rng.uniform(1e-4, 1e-3, size=(7, 1)))),
        _log_loss_case("tol given", both, rng.uniform(0.05, 0.95, size=(7, 1)), float(rng.uniform(0.02, 0.1))),
        _log_loss_case("p of exactly 0 and 1, all wrong", both, 1.0 - both),
        _log_loss_case("p of exactly 0 and 1, all right", both, both),
        _log_loss_case("p of exactly 0 and 1, tol given", both, 1.0 - both, 1e-3),
        _log_loss_case("p next to 0", np.ones((3, 1)), 10.0 ** rng.uniform(-12.0, -7.0, size=(3, 1))),
        *_log_loss_neighbours(rng),
    ]


def _log_loss_neighbours(rng: np.random.Generator) -> list[Case]:
    y, p, other = labels(rng, 6), rng.uniform(0.1, 0.9, size=(6, 1)), rng.uniform(0.1, 0.9, size=(6, 1))
    base, changed = (y, p, 0.03), (1.0 - y, other, 0.09)
    return [
        _log_loss_case("before one argument changes", *base),
        *(_log_loss_case(*case) for case in _flat(neighbours(("y", "p", "tol"), base, changed))),
        _log_loss_case("as before, but tol is left out", y, p),
    ]


def _log_loss_case(name: str, y: ArrayLike, p: ArrayLike, *tol: float) -> Case:
    return _pair_case(name, reference.log_loss, budgets.log_loss, y, p, *tol)


@seed.once
def fit_logistic_cases() -> list[Case]:
    """Return the cases of `fit_logistic`."""
    rng = seed.generator("fit_logistic")
    return [
        _fit_case("one step", rng, 1, 4, 2),
        _fit_case("one row", rng, 2, 1, 2),
        _fit_case("one column", rng, 2, 6, 1),
        _fit_case("few positives", rng, 2, 10, 2, positives=1),
        _fit_case("as many rows as columns", rng, 2, 3, 3),
        _fit_case("large numbers", rng, 3, 7, 2, least_slope=1.5e3, features=1e4),
        _flat_fit_case(rng),
        *_fit_neighbours(rng),
        _fit_case("many steps", rng, 60, 40, 2, pace=0.2, once=True),
    ]


def _flat_fit_case(rng: np.random.Generator) -> Case:
    """Start next to the minimum, where slopes are small, a large step is safe and the loss hardly changes.

    Of each four equal rows one is positive: the minimum is where the weight is zero and the odds are a third.
    """
    y = f32(np.tile([[1.0], [0.0], [0.0], [0.0]], (2, 1)))
    while True:
        X = f32(np.repeat(rng.normal(size=(2, 1)), 4, axis=0))
        W0, b0 = f32(_either_sign(rng, (1, 1), 1.5e-3)), f32(_either_sign(rng, (1,), 1.5e-3) - np.log(3.0))
        slopes = [float(np.abs(gradient).max()) for gradient in reference.logistic_gradients(X, y, W0, b0)]
        if min(slopes) > 3e-4 and max(slopes) < 5.5e-4:
            return _fitted_case("a start next to the minimum", X, y, W0, b0, _stable_rate(X), 3)


def _either_sign(rng: np.random.Generator, shape: tuple[int, ...], size: float) -> NDArray[np.float64]:
    return rng.choice([-1.0, 1.0], size=shape) * rng.uniform(size, 2.0 * size, size=shape)


def _fit_neighbours(rng: np.random.Generator) -> list[Case]:
    """Draw two descents of the same shapes that may exchange any of their arguments and stay stable and below 4."""
    while True:
        (X, y, W0, b0), (other_X, _, other_W0, other_b0) = draw(rng, 6, 2).numbers, draw(rng, 6, 2).numbers
        lr = min(_stable_rate(X), _stable_rate(other_X))
        base, other = (X, y, W0, b0, lr, 2), (other_X, 1.0 - y, other_W0, other_b0, 0.5 * lr, 3)
        changed = list(neighbours(("X", "y", "W0", "b0", "lr", "steps"), base, other))
        if all(_stays_below(*arguments) for _, arguments in changed):
            return [_fitted_case("before one argument changes", *base), *(_fitted_case(n, *a) for n, a in changed)]


def _fit_case(
    name: str,
    rng: np.random.Generator,
    steps: int,
    n: int,
    d: int,
    *,
    pace: float = 1.0,
    least_slope: float = 0.0,
    once: bool = False,
    **options: Any,
) -> Case:
    """Draw a descent that is stable, keeps every logit below 4 and begins with weights on a slope so steep."""
    while True:
        X, y, W0, b0 = draw(rng, n, d, **options).numbers
        lr = _stable_rate(X, pace)
        steep = np.linalg.norm(reference.logistic_gradients(X, y, W0, b0)[0]) > least_slope
        if steep and _stays_below(X, y, W0, b0, lr, steps):
            return _fitted_case(name, X, y, W0, b0, lr, steps, once=once)


def _fitted_case(
    name: str, X: Array, y: Array, W0: Array, b0: Array, lr: float, steps: int, *, once: bool = False
) -> Case:
    described = TFTensor(X), TFTensor(y), W0, b0, lr, steps
    expected = reference.fit_logistic(X, y, W0, b0, lr, steps)
    return Case(name, described, expected, budgets.fit_logistic(X, y, W0, b0, lr, steps), once)


def _stays_below(X: Array, y: Array, W0: Array, b0: Array, lr: float, steps: int) -> bool:
    """Whether every logit of a descent stays below 4 in absolute value, at its start and at its end."""
    W, b, _ = reference.fit_logistic(X, y, W0, b0, lr, steps)
    return float(max(np.abs(logits(X, W0, b0)).max(), np.abs(logits(X, W, b)).max())) < FAR


def _stable_rate(X: Array, pace: float = 1.0) -> float:
    """Return `pace` times a third of the learning rate up to which gradient descent is stable, in two digits."""
    design = np.hstack([X.astype(np.float64), np.ones((len(X), 1))])
    curvature = 0.25 * np.linalg.norm(design, 2) ** 2 / len(design)
    return float(f"{pace * 2.0 / curvature / 3.0:.1e}")


@seed.once
def log_loss_from_logits_cases() -> list[Case]:
    """Return the cases of `log_loss_from_logits`."""
    rng = seed.generator("log_loss_from_logits")
    one, both = labels(rng, 1), labels(rng, 6)
    right, wrong = 2.0 * both - 1.0, 1.0 - 2.0 * both
    near = rng.uniform(0.97, 1.0, size=(6, 1))
    return [
        _logits_case("one row", one, rng.uniform(0.5, 3.0, size=(1, 1))),
        _logits_case("many rows", labels(rng, 9), rng.uniform(-4.0, 4.0, size=(9, 1))),
        _logits_case("few positives, a logit of 0", labels(rng, 5, positives=1), [[0.0], [-1.5], [2.5], [-3.5], [0.5]]),
        _logits_case("confident and right", both, 10.0 * right * near),
        _logits_case("z of 50, y of 0", [[0.0]], [[50.0]]),
        _logits_case("z of 50, y of 1", [[1.0]], [[50.0]]),
        _logits_case("z of -50, y of 0", [[0.0]], [[-50.0]]),
        _logits_case("very confident and right", both, 75.0 * right * near),
        _logits_case("z near 1000, all wrong", both, 1000.0 * wrong * near),
        _logits_case("z near 1000, all right", both, 1000.0 * right * near),
        *_logits_neighbours(rng),
    ]


def _logits_neighbours(rng: np.random.Generator) -> list[Case]:
    y, z, other = labels(rng, 6), rng.uniform(-4.0, 4.0, size=(6, 1)), rng.uniform(-4.0, 4.0, size=(6, 1))
    changed = _flat(neighbours(("y", "z"), (y, z), (1.0 - y, other)))
    return [_logits_case("before one argument changes", y, z), *(_logits_case(*case) for case in changed)]


def _logits_case(name: str, y: ArrayLike, z: ArrayLike) -> Case:
    return _pair_case(name, reference.log_loss_from_logits, budgets.log_loss_from_logits, y, z)


@seed.once
def accuracy_cases() -> list[Case]:
    """Return the cases of `accuracy`."""
    rng = seed.generator("accuracy")
    return [
        _accuracy_case("one row", rng, 1, right=1),
        _accuracy_case("many rows", rng, 9, right=6),
        _accuracy_case("p of exactly the threshold, and just below it", rng, 7, right=5, at=3, below=1),
        _accuracy_case("few positives", rng, 12, right=9, positives=1),
        _accuracy_case("all wrong", rng, 5, right=0),
        _accuracy_case("lower threshold", rng, 8, 0.25, right=5, at=1, below=1),
        _accuracy_case("higher threshold", rng, 8, 0.75, right=6, at=1),
        _accuracy_case("threshold as it is by default, but given", rng, 5, 0.5, right=4, at=1),
        *_accuracy_neighbours(rng),
    ]


def _accuracy_neighbours(rng: np.random.Generator) -> list[Case]:
    """Draw seven rows until every argument that changes alone changes the share."""
    while True:
        y, p, other = labels(rng, 7), f32(rng.uniform(size=(7, 1))), f32(rng.uniform(size=(7, 1)))
        base, changed = (y, p, 0.25), (1.0 - y, other, 0.75)
        questions = [base, *(arguments for _, arguments in neighbours(("y", "p", "threshold"), base, changed)), (y, p)]
        if len({reference.accuracy(*question) for question in questions}) == len(questions):
            break
    names = ["before one argument changes", *(f"as before, but for {name}" for name in ("y", "p", "threshold"))]
    names.append("as before, but the threshold is left out")
    return [
        _pair_case(name, reference.accuracy, budgets.accuracy, *question)
        for name, question in zip(names, questions, strict=True)
    ]


def _accuracy_case(
    name: str,
    rng: np.random.Generator,
    n: int,
    *threshold: float,
    right: int,
    at: int = 0,
    below: int = 0,
    positives: int | None = None,
) -> Case:
    """Draw probabilities of which `right` are on the side of their label.

    `at` of them are on the threshold, and `below` are the float32 next below it: odd numbers. An odd number that
    changes sides always changes the share; so does another threshold, by choice of the numbers.
    """
    cut = threshold[0] if threshold else 0.5
    while True:
        y = labels(rng, n, positives=positives)
        side = y.copy()
        wrong = rng.permutation(n)[right:]
        side[wrong] = 1.0 - side[wrong]
        p = f32(np.where(side == 1.0, rng.uniform(cut, 1.0, size=(n, 1)), rng.uniform(0.0, 0.99 * cut, size=(n, 1))))
        p[np.flatnonzero(side)[:at]] = cut
        p[np.flatnonzero(side == 0.0)[:below]] = np.nextafter(np.float32(cut), np.float32(0.0))
        others = {reference.accuracy(y, p, other) for other in (cut, 0.5, np.nextafter(cut, 1.0))}
        if side.sum() >= at and n - side.sum() >= below and (cut == 0.5 or len(others) == 3):
            break
    return _pair_case(name, reference.accuracy, budgets.accuracy, y, p, *threshold)


def _pair_case(
    name: str,
    value: Callable[..., float],
    budget: Callable[..., float],
    y: ArrayLike,
    given: ArrayLike,
    *more: float,
) -> Case:
    """Return a case of a function of targets and probabilities or logits, whose answer is a scalar."""
    targets, numbers = f32(y), f32(given)
    described = TFTensor(targets), TFTensor(numbers), *more
    return Case(name, described, value(targets, numbers, *more), budget(targets, numbers, *more))


def _flat(cases: Iterator[tuple[str, Arguments]]) -> Iterator[Arguments]:
    return ((name, *arguments) for name, arguments in cases)


# Beyond values


def _demand_slope(gradients: Any, case: Case) -> None:
    """Compare with the measured slope of the loss; the second derivative of the sigmoid is at most 1 / (6 sqrt(3))."""
    X, y = (argument.array.astype(np.float64) for argument in case.arguments[:2])  # type: ignore[attr-defined]
    third = float(np.mean((np.abs(X).sum(axis=1) + 1.0) ** 3)) / (6.0 * np.sqrt(3.0))
    rng = seed.generator("slope of the log loss")
    slope.demand(gradients, case, lambda W, b: reference.log_loss_from_logits(y, logits(X, W, b)), third, rng)


def _demand_probabilities(case: Case, replies: Sequence[Reply]) -> None:
    values: list[Any] = [reply.value for reply in replies]
    if np.min(values) < 0.0 or np.max(values) > 1.0:
        raise WrongAnswer(
            f"predict_proba returns a number outside [0, 1], which is no probability (case: {case.name})."
        )
