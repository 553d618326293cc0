"""The seam: arguments are made as described, and what a call does to them is seen."""

import sys
import warnings

import numpy as np
import torch

from gdhelpers.hidden_tests.call import call
from gdhelpers.wire.described import Source, Tensor, TFVariable
from gdhelpers.wire.raised import Raised

X = np.ones((2, 1), dtype=np.float32)


def changes(function, *arguments):
    return [reply.changes for reply in call(function, arguments, times=2)]


def test_a_leaf_comes_as_described():
    def look(W):
        return [W.is_leaf, W.requires_grad, W.grad.tolist()]

    (reply,) = call(look, [Tensor(X, requires_grad=True, grad=3 * X)])
    assert reply.value == [True, True, [[3.0], [3.0]]]


def test_one_object_passed_twice_stays_one():
    argument = Tensor(X)
    assert call(lambda a, b: a is b, [argument, argument])[0].value is True
    assert call(lambda a, b: a is b, [argument, Tensor(X)])[0].value is False


def test_a_function_travels_as_source():
    f = Source("def f(x):\n    return torch.sin(x)\n")
    assert call(lambda f, x: float(f(torch.tensor(x))), [f, 0.5])[0].value == float(torch.sin(torch.tensor(0.5)))


def test_an_untouched_argument_is_no_change():
    assert changes(lambda W: W * 2, Tensor(X, requires_grad=True, grad=X)) == [[], []]


def test_changes_are_seen():
    def write(W):
        with torch.no_grad():
            W.add_(1)

    def backward(W):
        W.sum().backward()

    def detach(W):
        W.requires_grad_(False)

    def assign(W):
        W.assign_add(X)

    def fill(W):
        W.fill(7)

    leaf = Tensor(X, requires_grad=True)
    assert changes(write, leaf)[0] == ["the values of a tensor that it was given"]
    assert changes(backward, leaf)[0] == ["`.grad` of a tensor that it was given"]
    assert changes(detach, leaf)[0] == ["`requires_grad` of a tensor that it was given"]
    assert changes(assign, TFVariable(X))[0] == ["the value of a variable that it was given"]
    assert changes(fill, X)[0] == ["the values of an array that it was given"]
    assert X[0, 0] == 1, "the test keeps its own copy"


def test_an_exception_is_a_reply():
    def fail(x):
        raise ZeroDivisionError("oh\nno")

    (reply,) = call(fail, [1.0], times=3)
    assert reply.value == Raised(("ZeroDivisionError", "ArithmeticError", "Exception"), "oh", None)


def test_noise_is_not_heard(capfd):
    def loud(x):
        print("out")
        print("err", file=sys.stderr)
        warnings.warn("careful", stacklevel=1)
        return x

    assert call(loud, [1.0])[0].value == 1.0
    assert capfd.readouterr() == ("", "")
