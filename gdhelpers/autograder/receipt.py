"""Receipts: what came of a graded submission and all that it takes to grade it again, as JSON.

They lie beside the autograded notebooks.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gdhelpers import sandbox
from gdhelpers.autograder import handed_in, installation
from gdhelpers.autograder.assignment import Assignment
from gdhelpers.autograder.course import Course
from gdhelpers.autograder.examination import Examined
from gdhelpers.autograder.record import Record
from gdhelpers.trouble import Trouble

SCHEMA = 3
JUDGES = (
    "checks", "hidden_tests", "misconceptions", "reference", "wire", "autograder/bindings.py",
    "autograder/examination.py", "autograder/examiner.py", "autograder/files.py", "autograder/rebuild.py",
    "autograder/submission.py", "autograder/test_cells.py", "autograder/tested.py", "autograder/verdict.py",
)  # fmt: skip
"""The parts of this package that decide on a score."""

SUFFIX = ".receipt.json"
PATTERN = f"*{SUFFIX}"
"""The files that nbgrader must leave alone when it makes feedback of whatever lies in `autograded/`."""

Receipt = dict[str, Any]

_PARTS: dict[str, type | tuple[type, ...]] = {
    "assignment": str, "submission": str, "hidden_tests": str, "seed": int, "versions": dict,
    "student": str, "status": str, "score": (int, float),
    "message": str, "tests": list,
}  # fmt: skip
_TEST_PARTS: dict[str, type | tuple[type, ...]] = {
    "grade_id": str, "outcome": str, "message": str, "seconds": (int, float), "misconception": (str, type(None)),
}  # fmt: skip
"""What is read of a receipt, and of each test in it; a receipt may hold more."""


def path(course: Course, assignment: Assignment, student: str) -> Path:
    """Return where the receipt of a student's submission lies."""
    return course.folder("autograded", student, assignment.name) / f"{assignment.path.stem}{SUFFIX}"


def write(course: Course, assignment: Assignment, examined: Examined, content: bytes) -> None:
    """Write the receipt of a submission whose file held `content`, whole or not at all."""
    when = handed_in.when(course, assignment, examined.record.student)
    document = {
        "schema": SCHEMA,
        "assignment": assignment.name,
        "graded": datetime.now(UTC).isoformat(),
        "handed_in": when.isoformat() if when else None,
        "submission": hashlib.sha256(content).hexdigest(),
        "hidden_tests": hash_of_tests(assignment),
        "seed": examined.seed,
        "limits": asdict(examined.settings.limits),
        "profile": sandbox.profile(),
        "sandbox": list(examined.settings.layers),
        "versions": installation.versions(),
        **examined.record.as_json(),
    }
    where = path(course, assignment, examined.record.student)
    where.parent.mkdir(parents=True, exist_ok=True)
    write_whole(where, json.dumps(document, indent=2) + "\n")


def write_again(course: Course, assignment: Assignment, record: Record) -> None:
    """Write what a record has become, with other points or another penalty, into the receipt of the same work."""
    where = path(course, assignment, record.student)
    write_whole(where, json.dumps(read(where) | record.as_json(), indent=2) + "\n")


def write_whole(where: Path, text: str) -> None:
    """Write a file whole or not at all."""
    scratch = where.with_name(where.name + ".new")
    scratch.write_text(text, encoding="utf-8")
    scratch.replace(where)


def read(where: Path) -> Receipt:
    """Read a receipt; raises `Trouble` for a file that is none."""
    try:
        document = json.loads(where.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise Trouble(f"The receipt {where} cannot be read: {error}. {_REMEDY}") from error
    if isinstance(document, dict) and document.get("schema") != SCHEMA:
        raise Trouble(f"The receipt {where} is one of another version of gd. {_REMEDY}")
    lacking = _lacking(document)
    if lacking:
        raise Trouble(f"The receipt {where} is damaged: it lacks {lacking}, or holds something else there. {_REMEDY}")
    return dict(document)


def of_class(course: Course, assignment: Assignment) -> Iterator[Receipt]:
    """Yield the receipts of an assignment, student by student."""
    anyone = path(course, assignment, "*").relative_to(course.root)
    for where in sorted(course.root.glob(str(anyone))):
        yield read(where)


def hash_of_tests(assignment: Assignment) -> str:
    """Return a hash of everything that decides on a score: the instructor's cells, and the code that judges answers."""
    found = hashlib.sha256()
    for cell in assignment.notebook.cells:
        found.update(f"{cell.id}\0{cell.source}\0".encode())
    found.update(installation.hash_of_code(*JUDGES).encode())
    return found.hexdigest()


def _lacking(document: Any) -> str | None:
    """Name the first part that a receipt should have and does not."""
    if not isinstance(document, dict):
        return "everything"
    for name, kind in _PARTS.items():
        if not isinstance(document.get(name), kind):
            return f'"{name}"'
    for number, test in enumerate(document["tests"], start=1):
        for name, kind in _TEST_PARTS.items():
            if not isinstance(test, dict) or name not in test or not isinstance(test[name], kind):
                return f'"{name}" of test {number}'
    return None


_REMEDY = "Grade this submission again: gd grade ASSIGNMENT --student ID"
