"""The rebuilt notebook is the instructor's, whatever was done to the submission."""

import copy
import json

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from traitlets.config import Config

from gdhelpers.autograder.assignment import Assignment
from gdhelpers.autograder.files import find
from gdhelpers.autograder.rebuild import rebuild
from gdhelpers.autograder.release import ClearSolutionsInstead, released
from gdhelpers.autograder.submission import Unreadable, read_cells


def settings(grade_id, **flags):
    defaults = {"grade": False, "locked": False, "solution": False, "task": False, "schema_version": 3}
    return {"nbgrader": defaults | {"grade_id": grade_id} | flags}


def solution(name, value):
    source = f"def {name}():\n    ### BEGIN SOLUTION\n    return {value}\n    ### END SOLUTION"
    return new_code_cell(source, id=name, metadata=settings(name, solution=True))


def check(name, points):
    source = f"{name}()\n### BEGIN HIDDEN TESTS\nassert {name}() > 0\n### END HIDDEN TESTS"
    metadata = settings(f"test-{name}", grade=True, locked=True, points=points)
    return new_code_cell(source, id=f"test-{name}", metadata=metadata)


@pytest.fixture
def assignment(tmp_path):
    cells = [
        new_code_cell("import math", id="setup", metadata=settings("setup", locked=True)),
        new_markdown_cell("Some text", id="text"),
        solution("one", 1),
        check("one", 1),
        solution("two", 2),
        check("two", 2),
    ]
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    notebook = new_notebook(cells=cells, metadata={"kernelspec": kernel})
    nbformat.write(notebook, tmp_path / "notebook.ipynb")
    return Assignment.read(tmp_path, Config())


@pytest.fixture
def submission(assignment):
    """What a student hands in who answered both exercises."""
    notebook = copy.deepcopy(assignment.stub)
    cell(notebook, "one").source = "def one(): return 10"
    cell(notebook, "two").source = "def two(): return 20"
    return notebook


def cell(notebook, cell_id):
    return next(cell for cell in notebook.cells if cell.id == cell_id)


def rebuilt(assignment, notebook):
    return rebuild(assignment, read_cells(json.dumps(notebook).encode()))


def sources(result):
    return [cell.source for cell in result.notebook.cells if cell.cell_type == "code"]


def test_answers_stand_in_the_instructors_notebook(assignment, submission):
    result = rebuilt(assignment, submission)
    expected = copy.deepcopy(assignment.stub)
    cell(expected, "one").source = "def one(): return 10"
    cell(expected, "two").source = "def two(): return 20"
    assert result.notebook == expected
    assert result.unchanged == frozenset()
    assert result.oddities == ()


def test_an_untouched_notebook_is_known_as_such(assignment):
    assert rebuilt(assignment, assignment.stub).unchanged == {"one", "two"}


def delete_test(notebook):
    notebook.cells.remove(cell(notebook, "test-one"))


def edit_test(notebook):
    cell(notebook, "test-one").source = "pass"


def retype_test(notebook):
    cell(notebook, "test-one").cell_type = "markdown"


def duplicate_test(notebook):
    notebook.cells += [copy.deepcopy(cell(notebook, "test-one")), copy.deepcopy(cell(notebook, "test-two"))]


def change_points(notebook):
    cell(notebook, "test-one").metadata.nbgrader.points = 100


def edit_setup(notebook):
    cell(notebook, "setup").source = "math = None"


def reorder(notebook):
    notebook.cells.reverse()


def forge_outputs(notebook):
    cell(notebook, "test-one").outputs = [{"output_type": "stream", "name": "stdout", "text": "all passed"}]


def drop_kernel(notebook):
    notebook.metadata = {}


def duplicate_stub(notebook):
    stub = copy.deepcopy(cell(notebook, "one"))
    stub.source = "def one():\n    # YOUR CODE HERE\n    raise NotImplementedError()"
    notebook.cells.insert(0, stub)


def lose_metadata(notebook):
    for each in notebook.cells:
        each.metadata = {}


def lose_everything(notebook):
    for each in notebook.cells:
        each.metadata = {}
        del each["id"]
    # Without ids the instructor's own cells cannot be told from the student's.
    notebook.cells = [each for each in notebook.cells if each.source.startswith("def ")]


def make_source_a_list(notebook):
    for each in notebook.cells:
        each.source = each.source.splitlines(keepends=True)


DAMAGE = [
    delete_test, edit_test, retype_test, duplicate_test, change_points, edit_setup, reorder, forge_outputs, drop_kernel,
    duplicate_stub, lose_metadata, lose_everything, make_source_a_list,
]  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGE, ids=lambda damage: damage.__name__)
def test_damage_changes_nothing(assignment, submission, damage):
    honest = rebuilt(assignment, submission)
    damage(submission)
    assert rebuilt(assignment, submission).notebook == honest.notebook


def test_extra_cells_keep_their_place(assignment, submission):
    submission.cells.insert(0, new_code_cell("first = 1"))
    submission.cells.insert(3, new_code_cell("helper = 2"))
    submission.cells.append(new_code_cell("last = 3"))
    result = sources(rebuilt(assignment, submission))
    assert result.index("first = 1") == 0
    assert result.index("helper = 2") == result.index("def one(): return 10") - 1
    assert result[-1] == "last = 3"


def test_a_deleted_answer_is_the_stub(assignment, submission):
    submission.cells.remove(cell(submission, "one"))
    result = rebuilt(assignment, submission)
    assert cell(assignment.stub, "one").source in sources(result)
    assert result.unchanged == {"one"}
    assert result.oddities == ("the cell for one is missing",)


def test_merged_answers_both_count(assignment, submission):
    cell(submission, "one").source += "\n\ndef two(): return 21"
    submission.cells.remove(cell(submission, "two"))
    result = rebuilt(assignment, submission)
    assert cell(assignment.stub, "two").source not in sources(result)
    assert result.unchanged == frozenset()


def test_a_split_answer_counts_whole(assignment, submission):
    second = copy.deepcopy(cell(submission, "one"))
    cell(submission, "one").source = "ten = 10"
    second.source, second.id = "def one(): return ten", "split"
    submission.cells.insert(3, second)
    assert "ten = 10\n\ndef one(): return ten" in sources(rebuilt(assignment, submission))


def test_of_two_answers_the_first_counts(assignment, submission):
    second = copy.deepcopy(cell(submission, "one"))
    second.source, second.id = "def one(): return 11", "again"
    submission.cells.insert(3, second)
    assert "def one(): return 10" in sources(rebuilt(assignment, submission))
    assert "there are 2 cells for one" in rebuilt(assignment, submission).oddities[0]


def test_a_folder_named_like_a_notebook_is_no_submission(assignment, tmp_path):
    (tmp_path / "work" / "notebook.ipynb").mkdir(parents=True)
    assert find(tmp_path / "work", assignment, "ada") is None


def test_an_answer_in_a_new_cell_takes_the_place_of_the_deleted_one(assignment, submission):
    submission.cells.remove(cell(submission, "two"))
    submission.cells.insert(1, new_code_cell("def two(): return 22"))
    assert sources(rebuilt(assignment, submission)).count("def two(): return 22") == 1
    assert cell(assignment.stub, "two").source not in sources(rebuilt(assignment, submission))


def test_two_answers_may_have_each_others_grade_ids(assignment, submission):
    one, two = cell(submission, "one"), cell(submission, "two")
    one.metadata, two.metadata = two.metadata, one.metadata
    result = rebuilt(assignment, submission)
    assert cell(result.notebook, "one").source == "def one(): return 10"
    assert cell(result.notebook, "two").source == "def two(): return 20"


SPELLINGS = [
    "def two (): return 22", "async def two(): return 22", "two = lambda: 22", "from elsewhere import two",
    "from elsewhere import one_and_two as two", "@cached\ndef two():\n    return 22",
    "if True:\n    def two():\n        return 22", "try:\n    import two\nexcept ImportError:\n    two = None",
    "%matplotlib inline\ndef two():\n    return 22", "def  two(\n):\n    return 22", "class two:\n    pass",
    "two: callable = lambda: 22", "with context() as two:\n    pass", "def two[T]():\n    return f'{x['a']}'",
]  # fmt: skip


@pytest.mark.parametrize("source", SPELLINGS)
def test_however_python_lets_it_a_cell_without_metadata_defines_an_answer(assignment, submission, source):
    submission.cells.remove(cell(submission, "two"))
    submission.cells.insert(1, new_code_cell(source))
    result = rebuilt(assignment, submission)
    assert cell(result.notebook, "two").source == source
    assert sources(result).count(source) == 1
    assert "two" not in result.unchanged


def test_nbformat_3_is_read():
    worksheet = {"cells": [{"cell_type": "code", "input": ["a = 1\n", "b = 2"], "metadata": {}}]}
    old = {"nbformat": 3, "metadata": {}, "worksheets": [worksheet]}
    assert [cell.source for cell in read_cells(json.dumps(old).encode())] == ["a = 1\nb = 2"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"{oops", "not JSON"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"[]", "no list of cells"),
        (b'{"cells": 3}', "no list of cells"),
        (b"[" * 100_000, "nested too deeply"),
        (b"[" + b"1" * 5000 + b"]", "cannot be read"),
    ],
)
def test_an_unreadable_file_is_named(content, reason):
    with pytest.raises(Unreadable, match=reason):
        read_cells(content)


@pytest.mark.parametrize(
    "cells", [[None, 3, "x"], [{}], [{"cell_type": 5, "source": 7, "metadata": []}], [{"source": "\ud800"}]]
)
def test_odd_cells_are_passed_over(assignment, cells):
    result = rebuild(assignment, read_cells(json.dumps({"cells": cells}).encode()))
    assert result.unchanged == {"one", "two"}


def test_a_solution_may_bring_its_own_stub():
    source = (
        "def three(x):\n    ### BEGIN SOLUTION\n    return 3 * x\n    ### INSTEAD\n"
        "    # for _ in range(3):\n    #     x += x\n    #\n    # return x\n    ### END SOLUTION"
    )
    notebook = new_notebook(cells=[new_code_cell(source, metadata=settings("three", solution=True))])
    config = Config()
    config.GenerateAssignment.preprocessors = [ClearSolutionsInstead]
    stub = "def three(x):\n    for _ in range(3):\n        x += x\n\n    return x"
    assert released(notebook, config).cells[0].source == stub
