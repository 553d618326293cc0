# ruff: noqa: ARG005, B018, PLC3002, PLE0643, PLW0108 - they are meant to raise
"""The usual causes are found by the words that Python, NumPy, PyTorch and TensorFlow really use."""

import numpy as np
import pytest
import torch

from gdhelpers.hidden_tests.exceptions import CAUSES, usual_cause
from gdhelpers.quiet import quietly
from gdhelpers.wire.raised import message_of

with quietly():
    import tensorflow as tf


def no_record():
    torch.tensor(1.0).backward()


def step_while_recording():
    x = torch.tensor(1.0, requires_grad=True)
    x -= 0.1


def second_backward():
    x = torch.tensor(1.0, requires_grad=True)
    y = x**2
    y.backward()
    y.backward()


def backward_on_several():
    torch.ones(2, requires_grad=True).exp().backward()


def numpy_of_a_leaf():
    torch.ones(2, requires_grad=True).numpy()


def integer_leaf():
    torch.tensor(3, requires_grad=True)


def unused_leaf():
    x, y = torch.tensor(1.0, requires_grad=True), torch.tensor(1.0, requires_grad=True)
    torch.autograd.grad(x * 2, y)


def mixed_dtypes_of_torch():
    torch.ones(2, 2) @ torch.ones(2, 2).double()


def shapes_of_a_product():
    torch.ones(2, 3) @ torch.ones(2, 3)


def shapes_of_a_product_tf():
    tf.ones((2, 3)) @ tf.ones((2, 3))


def shapes_of_a_product_numpy():
    np.ones((2, 3)) @ np.ones((2, 3))


def shapes_of_a_sum():
    torch.ones(2) + torch.ones(3)


def shapes_of_a_sum_tf():
    tf.ones(2) + tf.ones(3)


def shapes_of_a_sum_numpy():
    np.ones(2) + np.ones(3)


def reshape_torch():
    torch.ones(6).reshape(4, 2)


def reshape_numpy():
    np.ones(6).reshape(4, 2)


def several_for_one():
    float(torch.ones(2))


def several_for_one_numpy():
    float(np.ones(2))


def tape_twice():
    x = tf.Variable(1.0)
    with tf.GradientTape() as tape:
        y = x**2
    tape.gradient(y, x)
    tape.gradient(y, x)


def mixed_dtypes_of_tf():
    tf.ones(2) + tf.ones(2, tf.float64)


def assign_to_a_tensor():
    tf.ones(2).assign_sub(tf.ones(2))


def item_of_a_tensor():
    tf.ones(2)[0] = 1.0


def torch_word_in_tf():
    tf.Variable(1.0).backward()


def numpy_word_in_tf():
    tf.ones((2, 2)).T


def sum_in_a_graph():
    tf.function(lambda x: sum(x))(tf.ones(3))


def no_gradients():
    tf.keras.optimizers.SGD().apply_gradients([(None, tf.Variable(1.0))])


def none_as_a_number():
    0.1 * None


def none_has_no_attribute():
    None.zero_()


def none_to_a_tensor():
    tf.convert_to_tensor(None)


def many_decide():
    if np.ones(2) > 0:
        pass


def many_decide_torch():
    if torch.ones(2) > 0:
        pass


def too_few_arguments():
    (lambda x, y: x)(1)


def too_many_arguments():
    (lambda x: x)(1, 2)


def unpacked():
    _, _ = (1, 2, 3)


def local_without_a_value():
    total += 1  # noqa: F821, F841


def unknown_name():
    unknown  # noqa: F821


def endless():
    endless()


def called():
    int("2")(3)


def subscripted():
    float("2")[0]


def by_zero():
    1 / 0


def beyond():
    [][1]


RAISING = [
    value for name, value in list(globals().items()) if callable(value) and getattr(value, "__module__", "") == __name__
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("raises", RAISING, ids=lambda function: function.__name__)
def test_a_real_exception_has_its_usual_cause(raises):
    with pytest.raises(Exception) as caught:  # noqa: PT011 - whatever the library raises today
        raises()
    message = message_of(caught.value)
    assert usual_cause(type(caught.value).__name__, message) is not None, message


@pytest.mark.parametrize(
    ("raises", "word"),
    [(no_record, "leaf"), (tape_twice, "used up"), (none_as_a_number, "None"), (numpy_word_in_tf, "NumPy"),
     (torch_word_in_tf, "PyTorch"), (step_while_recording, "no_grad"), (mixed_dtypes_of_tf, "dtypes")],
)  # fmt: skip
def test_it_is_the_right_one(raises, word):
    with pytest.raises(Exception) as caught:  # noqa: PT011
        raises()
    assert word in usual_cause(type(caught.value).__name__, message_of(caught.value))


def test_an_unknown_exception_has_none():
    assert usual_cause("KeyError", "'weights'") is None


def test_no_sentence_stands_twice():
    sentences = [sentence for _, sentence in CAUSES]
    assert len(set(sentences)) == len(sentences)
