"""Say what a class did on an assignment: scores, exercises, misconceptions, and answers that none explains.

Printed here, and written as one HTML page that opens anywhere. It names students: keep it as private as the gradebook.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from gdhelpers.commands import DONE
from gdhelpers.trouble import WrongCall


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `gd report`."""
    parser.add_argument("assignment", metavar="ASSIGNMENT", help="for example ps1-autograd")
    parser.add_argument(
        "--course", type=Path, default=Path(), metavar="DIR", help="the course directory (default: here)"
    )
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="where to write the page (default: DIR/reports/ASSIGNMENT.html)"
    )


def run(options: argparse.Namespace) -> int:
    """Print the report and write the page."""
    from rich.console import Console

    from gdhelpers.autograder import report
    from gdhelpers.autograder.course import Course
    from gdhelpers.autograder.report import page, terminal

    if not options.course.is_dir():
        raise WrongCall(f"There is no folder {options.course}. Name the course directory with --course DIR.")
    if options.out is not None and (options.out.is_dir() or not options.out.absolute().parent.is_dir()):
        wrong = "is a folder" if options.out.is_dir() else "is in no folder that exists"
        raise WrongCall(f"--out {options.out} {wrong}. Name a file, such as --out {options.assignment}.html.")
    course = Course(options.course.resolve())
    found = report.of(course, course.assignment(options.assignment))
    console = Console()
    for part in terminal.parts(found):
        console.print(part)
    out = options.out or course.root / "reports" / f"{options.assignment}.html"
    out.parent.mkdir(exist_ok=True)
    out.write_text(page.html(found), encoding="utf-8")
    print(f"\nPage: {out}")
    return DONE
