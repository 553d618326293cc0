"""Grade what students submitted: DIR/submitted/<student>/<assignment>/.

Writes DIR/autograded/, DIR/feedback/ and the gradebook. Exits with 0 when every submission has its score, with 3 when
one could not be graded for a reason that is not the student's.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from gdhelpers.commands import DONE, UNGRADED
from gdhelpers.trouble import WrongCall


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
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the scores to this file")


def run(options: argparse.Namespace) -> int:
    """Grade one assignment and print the table of scores."""
    from rich.console import Console

    from gdhelpers.autograder import record, tables
    from gdhelpers.autograder.course import Course
    from gdhelpers.autograder.grading import grade
    from gdhelpers.autograder.progress import Reporter

    if not options.course.is_dir():
        raise WrongCall(f"There is no folder {options.course}. Name the course directory with --course DIR.")
    if options.json is not None and not options.json.absolute().parent.is_dir():
        raise WrongCall(f"There is no folder for --json {options.json}.")
    course = Course(options.course.resolve())
    with Reporter() as reporter:
        records = grade(course, options.assignment, options.student, reporter=reporter)
    if options.json is not None:
        document = record.as_json(options.assignment, records)
        options.json.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    Console().print(tables.scores(options.assignment, records))
    return UNGRADED if any(one.status == "infrastructure" for one in records) else DONE
