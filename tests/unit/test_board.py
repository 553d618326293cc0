"""Visible checks show a line each in a terminal, and one table a cell in a notebook; they say what came, in words."""

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from gdhelpers import checks
from gdhelpers.checks.board import Board, Row

GOOD = Row("the loss", "a scalar", "a float", "agrees", True)
BAD = Row("dW", "an array of shape (2, 1)", "<b>None</b>", "differs & more", False)


def test_in_a_terminal_each_check_is_a_line(capsys):
    checks.agrees("The loss", 2.5, 2.5)
    with pytest.raises(checks.WrongAnswer, match="differs from the example worked by hand: it has shape"):
        checks.agrees("dW", np.zeros(2), np.zeros((2, 1)))
    checks.more_at_grading()
    assert capsys.readouterr().out.splitlines() == [
        "ok     The loss agrees with the example worked by hand",
        "wrong  dW differs from the example worked by hand: it has shape (2,), but (2, 1) was expected "
        "(expected: an array of shape (2, 1); came: an array of shape (2,))",
        "More checks run at grading.",
    ]


def test_in_html_everything_is_escaped():
    html = Board([GOOD, BAD], "1 < 2")._repr_html_()
    assert "&lt;b&gt;None&lt;/b&gt;" in html
    assert "differs &amp; more" in html
    assert "<p>1 &lt; 2</p>" in html
    assert html.count("<tr>") == 3


@pytest.fixture(scope="module")
def outputs():
    """What three cells show in a real kernel: a right answer, a wrong one, and nothing but a right one again."""
    cells = [
        "import numpy as np\nfrom gdhelpers import checks",
        "checks.agrees('a', 1.0, 1.0)\nchecks.agrees('b', (np.ones((2, 1)), 1.0), (np.ones((2, 1)), 1.0))\n"
        "checks.more_at_grading()",
        "checks.agrees('a', 1.0, 1.0)\nchecks.agrees('b', None, np.ones(3))\nchecks.more_at_grading()",
        "checks.slopes_agree('c', [2.0], np.array([2.0]))\nchecks.slopes_agree('d', np.array([2.0]), np.array([2.0]))",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    NotebookClient(notebook, allow_errors=True, kernel_name="python3").execute()
    return [cell.outputs for cell in notebook.cells[1:]]


def test_a_cell_has_one_table_that_grows(outputs):
    (shown,) = outputs[0]
    assert shown.output_type == "display_data"
    assert shown.data["text/plain"].splitlines() == [
        "ok     a agrees with the example worked by hand",
        "ok     b agrees with the example worked by hand",
        "More checks run at grading.",
    ]
    assert shown.data["text/html"].count("<tr>") == 3
    assert "a tuple of 2: an array of shape (2, 1), a scalar" in shown.data["text/html"]


def test_the_row_that_fails_is_the_last_and_the_error_is_one_line(outputs):
    shown, error = outputs[1]
    assert "wrong  b" in shown.data["text/plain"]
    assert "More checks" not in shown.data["text/plain"], "the cell ends at the check that fails"
    assert (error.output_type, error.ename) == ("error", "WrongAnswer")
    assert len(error.traceback) == 1
    assert "it is None, but an array of shape (3,) was expected" in error.evalue


def test_a_measured_slope_never_raises(outputs):
    (shown,) = outputs[2]
    assert "wrong  c differs from the slopes measured by nudging" in shown.data["text/plain"]
    assert "ok     d agrees" in shown.data["text/plain"]


def test_an_exercise_without_an_answer_says_so_in_a_sentence():
    """The cell still ends with the error: nbgrader and Validate go by that."""
    source = "from gdhelpers import checks\nchecks.tell_unanswered()"
    cells = [nbformat.v4.new_code_cell(text) for text in (source, "raise NotImplementedError()", "1 / 0")]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, allow_errors=True, kernel_name="python3").execute()
    (unanswered,), (other,) = notebook.cells[1].outputs, notebook.cells[2].outputs
    assert (unanswered.output_type, unanswered.ename) == ("error", "NotImplementedError")
    assert unanswered.traceback == [
        "NotImplementedError: not answered yet. Replace the line `raise NotImplementedError()` by your answer."
    ]
    assert len(other.traceback) > 1, "any other error shows where it arose"


def test_outside_of_ipython_nothing_happens():
    checks.tell_unanswered()


def test_what_agrees_with_numbers_found_elsewhere_is_told_and_never_raised(capsys):
    least = np.array([[2.0], [-40.0]])
    checks.tell("W", least + np.array([[0.03], [0.0]]), least, "the least-squares solution")
    checks.tell("W", least + np.array([[0.05], [0.0]]), least, "the least-squares solution")
    checks.tell("W", None, least, "the least-squares solution")
    checks.tell("b", 1.0, 1.0, "the least-squares solution")
    near, far, missing, scalar = capsys.readouterr().out.splitlines()
    assert near == "ok     W agrees with the least-squares solution"
    assert far.startswith("wrong  W differs from the least-squares solution: ")
    assert "it is None" in missing
    assert scalar.startswith("ok     b agrees")
