"""nbgrader's own commands work on the course, also where the examiner is left out of its configuration."""

import csv
import json

import nbformat
import pytest

from .conftest import ASSIGNMENTS, run, submit

POINTS = {"ps1-autograd": (10, 0), "ps2-linear-regression": (15, 0), "ps3-logistic-regression": (20, 2)}
"""All points, and those of them that a person gives."""


@pytest.fixture(
    scope="module", params=[pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in ASSIGNMENTS]
)
def graded(request, course_copy):
    """A course in which the solved and the untouched notebook of one assignment were graded by nbgrader."""
    course, name = course_copy(stock=True), request.param
    assignment = course.assignment(name)
    run("nbgrader", "generate_assignment", name, "--force", cwd=course.root)
    submit(course, name, "solved", assignment.path)
    submit(course, name, "untouched", course.root / "release" / name / assignment.file_name)
    run("nbgrader", "autograde", name, cwd=course.root)
    return course, assignment


def test_nbgrader_releases_what_gd_releases(graded, course_copy):
    course, assignment = graded
    name = f"release/{assignment.name}/{assignment.file_name}"
    assert (course.root / name).read_bytes() == (course_copy().root / name).read_bytes()


def test_solved_gets_all_points_and_untouched_none(graded):
    course, assignment = graded
    run("nbgrader", "export", cwd=course.root)
    with (course.root / "grades.csv").open() as file:
        scores = {row["student_id"]: row for row in csv.DictReader(file)}
    everything, by_hand = POINTS[assignment.name]
    assert float(scores["solved"]["max_score"]) == everything
    assert float(scores["solved"]["score"]) == everything - by_hand
    assert float(scores["untouched"]["score"]) == 0


def test_each_untouched_answer_fails_for_its_own_reason(graded):
    course, assignment = graded
    path = course.root / "autograded" / "untouched" / assignment.name / assignment.file_name
    notebook = nbformat.read(path, as_version=4)
    tests = {cell.function: cell for cell in assignment.graded if cell.function}
    for cell in notebook.cells:
        settings = cell.metadata.get("nbgrader", {})
        if settings.get("grade") and not settings.get("solution"):
            (error,) = [output for output in cell.outputs if output.output_type == "error"]
            function = next(
                test.function for test in tests.values() if settings.grade_id.startswith(f"test-{test.function}")
            )
            assert function.split("_tf")[0] in error.evalue or "lecture" in error.evalue, error.evalue
            assert error.ename in ("NotAnswered", "WrongAnswer")


def test_feedback_is_made(graded):
    course, assignment = graded
    run("nbgrader", "generate_feedback", assignment.name, cwd=course.root)
    for student in ("solved", "untouched"):
        assert list((course.root / "feedback" / student / assignment.name).glob("*.html"))


def test_validate_tells_right_from_unanswered(graded, tmp_path):
    course, assignment = graded
    release = course.root / "release" / assignment.name / assignment.file_name
    solved = nbformat.read(release, as_version=4)
    answers = {cell.id: cell for cell in assignment.notebook.cells}
    for cell in solved.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = answers[cell.id].source
    nbformat.write(solved, tmp_path / "solved.ipynb")
    assert "Success" in run("nbgrader", "validate", tmp_path / "solved.ipynb", cwd=tmp_path).stdout
    assert "VALIDATION FAILED" in run("nbgrader", "validate", release, cwd=tmp_path).stdout


def test_a_warning_costs_nothing(course_copy):
    """Text on stderr in a test cell is a zero for nbgrader; a right answer that warns is right all the same."""
    course = course_copy(stock=True)
    assignment = course.assignment("ps1-autograd")
    notebook = json.loads(assignment.path.read_text())
    loud = (
        "import sys, warnings\n\ndef derivative(f, x):\n    warnings.warn('careful')\n    print('x', file=sys.stderr)\n"
    )
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "derivative":
            cell["source"] = (
                loud + "    x = torch.tensor(x, requires_grad=True)\n    f(x).backward()\n    return x.grad"
            )
    path = course.root / "loud" / assignment.file_name
    path.parent.mkdir()
    path.write_text(json.dumps(notebook))
    submit(course, assignment.name, "loud", path)
    run("nbgrader", "generate_assignment", assignment.name, "--force", cwd=course.root)
    run("nbgrader", "autograde", assignment.name, cwd=course.root)
    run("nbgrader", "export", cwd=course.root)
    with (course.root / "grades.csv").open() as file:
        (row,) = [row for row in csv.DictReader(file) if row["student_id"] == "loud"]
    assert float(row["score"]) == 10
