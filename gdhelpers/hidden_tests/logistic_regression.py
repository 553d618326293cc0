"""The hidden tests of ps3-logistic-regression: one function a test cell.

Cases keep what the contract promises: gradients are asked for where `0 < abs(z) <= 4`, descents are stable and stay
there, probabilities are judged where rounding the logits cannot move them by 1e-6.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gdhelpers import reference
from gdhelpers.checks.comparator import compare
from gdhelpers.checks.errors import NotAnswered, WrongAnswer
from gdhelpers.hidden_tests import seed
from gdhelpers.hidden_tests.call import Raised, TFTensor, TFVariable, call, tape_is_genuine
from gdhelpers.hidden_tests.case import Arguments, Case, neighbours
from gdhelpers.hidden_tests.examination import Function, examine, values_are_right
from gdhelpers.reference import budgets
from gdhelpers.reference.logistic_regression import logits

Array = NDArray[np.float32]

NEAR, FAR = 0.05, 3.6
"""Every logit of a gradient case lies between these, in absolute value."""

TAPE_FACTOR = 4.0
"""What gradients of a tape are multiplied by, to see whether an answer is made of them; it rounds nothing."""

TAPE_USES = (1, 2, 3)
"""How many gradients of a tape may be chained to an answer, by `output_gradients`: each brings the factor once."""


def predict_proba(answer: Function) -> None:
    """Examine `predict_proba(X, W, b)`."""
    cases = predict_proba_cases()
    examine(answer, "predict_proba", cases)
    for case in cases:
        _demand_probabilities(answer, case)


def log_loss(answer: Function) -> None:
    """Examine `log_loss(y, p, tol)`."""
    examine(answer, "log_loss", log_loss_cases())


def logistic_gradients(answer: Function) -> None:
    """Examine `logistic_gradients(X, y, W, b)`."""
    examine(answer, "logistic_gradients", logistic_gradients_cases())


def logistic_gradients_tape(answer: Function) -> None:
    """Examine whether both gradients come from a `tf.GradientTape`: scale the tape's, and the answers must scale."""
    cases = logistic_gradients_cases()
    _demand_right_gradients(answer, cases)
    for case in cases[:2]:
        _demand_tape(answer, case)


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


@dataclass(frozen=True)
class _Model:
    """Data and parameters: X (n, d), y (n, 1), W (d, 1), b (1,)."""

    X: Array
    y: Array
    W: Array
    b: Array

    @property
    def numbers(self) -> tuple[Array, Array, Array, Array]:
        return self.X, self.y, self.W, self.b


@seed.once
def predict_proba_cases() -> list[Case]:
    """Return the cases of `predict_proba`."""
    rng = seed.generator("predict_proba")
    models = {
        "one row": _draw(rng, 1, 3),
        "one column": _draw(rng, 6, 1),
        "as many rows as columns": _draw(rng, 3, 3),
        "many rows": _draw(rng, 9, 4),
        "more columns than rows": _draw(rng, 2, 5),
        "small numbers": _draw(rng, 4, 2, features=1e-9),
        "large logits": _far_apart(rng),
    }
    cases = [_proba_case(name, model) for name, model in models.items()]
    return cases + [_proba_case(*changed) for changed in _changed(rng, _draw(rng, 4, 2), ("X", "W", "b"))]


def _proba_case(name: str, model: _Model) -> Case:
    X, _, W, b = model.numbers
    described = TFTensor(X), TFVariable(W), TFVariable(b)
    return Case(name, described, reference.predict_proba(X, W, b), budgets.predict_proba(X, W, b))


def _far_apart(rng: np.random.Generator) -> _Model:
    """Return a model with logits up to 1000 of both signs, in which the terms of a logit do not cancel."""
    W = rng.uniform(1.0, 2.0, size=(2, 1))
    share = rng.uniform(0.2, 0.8, size=(8, 1))
    wanted = np.array([[-999.0], [999.0], [-120.0], [120.0], [-25.0], [25.0], [-12.0], [12.0]])
    X = wanted * rng.uniform(0.96, 0.999, size=(8, 1)) * np.hstack([share, 1.0 - share]) / W.T
    return _Model(_f32(X), _labels(rng, 8), _f32(W), _f32(rng.uniform(0.1, 0.9, size=1)))


@seed.once
def logistic_gradients_cases() -> list[Case]:
    """Return the cases of `logistic_gradients`."""
    rng = seed.generator("logistic_gradients")
    models = {
        "one row": _draw(rng, 1, 3),
        "few positives": _draw(rng, 11, 3, positives=1),
        "no positives": _draw(rng, 4, 2, positives=0),
        "one column": _draw(rng, 6, 1),
        "as many rows as columns": _draw(rng, 3, 3),
        "more columns than rows": _draw(rng, 3, 5),
        "small numbers": _draw(rng, 5, 2, features=1e-9),
        "large numbers": _draw(rng, 7, 4, features=1e3),
    }
    cases = [_gradient_case(name, model) for name, model in models.items()]
    base = _draw(rng, 5, 3)
    cases += [_gradient_case(*changed) for changed in _changed(rng, base, ("X", "y", "W", "b"))]
    return cases + _permuted(rng, _gradient_case("the same numbers in another order", base), base)


def _gradient_case(name: str, model: _Model) -> Case:
    X, y, W, b = model.numbers
    described = TFTensor(X), TFTensor(y), TFVariable(W), TFVariable(b)
    return Case(name, described, reference.logistic_gradients(X, y, W, b), budgets.logistic_gradients(X, y, W, b))


def _permuted(rng: np.random.Generator, case: Case, model: _Model) -> list[Case]:
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
    both, few = _labels(rng, 7), _labels(rng, 20, positives=1)
    return [
        _log_loss_case("one row", _labels(rng, 1), rng.uniform(0.1, 0.9, size=(1, 1))),
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
    y, p, other = _labels(rng, 6), rng.uniform(0.1, 0.9, size=(6, 1)), rng.uniform(0.1, 0.9, size=(6, 1))
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
        _fit_case("large numbers", rng, 3, 7, 2, features=50.0),
        _fit_case("many steps", rng, 8, 8, 3),
        *_fit_neighbours(rng),
    ]


def _fit_neighbours(rng: np.random.Generator) -> list[Case]:
    """Draw two descents of the same shapes that may exchange any of their arguments and stay stable and below 4."""
    while True:
        (X, y, W0, b0), (other_X, _, other_W0, other_b0) = _draw(rng, 6, 2).numbers, _draw(rng, 6, 2).numbers
        lr = min(_stable_rate(X), _stable_rate(other_X))
        base, other = (X, y, W0, b0, lr, 2), (other_X, 1.0 - y, other_W0, other_b0, 0.5 * lr, 3)
        changed = list(neighbours(("X", "y", "W0", "b0", "lr", "steps"), base, other))
        if all(_stays_below(*arguments) for _, arguments in changed):
            return [_fitted_case("before one argument changes", *base), *(_fitted_case(n, *a) for n, a in changed)]


def _fit_case(name: str, rng: np.random.Generator, steps: int, n: int, d: int, **options: Any) -> Case:
    """Draw a descent that is stable and keeps every logit below 4."""
    while True:
        X, y, W0, b0 = _draw(rng, n, d, **options).numbers
        lr = _stable_rate(X)
        if _stays_below(X, y, W0, b0, lr, steps):
            return _fitted_case(name, X, y, W0, b0, lr, steps)


def _fitted_case(name: str, X: Array, y: Array, W0: Array, b0: Array, lr: float, steps: int) -> Case:
    described = TFTensor(X), TFTensor(y), W0, b0, lr, steps
    expected = reference.fit_logistic(X, y, W0, b0, lr, steps)
    return Case(name, described, expected, budgets.fit_logistic(X, y, W0, b0, lr, steps))


def _stays_below(X: Array, y: Array, W0: Array, b0: Array, lr: float, steps: int) -> bool:
    """Whether every logit of a descent stays below 4 in absolute value, at its start and at its end."""
    W, b, _ = reference.fit_logistic(X, y, W0, b0, lr, steps)
    return float(max(np.abs(logits(X, W0, b0)).max(), np.abs(logits(X, W, b)).max())) < FAR


def _stable_rate(X: Array) -> float:
    """Return a third of the learning rate up to which gradient descent on the log loss is stable, in two digits."""
    design = np.hstack([X.astype(np.float64), np.ones((len(X), 1))])
    curvature = 0.25 * np.linalg.norm(design, 2) ** 2 / len(design)
    return float(f"{2.0 / curvature / 3.0:.1e}")


@seed.once
def log_loss_from_logits_cases() -> list[Case]:
    """Return the cases of `log_loss_from_logits`."""
    rng = seed.generator("log_loss_from_logits")
    one, both = _labels(rng, 1), _labels(rng, 6)
    right, wrong = 2.0 * both - 1.0, 1.0 - 2.0 * both
    near = rng.uniform(0.97, 1.0, size=(6, 1))
    return [
        _logits_case("one row", one, rng.uniform(0.5, 3.0, size=(1, 1))),
        _logits_case("many rows", _labels(rng, 9), rng.uniform(-4.0, 4.0, size=(9, 1))),
        _logits_case(
            "few positives, a logit of 0", _labels(rng, 5, positives=1), [[0.0], [-1.5], [2.5], [-3.5], [0.5]]
        ),
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
    y, z, other = _labels(rng, 6), rng.uniform(-4.0, 4.0, size=(6, 1)), rng.uniform(-4.0, 4.0, size=(6, 1))
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
        _accuracy_case("p of exactly the threshold", rng, 7, right=5, at=3),
        _accuracy_case("few positives", rng, 12, right=9, positives=1),
        _accuracy_case("all wrong", rng, 5, right=0),
        _accuracy_case("lower threshold", rng, 8, 0.25, right=5, at=1),
        _accuracy_case("higher threshold", rng, 8, 0.75, right=6, at=1),
        _accuracy_case("threshold as it is by default, but given", rng, 5, 0.5, right=4, at=1),
        *_accuracy_neighbours(rng),
    ]


def _accuracy_neighbours(rng: np.random.Generator) -> list[Case]:
    """Draw seven rows until every argument that changes alone changes the share."""
    while True:
        y, p, other = _labels(rng, 7), _f32(rng.uniform(size=(7, 1))), _f32(rng.uniform(size=(7, 1)))
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
    positives: int | None = None,
) -> Case:
    """Draw probabilities of which `right` are on the side of their label, and `at`, an odd number, on the threshold.

    An odd number that changes sides always changes the share; so does another threshold, by choice of the numbers.
    """
    cut = threshold[0] if threshold else 0.5
    while True:
        y = _labels(rng, n, positives=positives)
        side = y.copy()
        wrong = rng.permutation(n)[right:]
        side[wrong] = 1.0 - side[wrong]
        p = _f32(np.where(side == 1.0, rng.uniform(cut, 1.0, size=(n, 1)), rng.uniform(0.0, 0.99 * cut, size=(n, 1))))
        p[np.flatnonzero(side)[:at]] = cut
        others = {reference.accuracy(y, p, other) for other in (cut, 0.5, np.nextafter(cut, 1.0))}
        if side.sum() >= at and (cut == 0.5 or len(others) == 3):
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
    targets, numbers = _f32(y), _f32(given)
    described = TFTensor(targets), TFTensor(numbers), *more
    return Case(name, described, value(targets, numbers, *more), budget(targets, numbers, *more))


def _flat(cases: Iterator[tuple[str, Arguments]]) -> Iterator[Arguments]:
    return ((name, *arguments) for name, arguments in cases)


# Drawing data


def _changed(rng: np.random.Generator, base: _Model, fields: Sequence[str]) -> Iterator[tuple[str, _Model]]:
    """Yield a model, and then others that differ from it in one field each, with the names of their cases."""
    yield "before one argument changes", base
    for field in fields:
        yield f"as before, but for {field}", _redrawn(rng, base, field)


def _redrawn(rng: np.random.Generator, base: _Model, field: str) -> _Model:
    if field == "y":
        return replace(base, y=1.0 - base.y)
    before = getattr(base, field)
    while True:
        after = _f32(before * rng.uniform(-1.2, 1.2, size=before.shape))
        model = replace(base, **{field: after})
        if _is_moderate(model) and np.abs(after - before).max() > 0.1 * np.abs(before).max():
            return model


def _is_moderate(model: _Model) -> bool:
    """Whether every logit, and the bias, is neither near zero nor far from it."""
    size = np.abs(logits(model.X, model.W, model.b))
    return bool(size.min() >= NEAR and size.max() <= FAR and abs(float(model.b[0])) >= NEAR)


def _draw(rng: np.random.Generator, n: int, d: int, features: float = 1.0, positives: int | None = None) -> _Model:
    """Draw data and parameters, none of them zero, until every logit is neither near zero nor far from it.

    `features` is the size of the numbers in X. Weights shrink where features are large, but do not grow where they
    are small. The terms of a logit are no larger than a logit may be, so that cancellation loses little.
    """
    y = _labels(rng, n, positives)
    while True:
        X = features * rng.normal(size=(n, d))
        W, b = rng.normal(size=(d, 1)) / max(1.0, features), rng.normal(size=1)
        shrink = min(1.0, 3.5 / logits(np.abs(X), np.abs(W), np.abs(b)).max())
        model = _Model(_f32(X), y, _f32(shrink * W), _f32(shrink * b))
        if _is_moderate(model):
            return model


def _labels(rng: np.random.Generator, n: int, positives: int | None = None) -> Array:
    """Return targets (n, 1): so many positives, or else of both classes where there is room for both."""
    if positives is None:
        positives = int(rng.integers(1, n)) if n > 1 else int(rng.integers(2))
    y = np.zeros((n, 1))
    y[rng.permutation(n)[:positives]] = 1.0
    return _f32(y)


def _f32(values: ArrayLike) -> Array:
    return np.asarray(values, dtype=np.float32)


# Beyond values


def _demand_probabilities(answer: Function, case: Case) -> None:
    value: Any = call(answer, case.arguments)[0].value
    if np.min(value) < 0.0 or np.max(value) > 1.0:
        raise WrongAnswer(
            f"predict_proba returns a number outside [0, 1], which is no probability (case: {case.name})."
        )


def _demand_right_gradients(answer: Function, cases: Sequence[Case]) -> None:
    first = call(answer, cases[0].arguments)[0].value
    if isinstance(first, Raised) and "NotImplementedError" in first.kinds:
        raise NotAnswered("logistic_gradients is not answered yet: it raises NotImplementedError.")
    if not values_are_right(answer, cases):
        raise WrongAnswer(
            "This point is for right gradients that come from the tape, and what logistic_gradients returns is not "
            "right yet: the checks above say more."
        )


def _demand_tape(answer: Function, case: Case) -> None:
    if not tape_is_genuine():
        raise WrongAnswer(
            "Whether the gradients come from a tape cannot be seen: this notebook replaced `tf.GradientTape.gradient`. "
            "This point is for gradients of TensorFlow's own tape."
        )
    value: Any = call(answer, case.arguments, tape_factor=TAPE_FACTOR)[0].value
    if isinstance(value, Raised):
        raise WrongAnswer(
            f"The gradients are right, but they cannot be traced to a tape: with other gradients from the tape, "
            f"logistic_gradients raised {value}."
        )
    parts = zip(("dW", "db"), value, case.expected, case.budget, strict=True)
    by_hand = [part for part, *numbers in parts if not _scales(*numbers)]
    if by_hand:
        raise WrongAnswer(
            f"The gradients are right, but {' and '.join(by_hand)} did not come from the tape. This point is for "
            "returning what the `gradient` of a `tf.GradientTape` gives, without a formula derived by hand."
        )


def _scales(value: Any, expected: Any, budget: Any) -> bool:
    """Whether a gradient has been multiplied by the factor of the tape."""
    factors = (TAPE_FACTOR**uses for uses in TAPE_USES)
    return any(compare(value, factor * expected, factor * budget) is None for factor in factors)
