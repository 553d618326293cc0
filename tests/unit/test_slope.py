"""Gradients give the measured slope of the loss along a direction, whatever the reference gradient says."""

import numpy as np
import pytest

from gdhelpers import spellings
from gdhelpers.checks import WrongAnswer
from gdhelpers.checks.plain import plain
from gdhelpers.hidden_tests import exercise, linear_regression, logistic_regression, seed
from gdhelpers.hidden_tests.call import call

DEMANDS = {
    "mse_gradients": linear_regression._demand_slope,
    "mse_gradients_tf": linear_regression._demand_slope,
    "logistic_gradients": logistic_regression._demand_slope,
}


def asked(answer, case):
    return call(answer, case.arguments)[0].value


@pytest.mark.parametrize("number", range(20))
@pytest.mark.parametrize("function", DEMANDS)
def test_right_gradients_do_and_distorted_ones_do_not(function, number):
    right = spellings.of(function)[0]

    def distorted(by):
        return lambda *arguments: tuple(by * np.asarray(plain(g), dtype=np.float64) for g in right(*arguments))

    with seed.seeded(number):
        for case in exercise.cases(function):
            DEMANDS[function](asked(right, case), case)
        first = exercise.cases(function)[0]
        for by in (1.001, -1.0, 0.0):
            with pytest.raises(WrongAnswer, match="nudged together"):
                DEMANDS[function](asked(distorted(by), first), first)
