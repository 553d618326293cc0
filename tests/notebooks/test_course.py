"""The lecture's notebooks hold, as stored, what the lecture printed; nbval runs them anew and compares."""

import base64
import io
import json
import re
import subprocess
import sys
import tempfile

import matplotlib as mpl
import matplotlib.image
import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from gdhelpers import figures
from tests.lecture import COURSE, lecture_cells

mpl.use("agg")
NOTEBOOKS = sorted(COURSE.glob("*.ipynb"))
COLLAPSED = {"jupyter": {"outputs_hidden": True, "source_hidden": True}, "tags": ["hide-cell"]}
"""How a solution is folded away: the first entry for JupyterLab, the tag for the websites that MyST makes."""

FEW = 0.003
"""The share of pixels up to which two pictures count as the same."""

NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?")


def stored_lines(cell):
    """Return the numbers of each line that a cell printed, but for what it printed beyond the lecture."""
    (stream,) = [output for output in cell.outputs if output.output_type == "stream"]
    assert stream.name == "stdout"
    lines = [line for line in stream.text.splitlines() if not line.startswith("...")]
    return [NUMBER.findall(line) for line in lines]


def half_a_unit(number, digits=5):
    """Return half a unit in the last of so many significant digits."""
    exponent = int(f"{number:e}".partition("e")[2])
    return 0.5 * 10.0 ** (exponent - digits + 1)


@pytest.mark.parametrize("found", lecture_cells(), ids=lambda found: found.name)
def test_stored_outputs_are_the_lectures_numbers(found):
    lines = stored_lines(found.cell)
    assert len(lines) == len(found.printed), "as many lines as the lecture shows"
    for texts, printed in zip(lines, found.printed, strict=True):
        assert len(texts) == len(printed)
        for text, number, rounding in zip(texts, printed, found.roundings, strict=True):
            assert len(text.lstrip("-0.").replace(".", "")) == (5 if number else 0), f"{text}: five significant digits"
            assert abs(float(text) - number) <= half_a_unit(number) * 1.001 + rounding, (text, number)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_whole_and_clean(path):
    text = path.read_text(encoding="utf-8")
    notebook = nbformat.reads(text, as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1)), "run from the first to the last"
    assert all(re.fullmatch(r"[a-z0-9-]+", cell.id) for cell in notebook.cells), "cell ids are readable and stable"
    outputs = [output for cell in code for output in cell.outputs]
    assert not [output for output in outputs if output.output_type == "error" or output.get("name") == "stderr"]
    assert not re.search(r"/home/|/Users/|/root/|C:\\\\|0x[0-9a-f]{6}", text)
    assert tempfile.gettempdir() not in text
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    for cell in notebook.cells:
        assert cell.metadata == COLLAPSED or set(cell.metadata) <= {"lecture"}, "no cell is skipped or exempt"
    assert "../data" not in text


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_figure_has_its_description(path):
    cells = nbformat.read(path, as_version=4).cells
    drawing = [index for index, cell in enumerate(cells) if "image/png" in json.dumps(cell.get("outputs", []))]
    assert drawing
    for index in drawing:
        assert cells[index + 1].source.startswith("*The figure: ")


def pictures(notebook):
    """Return the pictures that each cell shows, as arrays of numbers between 0 and 1."""
    return {
        cell.id: [
            matplotlib.image.imread(io.BytesIO(base64.b64decode(output.data["image/png"])))
            for output in cell.outputs
            if "image/png" in output.get("data", {})
        ]
        for cell in notebook.cells
        if cell.cell_type == "code"
    }


def differing(stored, drawn):
    """Return the share of pixels that differ visibly; pictures of different sizes differ everywhere."""
    if stored.shape != drawn.shape:
        return 1.0
    return float((np.abs(stored - drawn).max(axis=-1) > 0.1).mean())


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_stored_pictures_are_those_that_the_cells_draw(path):
    """nbval passes over pictures, so they are compared here; anti-aliasing may differ by a few pixels in a thousand."""
    stored = nbformat.read(path, as_version=4)
    again = nbformat.read(path, as_version=4)
    NotebookClient(again, kernel_name="python3", resources={"metadata": {"path": str(path.parent)}}).execute()
    before, after = pictures(stored), pictures(again)
    assert {name: len(found) for name, found in before.items()} == {name: len(found) for name, found in after.items()}
    for name, found in before.items():
        for one, other in zip(found, after[name], strict=True):
            assert differing(one, other) < FEW, name


def test_another_curve_is_another_picture():
    """A check of the check: the same axes with a line that ends elsewhere, as small a change as a figure can have."""
    drawn = []
    for end in (1.0, 1.2):
        figure = figures.loss_curves({"loss": [3.0, 2.0, end]})
        figure.axes[0].set(ylim=(0, 4))
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png")
        plt.close(figure)
        drawn.append(matplotlib.image.imread(io.BytesIO(buffer.getvalue())))
    assert differing(drawn[0], drawn[0]) == 0.0
    assert differing(*drawn) > FEW


def test_nbval_notices_a_changed_output(tmp_path):
    """A check of the check: one digit of one stored output differs, and the run fails at that cell alone."""
    notebook = nbformat.read(COURSE / "torch_autograd.ipynb", as_version=4)
    (cell,) = [cell for cell in notebook.cells if cell.id == "second"]
    cell.outputs[0].text = cell.outputs[0].text.replace("8", "9")
    nbformat.write(notebook, tmp_path / "altered.ipynb")
    command = [sys.executable, "-m", "pytest", "--nbval", "-p", "no:cacheprovider", "-q", "altered.ipynb"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "1 failed" in done.stdout
    assert "8.0000" in done.stdout
