"""The comparator judges as the contract says, where library comparators do not."""

from collections import namedtuple

import numpy as np
import pytest
import torch

from gdhelpers.checks import compare
from gdhelpers.quiet import quietly

with quietly():
    import tensorflow as tf

Pair = namedtuple("Pair", "dW db")

ones = np.ones(5)
near_zero = np.array([[1.0], [1e-12], [-2.0]])
tiny = np.array([[3e-9], [-2e-9], [1e-9]])


class Liar:
    """Says yes to everything."""

    def __eq__(self, other):
        return True

    def __hash__(self):
        return 1

    def __array__(self, dtype=None, copy=None):
        return np.ones(5)

    def __float__(self):
        return 1.0


class LyingArray(np.ndarray):
    def __array_ufunc__(self, *args, **kwargs):
        return True

    def __array_function__(self, *args, **kwargs):
        return True


class LyingTensor(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        return torch.ones(5)


class LyingFloat(float):
    def __float__(self):
        return 1.0


def sparse(values):
    return torch.tensor(values).to_sparse()


WRONG = {
    "(5, 1) for (5,)": (np.ones((5, 1)), ones, 1e-6, "shape"),
    "(5,) for (5, 1)": (ones, np.ones((5, 1)), 1e-6, "shape"),
    "a scalar for a vector": (1.0, ones, 1e-6, "structure"),
    "a 0-d array for a vector": (np.array(1.0), ones, 1e-6, "shape"),
    "an un-summed batch": (np.ones((4, 5)), ones, 1e-6, "shape"),
    "zeros where gradients are tiny": (np.zeros((3, 1)), tiny, 1e-15, "value"),
    "the opposite sign where gradients are tiny": (-tiny, tiny, 1e-15, "value"),
    "twice as large where gradients are tiny": (2 * tiny, tiny, 1e-15, "value"),
    "nan against nan": (np.full(5, np.nan), np.full(5, np.nan), 1e-6, "finiteness"),
    "infinity": (np.full(5, np.inf), ones, np.inf, "finiteness"),
    "an object that says yes": (Liar(), ones, 1e-6, "type"),
    "an object that says yes, for a scalar": (Liar(), 1.0, 1e-6, "type"),
    "an array that says yes": (np.zeros(5).view(LyingArray), ones, 1e-6, "type"),
    "a tensor that says yes": (torch.zeros(5).as_subclass(LyingTensor), ones, 1e-6, "type"),
    "a float that says yes": (LyingFloat(0.0), 1.0, 1e-6, "type"),
    "integers for a gradient": (np.ones(5, dtype=np.int64), ones, 1e-6, "dtype"),
    "booleans for a gradient": (np.ones(5, dtype=bool), ones, 1e-6, "dtype"),
    "complex numbers": (np.ones(5, dtype=complex), ones, 1e-6, "dtype"),
    "an int for a scalar": (1, 1.0, 1e-6, "dtype"),
    "a bool for a scalar": (True, 1.0, 1e-6, "dtype"),
    "an array of one number for a scalar": (np.ones(1), 1.0, 1e-6, "shape"),
    "a nested list for an array": ([[1.0], [1.0]], np.ones((2, 1)), 1e-6, "structure"),
    "a float for a count": (3.0, 3, 0, "dtype"),
    "a bool for a count": (True, 1, 0, "dtype"),
    "one too many": (4, 3, 0, "value"),
    "a tuple that is too long": ((1.0, 2.0, 3.0), (1.0, 2.0), (1e-6, 1e-6), "structure"),
    "the wrong order": ((2.0, 1.0), (1.0, 2.0), (1e-6, 1e-6), "value"),
    "a list that is too short": ([1.0], [1.0, 2.0], [1e-6, 1e-6], "structure"),
    "a list of arrays of one number": ([np.ones(1), np.ones(1)], [1.0, 1.0], [1e-6, 1e-6], "shape"),
    "None": (None, ones, 1e-6, "structure"),
    "a dictionary": ({"dW": ones}, ones, 1e-6, "type"),
    "a sparse tensor": (sparse([1.0, 1.0, 1.0, 1.0, 1.0]), ones, 1e-6, "type"),
    "a masked array": (np.ma.ones(5), ones, 1e-6, "type"),
    "objects": (np.array([1.0] * 5, dtype=object), ones, 1e-6, "type"),
    "a string": ("1.0", 1.0, 1e-6, "structure"),
}

RIGHT = {
    "float64 beside float32 noise": (ones + 1e-7, ones, 1e-6),
    "float32": (ones.astype(np.float32), ones, 1e-6),
    "a sum in another order": (np.array([100.0 + 2e-6]), np.array([100.0]), 1e-4),
    "noise in a component near zero": (near_zero + 3e-8, near_zero, np.full((3, 1), 1e-6)),
    "a list for a tuple": ([1.0, ones], (1.0, ones), (1e-6, 1e-6)),
    "a namedtuple": (Pair(1.0, ones), (1.0, ones), (1e-6, 1e-6)),
    "a 0-d array for a scalar": (np.array(1.0), 1.0, 1e-6),
    "a NumPy scalar": (np.float32(1.0), 1.0, 1e-6),
    "a torch scalar": (torch.tensor(1.0, requires_grad=True), 1.0, 1e-6),
    "a TensorFlow scalar": (tf.constant(1.0), 1.0, 1e-6),
    "a torch tensor": (torch.ones(5), ones, 1e-6),
    "a torch tensor that requires gradients": (torch.ones(5, requires_grad=True), ones, 1e-6),
    "a bfloat16 tensor": (torch.ones(5, dtype=torch.bfloat16), ones, 1e-6),
    "a transposed view": (torch.ones(1, 5).T, np.ones((5, 1)), 1e-6),
    "a parameter": (torch.nn.Parameter(torch.ones(5)), ones, 1e-6),
    "a TensorFlow tensor": (tf.ones(5), ones, 1e-6),
    "a tf.Variable": (tf.Variable(tf.ones(5)), ones, 1e-6),
    "a keras.Variable": (tf.keras.Variable(np.ones(5, dtype=np.float32)), ones, 1e-6),
    "a NumPy count": (np.int64(3), 3, 0),
    "a tuple for a list of scalars": ((1.0, 1.0), [1.0, 1.0], [1e-6, 1e-6]),
    "an array for a list of scalars": (np.ones(2), [1.0, 1.0], [1e-6, 1e-6]),
    "a tensor for a list of scalars": (torch.ones(2), [1.0, 1.0], [1e-6, 1e-6]),
    "a list of 0-d tensors": ([tf.constant(1.0), torch.tensor(1.0)], [1.0, 1.0], [1e-6, 1e-6]),
}


@pytest.mark.parametrize("case", WRONG.values(), ids=WRONG)
def test_wrong(case):
    answer, expected, budget, kind = case
    mismatch = compare(answer, expected, budget)
    assert mismatch is not None
    assert mismatch.kind == kind


@pytest.mark.parametrize("case", RIGHT.values(), ids=RIGHT)
def test_right(case):
    assert compare(*case) is None


def test_the_words_for_common_residuals():
    expected, budget = np.array([[2.0], [-4.0], [6.0]]), np.full((3, 1), 1e-6)
    square, square_budget = np.arange(4.0).reshape(2, 2), np.full((2, 2), 1e-6)
    words = {
        "every number has the opposite sign": compare(-expected, expected, budget),
        "every number is 3 times too large": compare(3 * expected, expected, budget),
        "every number is 4 times too small": compare(expected / 4, expected, budget),
        "every number is zero, but should not be": compare(0 * expected, expected, budget),
        "1 of its 3 numbers is wrong": compare(np.array([[2.0], [-4.0], [7.0]]), expected, budget),
        "every number is 3 times too large, and has the opposite sign": compare(-3 * expected, expected, budget),
        "only the first of its 3 numbers is right": compare(np.array([[2.0], [4.0], [7.0]]), expected, budget),
        "only the last of its 3 numbers is right": compare(np.array([[1.0], [4.0], [6.0]]), expected, budget),
        "its two values are right, but in the other order": compare((expected, 1.0), (1.0, expected), (1e-6, budget)),
        "it is transposed": compare(square.T, square, square_budget),
    }
    assert {text: mismatch.message for text, mismatch in words.items()} == {text: text for text in words}


def test_no_message_tells_the_expected_value():
    mismatch = compare(np.array([1.0, 7.0]), np.array([0.123456, 0.654321]), np.full(2, 1e-6))
    assert "0.12" not in mismatch.message
    assert "0.65" not in mismatch.message


def accepted(check, answer, expected):
    """Whether a comparator of a library takes an answer for right, with its own tolerances."""
    try:
        result = check(answer, expected)
        return result is None or bool(np.all(np.asarray(result)))
    except Exception:
        return False


LIBRARIES = {
    "np.allclose": np.allclose,
    "np.testing.assert_allclose": np.testing.assert_allclose,
    "np.testing.assert_array_almost_equal": np.testing.assert_array_almost_equal,
    "torch.allclose": lambda a, b: torch.allclose(torch.as_tensor(a), torch.as_tensor(b)),
    "torch.testing.assert_close": torch.testing.assert_close,
    "tf.debugging.assert_near": lambda a, b: tf.debugging.assert_near(tf.convert_to_tensor(a), tf.convert_to_tensor(b)),
    "==": lambda a, b: a == b,
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("check", LIBRARIES.values(), ids=LIBRARIES)
def test_no_comparator_of_a_library_judges_them_all_as_the_contract_says(check):
    """Why this project has a comparator of its own: the day one of these does it, ours can go."""
    too_kind = [name for name, (answer, expected, *_) in WRONG.items() if accepted(check, answer, expected)]
    too_strict = [name for name, (answer, expected, _) in RIGHT.items() if not accepted(check, answer, expected)]
    assert too_kind, "it takes no wrong answer for right"
    assert too_strict, "it takes every right answer for right"
