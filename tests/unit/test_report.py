"""Receipts are kept and read back; a report counts them, names who holds what, and shows no student's markup."""

import hashlib
import json
import re
from html.parser import HTMLParser

import nbformat
import pytest

from gdhelpers.autograder import gradebook, receipt, report
from gdhelpers.autograder.course import Course
from gdhelpers.autograder.examination import Examined
from gdhelpers.autograder.record import Record, Verdict
from gdhelpers.autograder.report import page
from gdhelpers.cli import main
from gdhelpers.trouble import Trouble, WrongCall

NAME = "ps3-logistic-regression"
SENTENCE = "The gradients of a sum, not of a mean."
EVIL = "<script>alert(1)</script>"


def verdict(cell, outcome="passed", misconception=None, message="Right.", seconds=0.5):
    if cell.kind == "manual":
        return Verdict(cell.grade_id, None, None, cell.points, "manual", "This answer is graded by hand.")
    points = cell.points if outcome == "passed" else 0.0
    return Verdict(cell.grade_id, cell.function, points, cell.points, outcome, message, misconception, seconds)


def keep(course, assignment, student, wrong=None, code="", status="graded"):
    """Write a receipt and an autograded notebook as grading does; `wrong` maps functions to what became of them."""
    wrong = wrong or {}
    verdicts = [verdict(cell, **wrong.get(cell.function, {})) for cell in assignment.graded]
    record = Record(student, status, assignment.max_score, tuple(verdicts) if status == "graded" else ())
    notebook = nbformat.from_dict(json.loads(json.dumps(assignment.stub)))
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "accuracy":
            cell.source = code or cell.source
    folder = course.folder("autograded", student, assignment.name)
    folder.mkdir(parents=True)
    (folder / assignment.file_name).write_text(nbformat.writes(notebook))
    receipt.write(course, assignment, Examined(record, notebook), b"what was submitted")
    with gradebook.opened(course) as book:
        gradebook.register(book, course, assignment)
        gradebook.write(book, course, assignment, record, None)


@pytest.fixture
def course(tmp_path):
    return Course(tmp_path)


@pytest.fixture
def assignment(course):
    return course.assignment(NAME)


@pytest.fixture
def graded(course, assignment):
    named = {"outcome": "failed", "misconception": "sum-instead-of-mean"}
    named["message"] = f"{SENTENCE} (First seen in the case: one row.)"
    unnamed = {"outcome": "failed", "message": f"accuracy is not right yet. {EVIL}", "seconds": 7.0}
    keep(course, assignment, "ada")
    keep(course, assignment, "grace", {"logistic_gradients": named})
    keep(
        course, assignment, "emmy", {"logistic_gradients": named, "accuracy": unnamed}, f"def accuracy():\n    '{EVIL}'"
    )
    keep(course, assignment, "sofia", {"accuracy": {"outcome": "missing", "message": "not answered"}})
    keep(course, assignment, "zoe", status="broken")
    return report.of(course, assignment)


# Receipts


def test_a_receipt_says_what_was_graded_with_what_and_what_came_of_it(course, assignment):
    keep(course, assignment, "ada")
    where = receipt.path(course, assignment, "ada")
    assert where.name == "logistic_regression.receipt.json"
    found = receipt.read(where)
    assert found["submission"] == hashlib.sha256(b"what was submitted").hexdigest()
    assert (found["assignment"], found["student"], found["score"]) == (NAME, "ada", 18.0)
    assert set(found["versions"]) == {"gdhelpers", "nbgrader", "numpy", "tensorflow", "torch"}
    assert [test["grade_id"] for test in found["tests"]] == [cell.grade_id for cell in assignment.graded]
    assert not list(where.parent.glob("*.new"))


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"schema": 99}'])
def test_a_damaged_receipt_is_said_to_be_one(course, assignment, damage):
    keep(course, assignment, "ada")
    where = receipt.path(course, assignment, "ada")
    where.write_text(damage)
    with pytest.raises(Trouble, match="Grade this submission again"):
        report.of(course, assignment)


# What is counted


def test_it_counts_scores_outcomes_and_times(graded):
    assert dict(graded.scores) == {"ada": 18.0, "emmy": 11.0, "grace": 12.0, "sofia": 17.0, "zoe": 0.0}
    assert dict(graded.statuses) == {"graded": 4, "broken": 1}
    assert graded.awaiting == 4
    exercises = {exercise.name: exercise for exercise in graded.exercises}
    assert dict(exercises["accuracy"].outcomes) == {"passed": 2, "failed": 1, "missing": 1}
    assert (exercises["accuracy"].rate, exercises["accuracy"].median_seconds) == (0.5, 0.5)
    assert exercises["accuracy"].seconds[-1] == (7.0, "emmy")
    assert exercises["why-a-falling-loss"].median_seconds is None


def test_misconceptions_come_with_their_sentence_and_who_holds_them(graded):
    held = [(one.slug, one.exercise, one.sentence, list(one.students)) for one in graded.misconceptions]
    assert held[0] == ("sum-instead-of-mean", "logistic_gradients", SENTENCE, ["emmy", "grace"])


def test_an_answer_that_nothing_explains_comes_with_its_code(graded):
    (one,) = graded.unexplained
    assert (one.exercise, one.student) == ("accuracy", "emmy")
    assert one.code == f"def accuracy():\n    '{EVIL}'"


def test_points_that_a_person_gave_count(course, assignment):
    keep(course, assignment, "ada")
    with gradebook.opened(course) as book:
        book.find_grade("why-a-falling-loss", "logistic_regression", NAME, "ada").manual_score = 1.5
        book.db.commit()
    assert report.of(course, assignment).scores["ada"] == 19.5


def test_nothing_graded_is_a_wrong_call(course, assignment):
    with pytest.raises(WrongCall, match="gd grade ps3-logistic-regression"):
        report.of(course, assignment)


# The page


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def tags(text):
    parser = Tags()
    parser.feed(text)
    return parser.found


def test_the_page_holds_no_script_and_nothing_remote(graded):
    text = page.html(graded)
    found = tags(text)
    assert {"script", "img", "link", "iframe", "object"} & {tag for tag, _ in found} == set()
    assert not [name for _, attrs in found for name in attrs if name.startswith("on")]
    links = [value for _, attrs in found for name, value in attrs.items() if name in ("href", "src", "xlink:href")]
    assert all(link.startswith("#") for link in links)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_figures_are_described_and_tables_have_heads(graded):
    found = tags(page.html(graded))
    described = [attrs.get("aria-label", "") for tag, attrs in found if tag == "figure"]
    assert len(described) == 3
    assert all(len(text) > 40 for text in described)
    assert [attrs.get("scope") for tag, attrs in found if tag == "th"].count(None) == 0


def test_the_same_class_gives_the_same_page(graded):
    assert page.html(graded) == page.html(graded)


def test_one_student_is_a_class(course, assignment):
    keep(course, assignment, "ada")
    text = page.html(report.of(course, assignment))
    assert "None was found." in text
    assert "There are none." in text


# The command


def test_the_command_prints_it_and_writes_the_page(graded, course, capsys):
    assert main(["report", NAME, "--course", str(course.root)]) == 0
    said = capsys.readouterr().out
    assert "5 submissions, median 12 of 20" in said
    assert "4 submissions await grading by hand" in said
    assert "sum-instead-of-mean" in said
    assert re.search(r"accuracy\W+2 of 4 \(50%\)", said)
    assert (course.root / "reports" / f"{NAME}.html").read_text().startswith("<!doctype html>")


@pytest.mark.parametrize(
    "arguments", [[], ["ps9"], [NAME], [NAME, "--course", "/nowhere"], [NAME, "--out", "/nowhere/page.html"]]
)
def test_a_wrong_call_is_2(arguments, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    try:
        code = main(["report", *arguments])
    except SystemExit as left:
        code = left.code
    assert code == 2
    assert "Traceback" not in capsys.readouterr().err
