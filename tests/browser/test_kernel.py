"""JupyterLab runs a notebook in a kernel that is forked from a warm parent."""

import nbformat
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import expect

FORKED = "import psutil\nprint('forked:', 'gdhelpers.kernels.parent' in psutil.Process().parent().cmdline())"
SLOPE = (
    "import torch\nx = torch.tensor(3.0, requires_grad=True)\n(x**2 + 4 * x).backward()\nprint('slope:', x.grad.item())"
)


def test_a_notebook_names_the_warm_kernel_and_runs_in_it(desk, tmp_path):
    spec = {"name": "gdhelpers", "display_name": "Python with torch and TensorFlow (warm)", "language": "python"}
    notebook = new_notebook(cells=[new_code_cell(FORKED), new_code_cell(SLOPE)], metadata={"kernelspec": spec})
    folder = tmp_path / "work"
    folder.mkdir()
    nbformat.write(notebook, folder / "warm.ipynb")
    instructor = desk("kernel", folder)
    instructor.open("warm.ipynb")
    instructor.run_all()
    expect(instructor.page.locator(".jp-OutputArea-output", has_text="forked: True")).to_have_count(1)
    expect(instructor.page.locator(".jp-OutputArea-output", has_text="slope: 10.0")).to_have_count(1)
    instructor.picture("ran")
