"""The reverse mode that readers build: its size, its slopes, its work, and that the wrong orders are wrong."""

import math

import matplotlib as mpl
import nbformat
import numpy as np
import pytest
import torch

from tests.lecture import COURSE
from tests.notebooks.test_course import COLLAPSED

mpl.use("agg")
NOTEBOOK = nbformat.read(COURSE / "reverse_mode.ipynb", as_version=4)
CELLS = {cell.id: cell.source for cell in NOTEBOOK.cells}


def run(*names):
    """Run the named cells in a namespace of their own and return it."""
    state = {"__name__": "__main__"}
    for name in names:
        exec(compile(CELLS[name], name, "exec"), state)
    return state


@pytest.fixture(scope="module")
def whole():
    """The final class, from its cell alone: it needs two imports and nothing of the steps before."""
    state = {"__name__": "__main__", "itertools": __import__("itertools"), "math": math}
    exec(compile(CELLS["whole"], "whole", "exec"), state)
    return state["Number"]


def test_the_class_is_one_cell_of_at_most_40_lines():
    lines = CELLS["whole"].splitlines()
    assert lines[0] == "class Number:"
    assert all(line.startswith("    ") or not line for line in lines[1:])
    assert len(lines) <= 40


def slopes(f, numbers):
    f(*numbers).backward()
    return np.array([float(number.grad) for number in numbers])


def tensors(values):
    return [torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in values]


@pytest.mark.parametrize(
    ("f", "derivative"),
    [
        (lambda x: x**2 + 4 * x, lambda x: 2 * x + 4),
        (lambda x: 750 / x + 10 * x, lambda x: -750 / x**2 + 10),
        (lambda x: 3 - x, lambda _: -1.0),
        (lambda x: x - 3, lambda _: 1.0),
        (lambda x: -x / 3, lambda _: -1 / 3),
        (lambda x: (2 * x).exp(), lambda x: 2 * math.exp(2 * x)),
        (lambda x: (x * x).log(), lambda x: 2 / x),
        (lambda x: x / (x + 1), lambda x: 1 / (x + 1) ** 2),
    ],
)
def test_slopes_are_those_of_the_formulas(whole, f, derivative):
    for value in (0.3, 1.7, 3.0, 9.0):
        x = whole(value)
        assert slopes(f, [x])[0] == pytest.approx(derivative(value), rel=1e-13)


def random_function(rng, operations):
    """Return a function of some numbers that applies random operations to random earlier results."""
    steps = [(rng.choice(list("+-*/pel")), rng.random(), rng.random()) for _ in range(operations)]

    def f(*numbers):
        made = list(numbers)
        for operation, first, second in steps:
            u, v = made[int(first * len(made))], made[int(second * len(made))]
            positive = 1 + v * v  # nothing is divided by zero, no logarithm is of a negative number
            shrunk = u / (1 + u * u)  # nothing grows without end
            made.append(
                {
                    "+": lambda u=u, v=v: u + v - 1,
                    "-": lambda u=u, v=v: 2 - u - v,
                    "*": lambda s=shrunk, v=v: s * v * 3,
                    "/": lambda u=u, p=positive: u / p,
                    "p": lambda s=shrunk: s**3,
                    "e": lambda s=shrunk: s.exp(),
                    "l": lambda p=positive: p.log(),
                }[operation]()
            )
        return sum(made[1:], made[0])

    return f


@pytest.mark.parametrize("seed", range(30))
def test_slopes_of_random_graphs_are_those_of_torch(whole, seed):
    rng = np.random.default_rng(seed)
    values = rng.uniform(-2, 2, 3).tolist()
    f = random_function(rng, 12)
    theirs = slopes(f, tensors(values))
    assert slopes(f, [whole(value) for value in values]) == pytest.approx(theirs, rel=1e-10, abs=1e-10)


def test_leaves_add_up_over_passes_and_numbers_in_between_do_not(whole):
    x = whole(3.0)
    inner = x * x
    z = inner * inner + 4 * x
    for passes in (1, 2, 3):
        z.backward()
        assert (x.grad, inner.grad) == (passes * (4 * 27 + 4), 18)


def test_a_leaf_alone_has_slope_one(whole):
    x = whole(3.0)
    x.backward()
    x.backward()
    assert x.grad == 2.0


def test_a_long_computation_is_no_recursion(whole):
    x = whole(1.0)
    total = sum((x for _ in range(20_000)), 0.0)
    total.backward()
    assert x.grad == 20_000


def test_the_work_is_one_visit_a_number(whole):
    """Counts how often `backward` asks a number for its parents to hand on to them: linear, not 2^depth."""
    asked = []

    class Counting(whole):
        @property
        def slopes(self):
            asked.append(self)
            return self._slopes

        @slopes.setter
        def slopes(self, slopes):
            self._slopes = slopes

    x = Counting(1.0)
    z = x
    for _ in range(50):
        z = Counting(z.value + z.value, (z, z), (1.0, 1.0))
    z.backward()
    assert x.grad == 2.0**50
    assert len(asked) == len(set(asked)) == 51


def test_each_of_the_first_tries_fails_in_its_own_way():
    state = run("setup", "number", "paths", "doubling", "met", "order", "order-solution")
    number = state["Number"]

    def cubed_inside():
        x = number(2.0)
        inner = x * x
        outer = inner * inner
        return x, inner + outer * inner  # x^2 + x^6

    right = 2 * 2 + 6 * 2**5
    found = {}
    for walk in ("along_paths", "as_they_are_met", "in_topological_order"):
        x, z = cubed_inside()
        visits = state[walk](z)
        found[walk] = (x.grad, visits)
    assert found["along_paths"][0] == found["in_topological_order"][0] == right
    assert found["as_they_are_met"][0] != right
    assert found["along_paths"][1] > found["in_topological_order"][1] == 5


def test_the_task_is_solved_in_a_folded_cell_that_runs(capsys):
    (cell,) = [cell for cell in NOTEBOOK.cells if cell.id == "task-solution"]
    assert cell.metadata == COLLAPSED
    run("setup", "whole", "compare", "task", "task-solution")
    posed, solved = capsys.readouterr().out.splitlines()[-2:]
    assert posed.startswith("wrong ")
    assert solved.startswith("ok ")
