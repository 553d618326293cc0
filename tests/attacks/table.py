"""Grading the corpus, as a table: `python -m tests.attacks.table [--family F ...] [--name N ...]`.

Families that may do harm without a sandbox are left out unless `--sandboxed` says that there is one. It may be any
profile: tests.sandbox.container runs this under the weaker ones.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gdhelpers.autograder.assignment import Assignment
from gdhelpers.autograder.course import Course
from gdhelpers.autograder.submission import Submission
from tests.attacks.attack import CANARY, FAMILIES, Attack
from tests.attacks.corpus import ATTACKS, OPEN, named

Examine = Callable[[Assignment, Submission, int], Any]

SEED = 1


@dataclass(frozen=True)
class Row:
    """What grading gave for one attack; `wrong` says in words what should have been otherwise."""

    name: str
    family: str
    what: str
    honest: float
    score: float | None
    message: str
    wrong: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether the attack got what its honest part deserves, and nothing else."""
        return not self.wrong

    def __str__(self) -> str:
        score = "" if self.score is None else f"{self.score:g}"
        wrong = "; ".join(self.wrong) or "as it should"
        if self.wrong and self.name in OPEN:
            wrong += f" (known: {OPEN[self.name]})"
        cells = (self.name, self.what, f"{self.honest:g}", score, self.message, wrong)
        return "| " + " | ".join(" ".join(cell.replace("|", "\\|").split()) for cell in cells) + " |"


HEAD = "| attack | what it tries | deserved | got | what is said | |\n|---|---|---|---|---|---|"


def rows(examine: Examine, seed: int, attacks: Sequence[Attack] = ATTACKS) -> Iterator[Row]:
    """Grade attacks one after the other in this process."""
    with tempfile.TemporaryDirectory() as folder:
        course = Course(Path(folder))
        course.trust()
        assignments = {name: course.assignment(name) for name in sorted({attack.assignment for attack in attacks})}
    for attack in attacks:
        yield row(examine, seed, attack, assignments[attack.assignment])


def row(examine: Examine, seed: int, attack: Attack, assignment: Assignment) -> Row:
    """Grade one attack."""
    submission = Submission(attack.name, attack.build(assignment))
    try:
        examined = examine(assignment, submission, seed)
    except Exception as error:
        wrong = (f"the grader raised {type(error).__name__}: {error}"[:300],)
        return Row(attack.name, attack.family, attack.what, attack.score, None, "", wrong)
    record = examined.record
    said = " ".join(verdict.message for verdict in record.verdicts if verdict.points == 0) or record.message
    wrong = tuple(differences(attack, examined))
    return Row(attack.name, attack.family, attack.what, attack.score, record.score, said[:200], wrong)


def differences(attack: Attack, examined: Any) -> Iterator[str]:
    """Say what is not as the attack deserves it; pages, which are made later, are not looked at."""
    record = examined.record
    if record.status != attack.status:
        yield f"status {record.status}, not {attack.status}"
    got = {verdict.grade_id: verdict.points for verdict in record.verdicts if verdict.points is not None}
    for grade_id, points in attack.honest.items():
        if got.get(grade_id) != points:
            yield f"{grade_id}: {got.get(grade_id)}, not {points:g}"
    said = " ".join([record.message, *(verdict.message for verdict in record.verdicts)])
    if attack.says is not None and attack.says not in said:
        yield f"nothing says {attack.says!r}"
    if attack.family != "markup":
        shown = said + " ".join(str(cell.get("outputs", "")) for cell in examined.notebook.cells)
        yield from (f"shows {text}" for text in attack.forbidden if text in shown)


def _one(name: str) -> Row:
    """Grade one attack in a worker process."""
    from gdhelpers.autograder.examination import examine

    return next(rows(examine, SEED, [named(name)]))


def main(arguments: Sequence[str]) -> int:
    """Print the table; return 1 where something is not as it should be and is not known."""
    parser = argparse.ArgumentParser(prog="python -m tests.attacks.table", description=__doc__)
    parser.add_argument("--family", nargs="+", choices=FAMILIES, default=FAMILIES)
    parser.add_argument("--name", nargs="+")
    parser.add_argument("--sandboxed", action="store_true", help="grade attacks that may do harm, too")
    parser.add_argument("--wrong", action="store_true", help="print what is not as it should be, alone")
    asked = parser.parse_args(arguments)
    os.environ[CANARY] = "1"
    chosen = [
        attack.name
        for attack in ATTACKS
        if attack.family in asked.family
        and (attack.name in asked.name if asked.name else True)
        and (attack.safe or asked.sandboxed)
    ]
    print(HEAD, flush=True)
    good = True
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as executor:
        for task in as_completed([executor.submit(_one, name) for name in chosen]):
            found = task.result()
            good = good and (found.ok or found.name in OPEN)
            if not (asked.wrong and found.ok):
                print(found, flush=True)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
