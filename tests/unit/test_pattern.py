"""What is said of a wrong answer that no misconception explains: what its cases have in common, and the usual cause."""

import numpy as np
import pytest

from gdhelpers import spellings
from gdhelpers.checks import AnswerRaised, Objection, WrongAnswer
from gdhelpers.hidden_tests import exercise
from gdhelpers.quiet import quietly

with quietly():
    import tensorflow as tf


def told(function, answer):
    with pytest.raises(Objection) as caught:
        exercise.hidden_test(function, answer)
    assert caught.value.misconception is None
    return caught.value.message


def test_an_answer_that_is_always_the_same():
    constant = (np.array([[0.3], [-1.05]]), np.array([-0.075]))  # from the example that is visible
    assert "same whatever is asked" in told("logistic_gradients", lambda *_: constant)
    assert "same whatever is asked" in told("mse", lambda *_: 3.25)


def test_an_answer_that_returns_nothing():
    assert "ends without `return`" in told("accuracy", lambda *_: None)


def test_an_answer_that_is_wrong_for_one_row_only():
    right = spellings.of("mse")[0]

    def answer(X, y, W, b):
        loss = right(X, y, W, b)
        return loss * (1.25 if X.shape[0] == 1 else 1.0)

    message = told("mse", answer)
    assert "wrong in: one row, one row and one column." in message
    assert "it is 1.25 times too large" in message


def test_an_answer_that_is_right_in_some_cases():
    right = spellings.of("mse")[0]
    message = told("mse", lambda X, y, W, b: right(X, y, W, b) * (1.25 if len(y.shape) == 2 else 1.0))
    assert "It is right in" in message
    assert "wrong in" not in message


def test_a_second_call_that_doubles():
    right, held = spellings.of("mse")[0], {}

    def answer(X, y, W, b):
        held[id(X)] = held.get(id(X), 0) + 1
        return right(X, y, W, b) * held[id(X)]

    assert "gives twice the answer: something adds up from call to call" in told("mse", answer)


def test_a_second_call_that_raises():
    right, seen = spellings.of("derivative")[0], []

    def answer(f, x):
        seen.append(f)
        if len(seen) % 2 == 0:
            raise ValueError("graph is gone")
        return right(f, x)

    assert "a second call with the same arguments raised ValueError: graph is gone" in told("derivative", answer)


def test_an_exception_comes_with_its_usual_cause():
    def answer(X, y, W, b):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum((X @ W + b - y) ** 2) / 3.0
        return tape.gradient(loss, W), tape.gradient(loss, b)

    with pytest.raises(AnswerRaised) as caught:
        exercise.hidden_test("logistic_gradients", answer)
    assert "A tape is used up by one call of `gradient`" in caught.value.message


def test_swapped_values_are_told_as_such():
    right = spellings.of("minimise")[0]
    with pytest.raises(WrongAnswer, match=r"order|count"):
        exercise.hidden_test("minimise", lambda *arguments: tuple(reversed(right(*arguments))))
