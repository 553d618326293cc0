"""Grade what students submitted: DIR/submitted/<student>/<assignment>/.

Writes DIR/autograded/, DIR/feedback/ and the gradebook. Who was graded before, and has not submitted anew since, is not
graded again unless the tests have changed. Exits with 0 when every submission has its score, with 3 when one could not
be graded for a reason that is not the student's.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from gdhelpers.commands import DONE, UNGRADED, positive
from gdhelpers.trouble import Trouble, WrongCall

if TYPE_CHECKING:
    from gdhelpers.autograder.grading import Graded


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `gd grade`."""
    parser.add_argument("assignment", metavar="ASSIGNMENT", help="for example ps1-autograd")
    parser.add_argument(
        "--course",
        type=Path,
        default=Path(),
        metavar="DIR",
        help="the course directory (default: here); it may hold nothing but submitted/",
    )
    parser.add_argument(
        "--student",
        nargs="+",
        action="extend",
        default=[],
        metavar="ID",
        help="grade only these students (default: all)",
    )
    parser.add_argument(
        "--workers", type=positive, metavar="N", help="how many submissions at a time (default: the number of cores)"
    )
    parser.add_argument(
        "--scheduler", metavar="ADDRESS", help="grade on the workers of a Dask cluster, as tcp://host:8786"
    )
    parser.add_argument("--force", action="store_true", help="grade again what has not changed, too")
    parser.add_argument(
        "--regrade",
        action="store_true",
        help="grade everyone again, as after a change of a test, and show only what changed",
    )
    parser.add_argument("--dry-run", action="store_true", help="show what would change, and write nothing")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the scores to this file")


def run(options: argparse.Namespace) -> int:
    """Grade one assignment and print the table of scores."""
    from gdhelpers.autograder import parents

    if not options.course.is_dir():
        raise WrongCall(f"There is no folder {options.course}. Name the course directory with --course DIR.")
    if not options.scheduler:
        # What is imported below takes as long as half of what the parents do.
        parents.warm(options.course.resolve(), options.assignment)

    from rich.console import Console

    from gdhelpers.autograder import record, tables
    from gdhelpers.autograder.course import Course
    from gdhelpers.autograder.grading import Wish, grade
    from gdhelpers.autograder.progress import Reporter
    from gdhelpers.autograder.workers import Cluster, Threads

    if options.json is not None and not options.json.absolute().parent.is_dir():
        raise WrongCall(f"There is no folder for --json {options.json}.")
    course = Course(options.course.resolve())
    wish = Wish(tuple(options.student), again=options.force or options.regrade, write=not options.dry_run)
    workers = Cluster(options.scheduler) if options.scheduler else Threads(options.workers)
    with Reporter() as reporter:
        try:
            graded = grade(course, options.assignment, wish, workers=workers, reporter=reporter)
        except KeyboardInterrupt:
            reporter.say(
                f"{reporter.pace.done} of {reporter.pace.total} are done. The same command goes on from there."
            )
            raise
    if options.json is not None:
        document = record.as_json(options.assignment, graded.records)
        document["changes"] = [change.as_json() for change in graded.changes]
        try:
            options.json.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
        except OSError as error:
            raise Trouble(f"{error.strerror}: {options.json}. The scores are in the gradebook.") from error
    console = Console()
    if options.regrade or options.dry_run:
        console.print(tables.changes(options.assignment, graded.changes, console.width))
    else:
        console.print(tables.scores(options.assignment, graded.records, console.width))
    for line in _summary(graded, options):
        print(line)
    return UNGRADED if any(one.status == "infrastructure" for one in graded.records) else DONE


def _summary(graded: Graded, options: argparse.Namespace) -> list[str]:
    students, kept = len(graded.records), len(graded.kept)
    said = [f"{kept} of {students} had not changed since they were graded; --force grades them again."] if kept else []
    if options.regrade or options.dry_run:
        changed = len({change.student for change in graded.changes})
        said = [f"The scores of {changed} of {students} students {'would change' if options.dry_run else 'changed'}."]
    said += [f"{one.student}: {one.message}" for one in graded.records if one.status == "infrastructure"]
    said += ["Nothing was written."] if options.dry_run else []
    return said
