"""The ungraded tasks of the lecture: the checks reject one that is unanswered, and accept the solution below it."""

import re

import nbformat
import pytest

from tests.lecture import COURSE
from tests.notebooks.test_course import COLLAPSED

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


def test_a_check_of_ones_own_begins_with_one_that_misses_bugs_and_ends_with_one_that_misses_none():
    cells = {cell.id: cell for cell in nbformat.read(COURSE / "torch_classification.ipynb", as_version=4).cells}
    (posed,), (solved,) = cells["design"].outputs, cells["design-solution"].outputs
    assert posed.text.startswith("the right gradient passes; 7 of 13 are noticed. Missed: ")
    assert solved.text == "the right gradient passes; 13 of 13 are noticed. Missed: none\n"
    assert cells["design-solution"].metadata == COLLAPSED
    assert "logistic.gradient" not in cells["design-solution"].source, "no reference gradient"
