"""Receipts: what came of a graded submission, kept as JSON beside its autograded notebook."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from gdhelpers.autograder.assignment import Assignment
from gdhelpers.autograder.course import Course
from gdhelpers.autograder.examination import Examined
from gdhelpers.trouble import Trouble

SCHEMA = 1
PACKAGES = ("gdhelpers", "nbgrader", "numpy", "tensorflow", "torch")
"""Whose versions may matter for a score."""

SUFFIX = ".receipt.json"
PATTERN = f"*{SUFFIX}"
"""The files that nbgrader must leave alone when it makes feedback of whatever lies in `autograded/`."""

Receipt = dict[str, Any]


def path(course: Course, assignment: Assignment, student: str) -> Path:
    """Return where the receipt of a student's submission lies."""
    return course.folder("autograded", student, assignment.name) / f"{assignment.path.stem}{SUFFIX}"


def write(course: Course, assignment: Assignment, examined: Examined, content: bytes) -> None:
    """Write the receipt of a submission whose file held `content`, whole or not at all."""
    document = {
        "schema": SCHEMA,
        "assignment": assignment.name,
        "submission": hashlib.sha256(content).hexdigest(),
        "versions": {name: found for name in PACKAGES if (found := _version(name))},
        **examined.record.as_json(),
    }
    where = path(course, assignment, examined.record.student)
    where.parent.mkdir(parents=True, exist_ok=True)
    scratch = where.with_name(where.name + ".new")
    scratch.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    scratch.replace(where)


def read(where: Path) -> Receipt:
    """Read a receipt; raises `Trouble` for a file that is none."""
    try:
        document = json.loads(where.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Trouble(f"{where} cannot be read: {error}. Grade this submission again.") from error
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise Trouble(f"{where} is no receipt of this version of gd. Grade this submission again.")
    return document


def of_class(course: Course, assignment: Assignment) -> Iterator[Receipt]:
    """Yield the receipts of an assignment, student by student."""
    anyone = path(course, assignment, "*").relative_to(course.root)
    for where in sorted(course.root.glob(str(anyone))):
        yield read(where)


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
