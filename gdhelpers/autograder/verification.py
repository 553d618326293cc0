"""Verifying receipts: each submission is graded again as its receipt says, and the two are compared."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, as_completed
from dataclasses import dataclass
from pathlib import Path

from gdhelpers.autograder import installation, receipt
from gdhelpers.autograder.course import Course
from gdhelpers.autograder.examination import Examined
from gdhelpers.autograder.files import find
from gdhelpers.autograder.receipt import Receipt
from gdhelpers.autograder.submission import Submission
from gdhelpers.autograder.workers import Threads
from gdhelpers.trouble import WrongCall

COMPARED = ("points", "outcome", "message", "misconception")
"""What has to be the same in a second grading; times never are."""


@dataclass(frozen=True)
class Verification:
    """What came of verifying one receipt: what differs, and what has changed since it was written."""

    path: Path
    differences: tuple[str, ...]
    changed: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether a second grading gave what the receipt says."""
        return not self.differences

    def __str__(self) -> str:
        lines = [f"{'ok  ' if self.holds else 'no  '} {self.path}"]
        return "\n".join([*lines, *(f"     {line}" for line in (*self.changed, *self.differences))])


def verify(paths: Sequence[Path]) -> Iterator[Verification]:
    """Yield what came of each receipt, as it comes; folders stand for the receipts in them.

    Raises `WrongCall` where there are none, and `Trouble` for a file that is no receipt.
    """
    found = [one for path in paths for one in ([path] if path.is_file() else sorted(path.rglob(receipt.PATTERN)))]
    if not found:
        raise WrongCall(f"There are no receipts in {', '.join(map(str, paths))}. `gd grade` writes them.")
    receipts = {path: receipt.read(path) for path in found}
    with Threads() as workers:
        tasks: dict[Future[Examined], Path] = {}
        for path, document in receipts.items():
            course, content = _course(path), _submission(path, document)
            if content is None:
                yield Verification(path, ("the submission is not there any more, or is another one now",))
                continue
            assignment = course.assignment(document["assignment"])
            tasks[workers.examine(assignment, content, document["seed"])] = path
        for task in as_completed(tasks):
            path = tasks[task]
            yield _compared(path, receipts[path], task.result())


def _course(path: Path) -> Course:
    """Return the course directory of a receipt, which lies in autograded/<student>/<assignment>/."""
    return Course(path.resolve().parents[3])


def _submission(path: Path, document: Receipt) -> Submission | None:
    course, student, name = _course(path), document["student"], document["assignment"]
    submission = find(course.folder("submitted", student, name), course.assignment(name), student)
    if submission is None or hashlib.sha256(submission.content).hexdigest() != document["submission"]:
        return None
    return submission


def _compared(path: Path, document: Receipt, examined: Examined) -> Verification:
    again = examined.record.as_json()
    differences = [] if again["status"] == document["status"] else [f"status: {document['status']}, {again['status']}"]
    before = {test["grade_id"]: test for test in document["tests"]}
    after = {test["grade_id"]: test for test in again["tests"]}
    for grade_id in sorted(before.keys() | after.keys()):
        old, new = before.get(grade_id, {}), after.get(grade_id, {})
        differences += [
            f"{grade_id}, {part}: {old.get(part)!r} in the receipt, {new.get(part)!r} now"
            for part in COMPARED
            if old.get(part) != new.get(part)
        ]
    return Verification(path, tuple(differences), tuple(_changed(path, document)))


def _changed(path: Path, document: Receipt) -> Iterator[str]:
    """Say what is no longer as it was when the receipt was written."""
    if receipt.hash_of_tests(_course(path).assignment(document["assignment"])) != document["hidden_tests"]:
        yield "the tests have changed since"
    versions = installation.versions()
    for name, version in document["versions"].items():
        if versions.get(name) != version:
            yield f"{name} was {version}, and is {versions.get(name, 'not installed')} now"
