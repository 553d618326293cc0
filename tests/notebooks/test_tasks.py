"""The ungraded tasks of the lecture: the checks reject one that is unanswered, and accept the solution below it."""

import re
from functools import cache

import matplotlib as mpl
import matplotlib.pyplot as plt
import nbformat
import pytest

from tests.lecture import COURSE
from tests.notebooks.test_course import COLLAPSED

mpl.use("agg")
TASKS = [
    ("slopes", "paper"),
    ("torch_autograd", "task"),
    ("descent", "curvature"),
    ("torch_regression", "slopes"),
    ("torch_classification", "pull"),
    ("gradient_tape", "watch"),
    ("reverse_mode", "order"),
    ("reverse_mode", "task"),
]


def told(cell):
    """Return what the checks of a cell said, as stored, a line each."""
    shown = [output.data["text/plain"] for output in cell.outputs if output.output_type == "display_data"]
    return [line for text in shown for line in text.splitlines()]


@pytest.mark.parametrize(("notebook", "task"), TASKS)
def test_a_task_waits_for_an_answer_and_its_solution_is_one(notebook, task):
    cells = nbformat.read(COURSE / f"{notebook}.ipynb", as_version=4).cells
    place = [cell.id for cell in cells].index(task)
    posed, solution = cells[place], cells[place + 1]
    assert re.search(r"(^## |\*\*)Your turn", cells[place - 1].source, re.MULTILINE)
    assert "it is None" in told(posed)[0]
    assert all(line.startswith("wrong ") for line in told(posed))
    assert solution.id == f"{task}-solution"
    assert solution.metadata == COLLAPSED
    assert solution.source.startswith("# Solution: "), "JupyterLab shows the first line of a folded cell"
    assert len(told(solution)) == len(told(posed))
    assert all(line.startswith("ok ") for line in told(solution))


ANSWERS = [
    ("slopes", "paper", "return None", "return 750 / x**2 + 10", "wrong"),
    ("slopes", "paper", "return None", "return -750 / x**2", "wrong"),
    ("slopes", "paper", "return None", "return 10 - 750 * float(x) ** -2", "ok"),
    ("torch_autograd", "task", "at_x = None\nat_y = None", "at_x, at_y = 3, 5", "wrong"),
    ("torch_autograd", "task", "at_x = None\nat_y = None", "at_x, at_y = 5, 3", "wrong"),
    ("torch_autograd", "task", "at_x = None\nat_y = None", "at_x, at_y = 5.0, np.float32(4)", "ok"),
    ("descent", "curvature", "on_paper = None", "on_paper = 6", "wrong"),
    ("descent", "curvature", "on_paper = None", "on_paper = 3 * 3**2 - 27", "wrong"),
    ("descent", "curvature", "on_paper = None", "on_paper = np.float64(18)", "ok"),
    ("torch_regression", "slopes", "gradient = None", "gradient = -2 * X.T @ (y - X @ w) / (len(y) - 1)", "wrong"),
    ("torch_regression", "slopes", "gradient = None", "gradient = 2 * X.T @ (y - X @ w) / len(y)", "wrong"),
    ("torch_regression", "slopes", "gradient = None", "gradient = (2 * (X @ w - y)[:, None] * X).mean(axis=0)", "ok"),
    ("torch_classification", "pull", "slopes = None", "slopes = (p - t).round(2)", "wrong"),
    ("torch_classification", "pull", "slopes = None", "slopes = t - p", "wrong"),
    ("torch_classification", "pull", "slopes = None", "slopes = np.where(t == 1, p - 1, p)", "ok"),
    ("gradient_tape", "watch", "    y = x**2 + 4 * x", "    y = x**2 + 4 * x\n    tape.watch(x)", "wrong"),
    ("gradient_tape", "watch", "    y = x**2 + 4 * x", "    tape.watch(x)\n    y = x * (x + 4)", "ok"),
    ("reverse_mode", "order", "return None", "return as_they_are_met(result)", "wrong"),
    ("reverse_mode", "order", "return None", "return along_paths(result)", "wrong"),
    (
        "reverse_mode",
        "order",
        "return None",
        "numbers = sorted(topological(result), key=lambda number: -number.serial)\n"
        "    result.grad = 1.0\n"
        "    while numbers and (number := numbers.pop(0)):\n"
        "        for n in range(len(number.parents)):\n"
        "            number.parents[n].grad += number.slopes[n] * number.grad\n"
        "    return len(topological(result))",
        "ok",
    ),
    (
        "reverse_mode",
        "task",
        "return None",
        "return Number(math.tanh(number.value), (number,), (1 - math.tanh(number.value),))",
        "wrong",
    ),
    (
        "reverse_mode",
        "task",
        "return None",
        "return Number(math.tanh(number.value), (number,), (1 / math.cosh(number.value) ** 2,))",
        "ok",
    ),
]
"""An answer to a task: what it stands in place of, and what the check has to say."""


@cache
def before(notebook, task):
    """Return the names that a notebook has defined where a task begins; earlier tasks are solved."""
    state = {"__name__": "__main__"}
    for cell in nbformat.read(COURSE / f"{notebook}.ipynb", as_version=4).cells:
        if cell.id == task:
            return state, cell.source
        if cell.cell_type == "code":
            exec(compile(cell.source, cell.id, "exec"), state)
            plt.close("all")
    raise LookupError(task)


@pytest.mark.xdist_group("answers")
@pytest.mark.parametrize(
    ("notebook", "task", "place", "answer", "verdict"), ANSWERS, ids=[f"{n}-{t}-{a[:40]}" for n, t, _, a, _ in ANSWERS]
)
def test_a_wrong_answer_is_told_to_be_wrong_and_a_right_one_in_another_spelling_right(
    notebook, task, place, answer, verdict, capsys
):
    state, posed = before(notebook, task)
    capsys.readouterr()
    assert posed.count(place) == 1
    exec(compile(posed.replace(place, answer), task, "exec"), dict(state))
    said = capsys.readouterr().out
    assert said.startswith(f"{verdict} "), said


def test_a_check_of_ones_own_begins_with_one_that_misses_bugs_and_ends_with_one_that_misses_none():
    cells = {cell.id: cell for cell in nbformat.read(COURSE / "torch_classification.ipynb", as_version=4).cells}
    (posed,), (solved,) = cells["design"].outputs, cells["design-solution"].outputs
    assert posed.text.startswith("the right gradient passes; 7 of 13 are noticed. Missed: ")
    assert solved.text == "the right gradient passes; 13 of 13 are noticed. Missed: none\n"
    assert cells["design-solution"].metadata == COLLAPSED
    assert "logistic.gradient" not in cells["design-solution"].source, "no reference gradient"
