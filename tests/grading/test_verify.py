"""`gd verify` grades again from receipts, and says what differs."""

import json
import shutil

import pytest

from gdhelpers.autograder.course import Course

from .conftest import run, submit

NAME = "ps1-autograd"


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    course = Course(tmp_path_factory.mktemp("course"))
    submit(course, NAME, "ada", course.assignment(NAME).path)
    run("gd", "grade", NAME, cwd=course.root)
    return course


@pytest.fixture
def copy(graded, tmp_path):
    shutil.copytree(graded.root, tmp_path / "copy")
    return Course(tmp_path / "copy"), next((tmp_path / "copy" / "autograded").rglob("*.receipt.json"))


def test_a_receipt_says_all_that_it_takes(copy):
    _, receipt = copy
    found = json.loads(receipt.read_text())
    parts = {"submission", "hidden_tests", "seed", "versions", "limits", "profile", "sandbox", "signs", "oddities"}
    assert parts <= set(found)
    assert all({"outcome", "message", "seconds", "residuals"} <= set(test) for test in found["tests"])


def test_a_receipt_that_was_edited_does_not_hold(copy):
    course, receipt = copy
    document = json.loads(receipt.read_text())
    document["tests"][0].update(points=1.0, outcome="failed")
    document["hidden_tests"], document["versions"]["numpy"] = "0" * 64, "1.0"
    receipt.write_text(json.dumps(document))
    done = run("gd", "verify", receipt, cwd=course.root, check=False)
    assert done.returncode == 1
    assert "test-derivative, points: 1.0 in the receipt, 2.0 now" in done.stdout
    assert "the tests have changed since" in done.stdout
    assert "numpy was 1.0" in done.stdout
    assert "0 of 1 receipts hold" in done.stdout


def test_another_submission_in_its_place_is_noticed(copy):
    course, _ = copy
    (path,) = course.folder("submitted", "ada", NAME).glob("*.ipynb")
    path.write_text(path.read_text() + "\n")
    done = run("gd", "verify", "autograded", cwd=course.root, check=False)
    assert done.returncode == 1
    assert "is another one now" in done.stdout


def test_wrong_calls_say_what_was_expected(copy):
    course, _ = copy
    for arguments, words in ((["nothing"], "There is no nothing"), (["submitted"], "no receipts")):
        done = run("gd", "verify", *arguments, cwd=course.root, check=False)
        assert done.returncode == 2
        assert words in done.stderr
