"""What a warm parent is told to import: the same, whether the notebook is read early and plainly or by nbgrader."""

import json
import subprocess
import sys

import pytest

from gdhelpers.autograder import parents
from gdhelpers.autograder.course import Course
from gdhelpers.autograder.imports import imported_by
from gdhelpers.environment import CHECKOUT

COURSE = Course(CHECKOUT)


@pytest.mark.parametrize("name", COURSE.assignments())
def test_a_notebook_read_early_names_the_modules_of_the_assignment(name):
    assignment = COURSE.assignment(name)
    assert imported_by(assignment.path) == assignment.modules
    assert "torch" in assignment.modules or "tensorflow" in assignment.modules


def test_sources_may_be_lists_of_lines_and_cells_may_be_no_python(tmp_path):
    cells = [
        {"cell_type": "code", "source": ["%matplotlib inline\n", "import numpy as np\n", "import torch.nn"]},
        {"cell_type": "code", "source": "def broken(:"},
        {"cell_type": "markdown", "source": "import pandas"},
    ]
    path = tmp_path / "notebook.ipynb"
    path.write_text(json.dumps({"cells": cells}), encoding="utf-8")
    assert imported_by(path) == ("numpy", "torch.nn")


@pytest.mark.parametrize("content", ["", "[]", '{"cells": [{}]}', '{"cells": 3}', "\udc80"])
def test_a_broken_notebook_names_none(tmp_path, content):
    path = tmp_path / "notebook.ipynb"
    path.write_bytes(content.encode("utf-8", "surrogateescape"))
    assert imported_by(path) == ()


def test_warming_for_what_is_not_there_does_nothing(tmp_path):
    before = dict(parents._parents._found)
    parents.warm(tmp_path, "ps9-unknown")
    assert parents._parents._found == before


def test_parents_are_warmed_before_nbgrader_is_imported():
    code = "import sys, gdhelpers.autograder.parents; print({'nbgrader', 'nbformat'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
