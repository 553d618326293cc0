"""What earlier gradings have left: whoever has not submitted anew since, and was asked the same, is not graded again.

A receipt says what was graded and with which tests; it is written last, and counts only where the gradebook says the
same. When everyone is graded again, a note of the scores before is kept until the end: if that is cut short, the same
command goes on, and still knows what it changed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from gdhelpers.autograder import handed_in, receipt
from gdhelpers.autograder.assignment import Assignment
from gdhelpers.autograder.change import Scores, changes
from gdhelpers.autograder.course import Course
from gdhelpers.autograder.receipt import Receipt
from gdhelpers.autograder.record import Record
from gdhelpers.autograder.settings import Settings
from gdhelpers.autograder.submission import Submission
from gdhelpers.trouble import Trouble

NOTES = ".gd-runs"
"""The folder of a course directory in which gradings note that they have begun."""


class Earlier:
    """The receipts and the scores that an assignment had; `again` notes that everyone is graded again from now on."""

    def __init__(self, course: Course, assignment: Assignment, scores: Mapping[str, Scores], again: bool) -> None:
        self._course, self._assignment, self._now = course, assignment, scores
        self._tests = receipt.hash_of_tests(assignment)
        self._limits = asdict(Settings.of(assignment.config, assignment.name).limits)
        self._note = course.root / NOTES / f"{assignment.name}.json"
        self._begun, self._before = self._begin(scores) if again else ("", scores)

    def scores(self, student: str) -> Scores:
        """Return the automatic scores that a student had before this grading."""
        return self._before.get(student, {})

    def record(self, submission: Submission, seed: int) -> Record | None:
        """Return the record of a submission that was graded with these tests and has not changed since."""
        try:
            found = receipt.read(receipt.path(self._course, self._assignment, submission.student))
            record = Record.from_json(found)
        except (Trouble, KeyError, TypeError):
            return None
        path = self._course.folder("feedback", submission.student, self._assignment.name)
        same = all((
            path.is_dir() and any(path.glob("*.html")),
            self._is_of(found, submission),
            found["hidden_tests"] == self._tests,
            found["seed"] == seed,
            found.get("limits") == self._limits,
            not any(changes(self._now.get(submission.student, {}), record)),
        ))  # fmt: skip
        return record if same else None

    def is_of_this_run(self, student: str) -> bool:
        """Whether a student was graded since everyone is graded again."""
        found = receipt.read(receipt.path(self._course, self._assignment, student))
        return bool(self._begun) and str(found.get("graded", "")) >= self._begun

    def close(self) -> None:
        """Note that everyone was graded again."""
        self._note.unlink(missing_ok=True)

    def _is_of(self, found: Receipt, submission: Submission) -> bool:
        when = handed_in.when(self._course, self._assignment, submission.student)
        return found["submission"] == hashlib.sha256(submission.content).hexdigest() and found.get("handed_in") == (
            when and when.isoformat()
        )

    def _begin(self, scores: Mapping[str, Scores]) -> tuple[str, Mapping[str, Scores]]:
        """Return when grading again began, and the scores at that time: now, or when one was begun and cut short."""
        try:
            note: dict[str, Any] = json.loads(self._note.read_text(encoding="utf-8"))
            if note["tests"] == self._tests:
                return note["begun"], note["scores"]
        except (OSError, ValueError, KeyError, TypeError):
            pass  # there is none, or none that was finished
        note = {"tests": self._tests, "begun": datetime.now(UTC).isoformat(), "scores": dict(scores)}
        self._note.parent.mkdir(exist_ok=True)
        receipt.write_whole(self._note, json.dumps(note))
        return note["begun"], scores
