"""A receipt says what was graded with what and what came of it, and one that is damaged is said to be."""

import hashlib
import json
import platform

import pytest

from gdhelpers.autograder import receipt
from gdhelpers.autograder.course import Course
from gdhelpers.autograder.examination import Examined
from gdhelpers.autograder.record import Record, Verdict
from gdhelpers.autograder.settings import Limits, Settings
from gdhelpers.cli import main
from gdhelpers.trouble import Trouble

NAME = "ps3-logistic-regression"


@pytest.fixture
def course(tmp_path):
    return Course(tmp_path)


@pytest.fixture
def assignment(course):
    return course.assignment(NAME)


def kept(course, assignment, student="ada", status="graded", outcome="passed"):
    """Write a receipt; return where it lies."""
    verdicts = [
        Verdict(cell.grade_id, cell.function, cell.points, cell.points, outcome, "Right.")
        for cell in assignment.graded
        if cell.kind == "test"
    ]
    record = Record(student, status, assignment.max_score, tuple(verdicts) if status == "graded" else (), "why")
    receipt.write(course, assignment, Examined(record, None, 1, Settings(Limits())), b"what was submitted")
    return receipt.path(course, assignment, student)


def test_it_lies_beside_the_autograded_notebook_and_is_the_record_and_more(course, assignment):
    where = kept(course, assignment)
    assert where.relative_to(course.root).as_posix() == f"autograded/ada/{NAME}/logistic_regression.receipt.json"
    found = receipt.read(where)
    assert (found["schema"], found["assignment"], found["student"]) == (receipt.SCHEMA, NAME, "ada")
    assert (found["status"], found["score"], found["max_score"]) == ("graded", 18.0, 20.0)
    assert found["submission"] == hashlib.sha256(b"what was submitted").hexdigest()
    assert found["versions"]["python"] == platform.python_version()
    assert set(found["versions"]) == {"python", "gdhelpers", "nbgrader", "numpy", "tensorflow", "torch"}
    assert [test["grade_id"] for test in found["tests"]] == [c.grade_id for c in assignment.graded if c.kind == "test"]


def test_a_broken_submission_has_one_too(course, assignment):
    found = receipt.read(kept(course, assignment, status="broken"))
    assert (found["status"], found["score"], found["message"], found["tests"]) == ("broken", 0.0, "why", [])


def test_grading_again_replaces_it_and_leaves_nothing_else(course, assignment):
    kept(course, assignment)
    where = kept(course, assignment, outcome="failed")
    assert {test["outcome"] for test in receipt.read(where)["tests"]} == {"failed"}
    assert [path.name for path in where.parent.iterdir()] == [where.name]


def test_one_that_cannot_be_written_whole_leaves_the_old_one(course, assignment, monkeypatch):
    where = kept(course, assignment)
    before = where.read_bytes()
    monkeypatch.setattr(receipt.json, "dumps", lambda *_, **__: "\ud800")
    with pytest.raises(UnicodeEncodeError):
        kept(course, assignment, outcome="failed")
    assert where.read_bytes() == before


def test_receipts_of_a_class_come_in_the_order_of_students(course, assignment):
    for student in ("zoe", "ada", "emmy"):
        kept(course, assignment, student)
    assert [one["student"] for one in receipt.of_class(course, assignment)] == ["ada", "emmy", "zoe"]


@pytest.mark.parametrize(
    "damage",
    [b"", b"{", b"[]", b"null", b'{"schema": 1}', b'{"schema": 99}', b"\xff\xfe", b"[" * 100_000],
    ids=["empty", "cut", "list", "null", "bare", "other version", "not text", "deep"],
)
def test_what_is_no_receipt_is_named_with_what_to_do(course, assignment, damage, capsys):
    where = kept(course, assignment)
    where.write_bytes(damage)
    with pytest.raises(Trouble, match="Grade this submission again") as trouble:
        receipt.read(where)
    assert str(where) in str(trouble.value)
    assert main(["report", NAME, "--course", str(course.root)]) == 3
    assert "defect" not in capsys.readouterr().err


@pytest.mark.parametrize("part", ["assignment", "submission", "versions", "student", "status", "score", "tests"])
def test_a_part_that_is_lacking_or_of_another_kind_is_named(course, assignment, part):
    where = kept(course, assignment)
    whole = json.loads(where.read_text())
    for damaged in ({k: v for k, v in whole.items() if k != part}, whole | {part: None}):
        where.write_text(json.dumps(damaged))
        with pytest.raises(Trouble, match=f'lacks "{part}"'):
            receipt.read(where)


@pytest.mark.parametrize("part", ["grade_id", "outcome", "message", "seconds", "misconception"])
def test_a_part_of_a_test_that_is_lacking_is_named(course, assignment, part):
    where = kept(course, assignment)
    document = json.loads(where.read_text())
    del document["tests"][1][part]
    where.write_text(json.dumps(document))
    with pytest.raises(Trouble, match=f'lacks "{part}" of test 2'):
        receipt.read(where)


def test_it_may_hold_more_than_is_read(course, assignment):
    where = kept(course, assignment)
    where.write_text(json.dumps(json.loads(where.read_text()) | {"later": 1}))
    assert receipt.read(where)["later"] == 1
