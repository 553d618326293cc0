"""What a score depends on may change after grading: points and penalties follow at once, and nothing is run for it."""

import json

import nbformat
import pytest

from gdhelpers.autograder import gradebook, report
from gdhelpers.autograder.course import Course
from gdhelpers.autograder.files import find
from gdhelpers.autograder.grading import Wish, grade
from gdhelpers.autograder.workers import Threads

from .conftest import submit
from .test_again import Reporter

NAME = "ps3-logistic-regression"
FILE = "logistic_regression.ipynb"
WRITTEN, TEST = "why-a-falling-loss", "test-predict_proba"


@pytest.fixture(scope="module")
def graded(course_copy):
    """A course in which one student, half an hour late for what is due at noon, has got all points but two."""
    course = course_copy()
    submit(course, NAME, "ada", course.root / "source" / NAME / FILE)
    (course.root / "submitted" / "ada" / NAME / "timestamp.txt").write_text("2026-03-01 13:30:00 +0100")
    due(course, "2026-03-01 12:00:00 UTC")
    with (course.root / "nbgrader_config.py").open("a") as config:
        config.write("\nc.LateSubmissionPlugin.penalty_method = 'zero'\n")
    return course.root


@pytest.fixture
def course(graded):
    return Course(graded)


def due(course, when):
    with gradebook.opened(course) as book:
        book.update_or_create_assignment(NAME, duedate=when)


def grade_again(course, **wish):
    reporter = Reporter()
    (record,) = grade(course, NAME, Wish(**wish), workers=Threads(1), reporter=reporter).records
    return record, reporter.kept


def counted(course):
    """What the gradebook says: the points, the penalty, and whether a person has to look."""
    with gradebook.opened(course) as book:
        submission = book.find_submission(NAME, "ada")
        (notebook,) = submission.notebooks
        penalty = notebook.late_submission_penalty or 0.0
        return float(submission.score), penalty, bool(submission.needs_manual_grade)


def give(course, points):
    """Give points for the written answer, as a person does in the formgrader."""
    with gradebook.opened(course) as book:
        grade = book.find_grade(WRITTEN, FILE.removesuffix(".ipynb"), NAME, "ada")
        grade.manual_score, grade.needs_manual_grade = points, False
        book.db.commit()


def set_points(course, grade_id, points):
    path = course.root / "source" / NAME / FILE
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id:
            cell.metadata.nbgrader.points = points
    nbformat.write(notebook, path)


def test_points_and_penalties_follow_what_changed_and_nothing_is_run(course):
    record, kept = grade_again(course)
    assert (record.score, record.penalty, record.counts, kept) == (18.0, 18.0, 0.0, [])
    assert counted(course) == (18.0, 18.0, True)

    give(course, 1.5)
    assert grade_again(course)[1] == ["ada"]
    assert counted(course) == (19.5, 19.5, False), "the penalty is of all points, and nobody has to look again"

    due(course, "2026-03-01 14:00:00 UTC")
    record, kept = grade_again(course)
    assert (record.score, record.penalty, kept) == (18.0, 0.0, ["ada"])
    assert counted(course) == (19.5, 0.0, False)

    due(course, "2026-03-01 12:00:00 UTC")
    assert grade_again(course)[0].penalty == 19.5
    with gradebook.opened(course) as book:
        book.grant_extension(NAME, "ada", hours=1)
    assert grade_again(course)[0].penalty == 0.0
    assert counted(course) == (19.5, 0.0, False)

    set_points(course, TEST, 4)
    record, kept = grade_again(course)
    assert (record.score, record.max_score, kept) == (20.0, 22.0, ["ada"])
    assert counted(course) == (21.5, 0.0, False)
    page = (course.root / "feedback" / "ada" / NAME / FILE).with_suffix(".html").read_text()
    assert "21.5" in page
    set_points(course, WRITTEN, 5)
    record, kept = grade_again(course)
    assert (record.max_score, kept) == (25.0, ["ada"])
    assert counted(course) == (21.5, 0.0, False)


def test_a_dry_run_says_what_would_change_and_changes_nothing(course):
    set_points(course, TEST, 1)
    before = counted(course)
    graded = grade(course, NAME, Wish(write=False), workers=Threads(1), reporter=Reporter())
    assert [(one.grade_id, one.after) for one in graded.changes] == [(TEST, 1.0)]
    assert counted(course) == before


def test_the_policy_may_change(course):
    due(course, "2026-02-28 12:00:00 UTC")
    config = course.root / "nbgrader_config.py"
    config.write_text(config.read_text().replace("'zero'", "'none'"))
    assert grade_again(Course(course.root))[0].penalty == 0.0
    config.write_text(config.read_text().replace("'none'", "'zero'"))
    record, kept = grade_again(Course(course.root))
    assert (record.counts, record.penalty, kept) == (0.0, counted(course)[0], ["ada"])


def test_json_the_receipt_and_the_report_tell_of_the_penalty(course):
    record, _ = grade_again(course)
    entry = record.as_json()
    (path,) = course.root.rglob("*.receipt.json")
    kept = json.loads(path.read_text())
    for one in (entry, kept):
        assert (one["penalty"], one["counts"]) == (record.penalty, record.counts)
    assert report.of(course, course.assignment(NAME)).penalties == {"ada": record.penalty}


def test_another_time_of_handing_in_counts(course):
    note = course.root / "submitted" / "ada" / NAME / "timestamp.txt"
    note.write_text("2026-02-28 11:59:59 UTC")
    record, kept = grade_again(course)
    assert record.penalty == 0.0
    assert kept == []
    note.write_text("a moment ago")
    record, _ = grade_again(course)
    assert "it is not known when this was handed in" in record.oddities[0]
    assert find(note.parent, course.assignment(NAME), "ada").oddities == record.oddities
