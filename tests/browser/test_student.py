"""A student works on a released notebook and is told by Validate how it stands."""

import shutil

from playwright.sync_api import expect

from tests.browser.conftest import ROOT, answer, noisy

PASSES = "Success! Your notebook passes all the tests."


def handed_out(folder, assignment, answers):
    """Copy a released assignment, with some cells answered already."""
    shutil.copytree(ROOT / "release" / assignment, folder / assignment)
    (path,) = (folder / assignment).glob("*.ipynb")
    answer(path, answers)
    return folder / assignment


def test_validate_says_what_passes_and_what_fails(desk, tmp_path, right_answers):
    answers = right_answers("ps1-autograd")
    last = answers.pop("derivative")
    folder = handed_out(tmp_path, "ps1-autograd", answers)
    student = desk("student", folder, "--student")

    student.open("autograd.ipynb")
    student.picture("opened")
    expect(student.page.locator(".lm-MenuBar-item", has_text="Nbgrader")).to_have_count(0)
    expect(student.page.locator(".jp-Dialog, .Toastify__toast")).to_have_count(0)

    student.run_until("not answered yet")
    student.picture("half-done")
    dialog = student.validate()
    expect(dialog).to_contain_text("NotImplementedError: not answered yet")
    student.agree(dialog)

    student.write("def derivative", last)
    student.picture("answered")
    student.run_all()
    student.cell("def parabola_by_hand").scroll_into_view_if_needed()
    student.picture("ran")

    dialog = student.validate()
    expect(dialog).to_contain_text(PASSES)
    student.picture("passes")
    student.agree(dialog)

    student.write("def derivative", last.replace("return x.grad", "return -x.grad"))
    student.cell("def derivative").scroll_into_view_if_needed()
    student.picture("spoilt")
    student.run_until("it has the opposite sign")
    student.picture("wrong")
    dialog = student.validate()
    expect(dialog).to_contain_text("The following cell failed:")
    expect(dialog).to_contain_text("The slope of x^2 + 4x at 3 differs from the example worked by hand")
    expect(dialog).to_contain_text("it has the opposite sign")
    student.picture("fails")
    student.agree(dialog)


def test_what_tensorflow_writes_to_stderr_fails_no_answer(desk, tmp_path, right_answers):
    folder = handed_out(tmp_path, "ps3-logistic-regression", noisy(right_answers("ps3-logistic-regression")))
    student = desk("tensorflow", folder, "--student")
    student.open("logistic_regression.ipynb")
    student.run_all()
    said = student.cell("The accuracy at a threshold of 0.75")
    said.scroll_into_view_if_needed()
    # What comes by descriptor 2 may come after the end of a cell, and then JupyterLab does not show it.
    for noise in ("a warning of Python", "a warning of TensorFlow", "printed by TensorFlow"):
        expect(said.locator(".jp-OutputArea")).to_contain_text(noise)
    student.picture("ran")
    student.page.locator(".jp-OutputArea-output img").last.scroll_into_view_if_needed()
    student.picture("figure")
    dialog = student.validate()
    expect(dialog).to_contain_text(PASSES)
    student.picture("passes")
