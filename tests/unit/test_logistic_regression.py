"""The hidden tests of ps3: right answers pass in every spelling, wrong ones are rejected, the tape is seen."""

import numpy as np
import pytest

from gdhelpers import misconceptions, spellings
from gdhelpers.checks import AnswerRaised, NotAnswered, Objection, WrongAnswer
from gdhelpers.hidden_tests import logistic_regression as hidden_tests
from gdhelpers.quiet import quietly

with quietly():
    import tensorflow as tf

FUNCTIONS = ("predict_proba", "log_loss", "logistic_gradients", "fit_logistic", "log_loss_from_logits", "accuracy")
RIGHT = [(function, spelling) for function in FUNCTIONS for spelling in spellings.of(function)]


def examine(function: str, answer) -> None:
    getattr(hidden_tests, function)(answer)


def names(pairs) -> list[str]:
    return [f"{function}-{getattr(item, 'slug', None) or item.__name__}" for function, item in pairs]


def from_logits(X, y, W, b):
    return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=X @ W + b))


def by_hand(X, y, W, b):
    residual = tf.sigmoid(X @ W + b) - y
    return tf.transpose(X) @ residual / X.shape[0], tf.reduce_mean(residual, axis=0)


def by_tape(X, y, W, b):
    with tf.GradientTape() as tape:
        loss = from_logits(X, y, W, b)
    return tape.gradient(loss, [W, b])


# Right answers


@pytest.mark.parametrize(("function", "spelling"), RIGHT, ids=names(RIGHT))
def test_a_spelling_is_a_cell_of_its_own(function: str, spelling) -> None:
    names: dict[str, object] = {"np": np, "tf": tf}
    source = spellings.source(function, spelling)
    exec(source, names)
    assert source.startswith(f"def {function}(")
    assert callable(names[function])


@pytest.mark.parametrize("function", FUNCTIONS)
def test_further_parameters_with_defaults_are_allowed(function: str) -> None:
    right = spellings.of(function)[0]

    def answer(*arguments, verbose=False):
        return right(*arguments)

    examine(function, answer)


# Wrong answers


@pytest.mark.parametrize("function", [*FUNCTIONS, "logistic_gradients_tape"])
def test_an_untouched_release_is_not_answered(function: str) -> None:
    def answer(*_):
        raise NotImplementedError

    with pytest.raises(NotAnswered):
        examine(function, answer)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_an_exception_is_reported_in_the_students_words(function: str) -> None:
    def answer(*_):
        raise ValueError("shapes do not fit")

    with pytest.raises(AnswerRaised, match="ValueError: shapes do not fit"):
        examine(function, answer)


@pytest.mark.parametrize("beyond", [1.0 + 5e-7, -5e-7])
def test_a_probability_outside_its_range_is_wrong(beyond: float) -> None:
    def answer(X, W, b):
        p = np.asarray(tf.sigmoid(X @ W + b), dtype=np.float64)
        return np.where(np.abs(p - beyond) < 1e-6, beyond, p)

    with pytest.raises(WrongAnswer, match="outside"):
        hidden_tests.predict_proba(answer)


def test_a_constant_that_remembers_the_example_is_wrong() -> None:
    with pytest.raises(Objection):
        hidden_tests.logistic_gradients(lambda *_: (np.array([[0.3], [-1.05]]), np.array([-0.075])))


# The tape


class Model(tf.Module):
    @tf.function
    def gradients(self, X, y, W, b):
        return by_tape(X, y, W, b)


traced = tf.function(by_tape)
compiled = tf.function(by_tape, jit_compile=True)


@tf.function(
    input_signature=[
        tf.TensorSpec([None, None]),
        tf.TensorSpec([None, 1]),
        tf.TensorSpec([None, 1]),
        tf.TensorSpec([None]),
    ]
)
def with_a_signature(X, y, W, b):
    with tf.GradientTape() as tape:
        tape.watch([W, b])
        loss = from_logits(X, y, W, b)
    return tape.gradient(loss, [W, b])


@tf.function
def with_a_loop_over_rows(X, y, W, b):
    dW, db, n = tf.zeros_like(W), tf.zeros_like(b), tf.shape(X)[0]
    for i in tf.range(n):
        with tf.GradientTape() as tape:
            loss = from_logits(X[i : i + 1], y[i : i + 1], W, b)
        row_W, row_b = tape.gradient(loss, [W, b])
        dW += row_W / tf.cast(n, tf.float32)
        db += row_b / tf.cast(n, tf.float32)
    return dW, db


def through_a_module(X, y, W, b, model=Model()):  # noqa: B008 - one model for all calls, traced once
    return model.gradients(X, y, W, b)


def checked_in_the_end(X, y, W, b):
    dW, db = by_tape(X, y, W, b)
    assert dW.shape == W.shape
    assert np.isfinite(db.numpy()).all()
    return dW.numpy().astype(float), tf.Variable(db)


def with_a_custom_gradient(X, y, W, b):
    @tf.custom_gradient
    def loss_of(z):
        value = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=z))
        return value, lambda upstream: upstream * (tf.sigmoid(z) - y) / tf.cast(tf.shape(z)[0], tf.float32)

    with tf.GradientTape() as tape:
        loss = loss_of(X @ W + b)
    return tape.gradient(loss, [W, b])


def by_an_alias(X, y, W, b):
    from tensorflow import GradientTape as Recorder

    with Recorder(persistent=True) as recorder:
        loss = from_logits(X, y, W, b)
    return recorder.gradient(loss, W), recorder.gradient(loss, b)


def by_two_tapes(X, y, W, b):
    with tf.GradientTape() as one, tf.GradientTape() as other:
        loss = from_logits(X, y, W, b)
    return one.gradient(loss, W), other.gradient(loss, b)


def through_helpers(X, y, W, b):
    """The helper stands outside, as in an earlier cell."""
    dW, db = by_two_tapes(X, y, W, b)
    return [tf.identity(dW), tf.identity(db)]


TAPES = [
    by_an_alias,
    by_two_tapes,
    through_helpers,
    *(spelling for spelling in spellings.of("logistic_gradients") if spelling.__name__.startswith("tape_")),
    traced,
    compiled,
    with_a_signature,
    with_a_loop_over_rows,
    through_a_module,
    checked_in_the_end,
    with_a_custom_gradient,
]


@pytest.mark.parametrize("answer", TAPES, ids=lambda answer: getattr(answer, "__name__", "function"))
def test_gradients_of_a_tape_get_the_tape_point(answer) -> None:
    hidden_tests.logistic_gradients(answer)  # a `tf.function` is traced here, with the true gradients in its graph
    hidden_tests.logistic_gradients_tape(answer)
    hidden_tests.logistic_gradients(answer)  # and what the tape test changed meanwhile is undone


def tape_not_used(X, y, W, b):
    with tf.GradientTape() as tape:
        loss = from_logits(X, y, W, b)
    tape.gradient(loss, [W, b])
    return by_hand(X, y, W, b)


def tape_times_nothing(X, y, W, b):
    return tuple(hand + 0 * taped for hand, taped in zip(by_hand(X, y, W, b), by_tape(X, y, W, b), strict=True))


def half_of_each(X, y, W, b):
    return tuple(0.5 * hand + 0.5 * taped for hand, taped in zip(by_hand(X, y, W, b), by_tape(X, y, W, b), strict=True))


def tape_divided_by_itself(X, y, W, b):
    return tuple(hand * (taped / taped) for hand, taped in zip(by_hand(X, y, W, b), by_tape(X, y, W, b), strict=True))


def first_weight_by_tape(X, y, W, b):
    dW, db = by_tape(X, y, W, b)
    return tf.concat([dW[:1], by_hand(X, y, W, b)[0][1:]], axis=0), db


def accumulator_going_forward(X, y, W, b):
    def slope(wrt, direction):
        with tf.autodiff.ForwardAccumulator(wrt, direction) as forward:
            loss = from_logits(X, y, W, b)
        return forward.jvp(loss)

    d = W.shape[0]
    columns = [slope(W, tf.reshape(tf.one_hot(j, d), (d, 1))) for j in range(d)]
    return tf.reshape(tf.stack(columns), (d, 1)), tf.reshape(slope(b, tf.ones_like(b)), (1,))


NO_TAPES = [
    *(spelling for spelling in spellings.of("logistic_gradients") if spelling.__name__.startswith("hand_")),
    tf.function(by_hand),
    tape_not_used,
    tape_times_nothing,
    half_of_each,
    tape_divided_by_itself,
    accumulator_going_forward,
]


@pytest.mark.parametrize("answer", NO_TAPES, ids=lambda answer: getattr(answer, "__name__", "function"))
def test_a_right_formula_gets_its_points_and_not_the_tape_point(answer) -> None:
    hidden_tests.logistic_gradients(answer)
    with pytest.raises(WrongAnswer, match="The gradients are right, but dW and db did not come from the tape"):
        hidden_tests.logistic_gradients_tape(answer)


def test_a_tape_that_was_replaced_gets_no_tape_point(monkeypatch) -> None:
    """The answer asks a tape, and the tape was taught to answer with the formula."""
    asked = []

    def answer(*given):
        asked[:] = given
        return by_tape(*given)

    monkeypatch.setattr(tf.GradientTape, "gradient", lambda *_, **__: list(by_hand(*asked)))
    hidden_tests.logistic_gradients(answer)
    with pytest.raises(WrongAnswer, match="replaced"):
        hidden_tests.logistic_gradients_tape(answer)


def test_one_gradient_by_hand_is_named() -> None:
    with pytest.raises(WrongAnswer, match="but db did not come from the tape"):
        hidden_tests.logistic_gradients_tape(lambda *given: (by_tape(*given)[0], by_hand(*given)[1]))
    with pytest.raises(WrongAnswer, match="but dW did not come from the tape"):
        hidden_tests.logistic_gradients_tape(lambda *given: (by_hand(*given)[0], by_tape(*given)[1]))
    with pytest.raises(WrongAnswer, match="but dW did not come from the tape"):
        hidden_tests.logistic_gradients_tape(first_weight_by_tape)


def test_an_answer_that_raises_when_the_tape_gives_other_numbers_is_told_so() -> None:
    def answer(X, y, W, b):
        hand, taped = by_hand(X, y, W, b), by_tape(X, y, W, b)
        tf.debugging.assert_near(hand[0], taped[0], rtol=1e-3)
        return hand

    with pytest.raises(WrongAnswer, match="cannot be traced to a tape"):
        hidden_tests.logistic_gradients_tape(answer)


@pytest.mark.parametrize("wrong", misconceptions.of("logistic_gradients"), ids=lambda wrong: wrong.slug)
def test_wrong_values_do_not_get_the_tape_point(wrong) -> None:
    with pytest.raises(WrongAnswer, match="is not right yet"):
        hidden_tests.logistic_gradients_tape(wrong.wrong)
