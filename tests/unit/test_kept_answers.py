"""An answer that is kept from an earlier call, and found again by some of the arguments only, loses its points."""

import pytest

from gdhelpers import spellings
from gdhelpers.checks import Objection
from gdhelpers.checks.plain import plain
from gdhelpers.hidden_tests import exercise

FUNCTIONS = list(exercise.functions())
PLACES = {function: spellings.of(function)[0].__code__.co_argcount for function in FUNCTIONS}
FORGOTTEN = [(function, place) for function in FUNCTIONS for place in range(PLACES[function])]


def identity(argument):
    """Say what an argument holds, as a key."""
    if callable(argument) and hasattr(argument, "__code__"):
        return argument.__code__.co_code, argument.__code__.co_consts, argument.__code__.co_names
    value = plain(argument)
    return (value.shape, value.tobytes()) if hasattr(value, "tobytes") else value


def keeping(right, key):
    kept = {}

    def answer(*arguments):
        found = key(arguments)
        if found not in kept:
            kept[found] = right(*arguments)
        return kept[found]

    return answer


@pytest.mark.parametrize(("function", "place"), FORGOTTEN)
def test_one_argument_forgotten(function, place):
    right = spellings.of(function)[0]
    key = lambda arguments: tuple(identity(a) for i, a in enumerate(arguments) if i != place)  # noqa: E731
    with pytest.raises(Objection):
        exercise.hidden_test(function, keeping(right, key))


@pytest.mark.parametrize(("function", "place"), FORGOTTEN)
def test_one_argument_remembered_alone(function, place):
    right = spellings.of(function)[0]
    key = lambda arguments: identity(arguments[place]) if place < len(arguments) else None  # noqa: E731
    with pytest.raises(Objection):
        exercise.hidden_test(function, keeping(right, key))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_shapes_remembered_alone(function):
    right = spellings.of(function)[0]
    key = lambda arguments: tuple(tuple(a.shape) if hasattr(a, "shape") else None for a in arguments)  # noqa: E731
    with pytest.raises(Objection):
        exercise.hidden_test(function, keeping(right, key))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_all_arguments_remembered_is_right(function):
    """A check of the check: an answer that is kept with everything that it depends on is as right as any other."""
    right = spellings.of(function)[0]
    key = lambda arguments: tuple(map(identity, arguments))  # noqa: E731
    exercise.hidden_test(function, keeping(right, key))
