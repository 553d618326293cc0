"""`gd grade` gives a class the scores that it deserves, and says why."""

import hashlib
import json
import shutil
from collections import Counter

import nbformat
import pytest

from gdhelpers.autograder import receipt, report
from gdhelpers.autograder.course import Course
from gdhelpers.autograder.demonstration import hand_in, made_up_class

from .conftest import ASSIGNMENTS, ROOT, run

OUTCOMES = {"passed", "failed", "error", "timeout", "crashed", "missing", "manual"}


@pytest.fixture(
    scope="module", params=[pytest.param(name, marks=pytest.mark.xdist_group(f"class-{name}")) for name in ASSIGNMENTS]
)
def graded(request, tmp_path_factory):
    """A made-up class, graded in a directory that held nothing but its submissions."""
    course = Course(tmp_path_factory.mktemp("class"))
    assignment = course.assignment(request.param)
    pupils = made_up_class(assignment, 12)
    hand_in(course, assignment, pupils)
    shutil.copytree(course.root / "submitted", course.root.parent / f"{request.param}-submitted", dirs_exist_ok=True)
    done = run("gd", "grade", request.param, "--json", "scores.json", cwd=course.root)
    return course, assignment, pupils, json.loads((course.root / "scores.json").read_text()), done


def entries(document):
    return {entry["student"]: entry for entry in document["submissions"]}


def test_every_score_is_the_known_right_one(graded):
    *_, pupils, document, _ = graded
    assert {name: entry["score"] for name, entry in entries(document).items()} == {p.name: p.score for p in pupils}


def test_the_document_has_an_entry_for_every_graded_cell(graded):
    _, assignment, pupils, document, _ = graded
    assert document["assignment"] == assignment.name
    for pupil in pupils:
        entry = entries(document)[pupil.name]
        assert entry["max_score"] == assignment.max_score
        if pupil.work == "a broken file":
            assert (entry["status"], entry["score"], entry["tests"]) == ("broken", 0, [])
            assert "not a notebook" in entry["message"]
            continue
        assert entry["status"] == "graded"
        assert [test["grade_id"] for test in entry["tests"]] == [cell.grade_id for cell in assignment.graded]
        assert {test["outcome"] for test in entry["tests"]} <= OUTCOMES
        assert all((test["points"] is None) == (test["outcome"] == "manual") for test in entry["tests"])
        assert all(test["message"] for test in entry["tests"])


def test_an_untouched_notebook_misses_every_answer(graded):
    *_, pupils, document, _ = graded
    untouched = next(pupil.name for pupil in pupils if pupil.work == "untouched")
    tests = entries(document)[untouched]["tests"]
    assert {test["outcome"] for test in tests if test["outcome"] != "manual"} == {"missing"}
    assert all(test["function"] in test["message"] for test in tests if test["outcome"] == "missing")


def test_kinds_of_work_have_their_outcomes(graded):
    *_, pupils, document, _ = graded
    outcomes = {
        pupil.work: {test["outcome"] for test in entries(document)[pupil.name]["tests"]} - {"passed", "manual"}
        for pupil in pupils
    }
    assert outcomes["all right"] <= {"failed"}, "the tape point may be missed by a formula"
    assert outcomes["a slip of syntax"] == {"missing"}
    assert outcomes["a cell that ends Python"] == {"missing"}
    assert outcomes["a forgotten return"] == {"failed"}


def test_feedback_shows_the_plots_of_the_notebook(graded):
    course, assignment, pupils, *_ = graded
    right = next(pupil.name for pupil in pupils if pupil.work == "all right")
    drawn = sum("plt.show()" in cell.source for cell in assignment.stub.cells if cell.cell_type == "code")
    (page,) = course.folder("feedback", right, assignment.name).glob("*.html")
    assert page.read_text(encoding="utf-8").count("data:image/png") == drawn


def test_feedback_shows_messages_and_no_hidden_test(graded):
    course, assignment, pupils, document, _ = graded
    for pupil in pupils:
        page = (course.root / "feedback" / pupil.name / assignment.name / f"{assignment.path.stem}.html").read_text()
        assert "hidden_tests" not in page
        for test in entries(document)[pupil.name]["tests"]:
            if test["misconception"]:
                assert test["message"].split(".")[0].split("`")[0][:20] in page


def test_autograded_notebooks_hold_outputs_and_no_hidden_test(graded):
    course, assignment, pupils, *_ = graded
    for pupil in pupils:
        path = course.root / "autograded" / pupil.name / assignment.name / assignment.file_name
        nbformat.validate(nbformat.read(path, as_version=4))
        assert "hidden_tests" not in path.read_text()


def test_the_gradebook_holds_the_scores(graded):
    course, _, pupils, *_ = graded
    run("nbgrader", "export", cwd=course.root)
    rows = [line.split(",") for line in (course.root / "grades.csv").read_text().splitlines()]
    student, score = rows[0].index("student_id"), rows[0].index("score")
    assert {row[student]: float(row[score]) for row in rows[1:]} == {pupil.name: pupil.score for pupil in pupils}


def test_grading_again_gives_the_same(graded):
    course, assignment, pupils, document, _ = graded
    chosen = [pupil.name for pupil in pupils[:2]]
    run("gd", "grade", assignment.name, "--student", *chosen, "nobody", "--json", "again.json", cwd=course.root)
    again = entries(json.loads((course.root / "again.json").read_text()))
    assert again["nobody"] | {"message": ""} == {
        "student": "nobody", "status": "missing", "score": None, "max_score": assignment.max_score,
        "penalty": 0.0, "counts": None, "message": "", "file": "", "left": [], "oddities": [], "signs": [], "tests": [],
    }  # fmt: skip
    for name in chosen:
        before, after = entries(document)[name], again[name]
        assert [t | {"seconds": 0} for t in after["tests"]] == [t | {"seconds": 0} for t in before["tests"]]


def test_receipts_stay_with_the_instructor(graded):
    course, assignment, pupils, *_ = graded
    for pupil in pupils:
        kept = course.folder("autograded", pupil.name, assignment.name)
        assert len(list(kept.glob("*.receipt.json"))) == 1
    assert not list((course.root / "feedback").rglob("*.json"))
    shutil.copy(ROOT / "nbgrader_config.py", course.root)  # as the guide says
    run("nbgrader", "generate_feedback", assignment.name, "--force", cwd=course.root)
    assert list((course.root / "feedback").rglob("*.html"))
    assert not list((course.root / "feedback").rglob("*.json"))


def test_feedback_shows_the_checks_as_text(graded):
    course, assignment, pupils, *_ = graded
    solved = next(pupil.name for pupil in pupils if pupil.work == "all right")
    (page,) = course.folder("feedback", solved, assignment.name).glob("*.html")
    text = page.read_text()
    assert "agrees with the example worked by hand" in text
    assert "&lt;td" not in text
    assert "<td style" not in text


def test_the_report_counts_what_the_scores_say(graded):
    course, assignment, _, document, _ = graded
    done = run("gd", "report", assignment.name, cwd=course.root)
    tests = [test for entry in document["submissions"] for test in entry["tests"]]
    for cell in assignment.graded:
        outcomes = [test["outcome"] for test in tests if test["grade_id"] == cell.grade_id]
        if cell.kind == "test":
            assert f"{outcomes.count('passed')} of {len(outcomes)} (" in done.stdout
    assert (course.root / "reports" / f"{assignment.name}.html").exists()


def test_receipts_and_the_report_made_of_them_say_what_the_scores_say(graded):
    course, assignment, pupils, document, _ = graded
    written = entries(document)
    receipts = {one["student"]: one for one in receipt.of_class(course, assignment)}
    assert {name: {part: one[part] for part in written[name]} for name, one in receipts.items()} == written
    for pupil in pupils:
        assert receipts[pupil.name]["submission"] == hashlib.sha256(pupil.content).hexdigest()
    found = report.of(course, assignment)
    assert dict(found.scores) == {name: entry["score"] for name, entry in written.items()}
    assert found.absent == report.Absent([], [], [])
    tests = [test for entry in document["submissions"] for test in entry["tests"]]
    assert [exercise.total for exercise in found.exercises] == [
        sum(test["grade_id"] == cell.grade_id for test in tests) for cell in assignment.graded
    ]
    held = Counter(test["misconception"] for test in tests if test["misconception"])
    assert sum((Counter({one.slug: len(one.students)}) for one in found.misconceptions), Counter()) == held
    assert all(answer.code for answer in found.unexplained)
