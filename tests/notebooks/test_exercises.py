"""The exercise notebooks run: solved without an error or a word on stderr, released with each task's own reason."""

import re
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from gdhelpers.data import load_classification, load_regression
from tests.notebooks.test_tasks import told

pytestmark = pytest.mark.xdist_group("exercises")  # each notebook is run once

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted(path.relative_to(ROOT / "source") for path in (ROOT / "source").rglob("*.ipynb"))
_, PS2, PS3 = NOTEBOOKS
FUNCTIONS = {
    "ps1-autograd": ["derivative", "accumulated_grad", "descend", "minimise"],
    "ps2-linear-regression": ["mse", "mse_gradients", "fit_linear", "mse_gradients_tf", "fit_linear_tf"],
    "ps3-logistic-regression": [
        "predict_proba", "log_loss", "logistic_gradients", "fit_logistic", "log_loss_from_logits", "accuracy",
    ],
}  # fmt: skip
REASONS = {"NotImplementedError", "WrongAnswer", "NotAnswered"}


@cache
def executed(kind, name):
    """Run a notebook of source/ or release/ in an empty folder and return it; no test changes what it gets."""
    notebook = nbformat.read(ROOT / kind / name, as_version=4)
    with TemporaryDirectory() as folder:
        resources = {"metadata": {"path": folder}}
        NotebookClient(notebook, allow_errors=True, kernel_name="python3", resources=resources).execute()
    return notebook


def outputs(notebook, **wanted):
    return [
        output
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if all(output.get(key) == value for key, value in wanted.items())
    ]


@pytest.mark.parametrize("name", NOTEBOOKS, ids=str)
def test_a_solved_notebook_runs_clean(name):
    notebook = executed("source", name)
    assert [output.evalue for output in outputs(notebook, output_type="error")] == []
    assert outputs(notebook, name="stderr") == []
    shown = [output.data["text/plain"] for output in outputs(notebook, output_type="display_data")]
    assert any("agrees with the example worked by hand" in text for text in shown)
    assert not any("differs" in text for text in shown)


@pytest.mark.parametrize("name", NOTEBOOKS, ids=str)
def test_a_released_notebook_runs_to_its_end(name):
    notebook = executed("release", name)
    assert {output.ename for output in outputs(notebook, output_type="error")} <= REASONS
    assert outputs(notebook, name="stderr") == []
    for cell in notebook.cells:
        settings = cell.metadata.get("nbgrader", {})
        if settings.get("grade") and not settings.get("solution"):
            assert [output.output_type for output in cell.outputs][-1] == "error", "an unanswered task fails its check"


def test_the_numbers_in_the_text_are_those_of_the_data():
    """What ps2 and ps3 say in words, computed from the data alone."""
    cars = load_regression().dropna()
    mpg = cars["mpg"].to_numpy()
    residual = np.linalg.lstsq(np.column_stack([cars["cylinders"], np.ones(len(mpg))]), mpg, rcond=None)[1] / len(mpg)
    ps2 = nbformat.read(ROOT / "source" / PS2, as_version=4)
    said = {cell.id: cell.source for cell in ps2.cells}["cars-text"]
    assert f"a loss of **{residual.item():.2f}**" in said
    assert f"variance of mpg is **{mpg.var():.2f}**" in said
    ps3 = nbformat.read(ROOT / "source" / PS3, as_version=4)
    texts = {cell.id: cell.source for cell in ps3.cells}
    share = 1 - load_classification()["Class"].mean()
    assert f"right for {share:.1%} of the rows".replace("%", " %") in texts["pima-text"]


def test_the_accuracies_in_the_text_are_those_that_the_last_cell_prints():
    notebook = executed("source", PS3)
    cells = {cell.id: cell for cell in notebook.cells}
    printed = "".join(output.get("text", "") for output in cells["pima-models"].outputs)
    one, eight = (
        float(re.search(rf"^{name} .* (0\.\d+)$", printed, re.MULTILINE)[1]) for name in ("one column", "eight columns")
    )
    said = " ".join(cells["pima-answers"].source.split())
    assert f"the lecture's model is right for {one:.0%} of the rows".replace("%", " %") in said
    assert f"reach {eight:.0%} after 20 steps".replace("%", " %") in said


@pytest.mark.parametrize(("kind", "begin"), [("source", "ok "), ("release", "wrong ")])
def test_the_task_without_points_is_judged_by_its_own_check(kind, begin):
    notebook = executed(kind, PS2)
    cells = {cell.id: cell for cell in notebook.cells}
    task = cells["recover-solution"]
    lines = told(task)
    assert len(lines) == 2
    assert all(line.startswith(begin) for line in lines)
    assert not [output for output in task.outputs if output.output_type == "error"], "Run All goes on"
    if kind == "source":
        printed = "".join(output.text for output in task.outputs if output.output_type == "stream")
        steps, loss = re.fullmatch(r"(\d+) steps, loss (\d+\.\d+)\n", printed).groups()
        assert abs(int(steps) - 500) < 25
        assert "about 500 steps" in cells["recover-after"].source
        assert f"ends at {loss}, less than half" in cells["recover-after"].source
        assert float(loss) < 24.02 / 2


@pytest.mark.parametrize("name", NOTEBOOKS, ids=str)
def test_exactly_one_cell_defines_each_function(name):
    released = nbformat.read(ROOT / "release" / name, as_version=4)
    for function in FUNCTIONS[name.parent.name]:
        defining = [cell for cell in released.cells if re.search(rf"^def {function}\(", cell.source, re.MULTILINE)]
        assert len(defining) == 1
        assert defining[0].metadata.nbgrader.grade_id == function


@pytest.mark.parametrize("name", NOTEBOOKS, ids=str)
@pytest.mark.parametrize("kind", ["source", "release"])
def test_a_notebook_is_clean(name, kind):
    text = (ROOT / kind / name).read_text(encoding="utf-8")
    notebook = nbformat.reads(text, as_version=4)
    nbformat.validate(notebook)
    assert all(re.fullmatch(r"[a-z0-9_-]+", cell.id) for cell in notebook.cells), "cell ids are readable and stable"
    assert all(not cell.outputs and cell.execution_count is None for cell in notebook.cells if "outputs" in cell)
    assert not re.search(r"/home/|/Users/|/root/|C:\\\\", text)
    assert notebook.metadata.kernelspec.name == "python3"
