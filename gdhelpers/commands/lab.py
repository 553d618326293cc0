"""Open JupyterLab on the course: the formgrader for the instructor, Validate for a student, the right kernel for both.

Ctrl-C ends it. What follows `--` goes to JupyterLab: gd lab -- --no-browser --port 8889
"""

from __future__ import annotations

import argparse
from importlib.metadata import entry_points
from pathlib import Path

from gdhelpers.commands import DONE
from gdhelpers.trouble import WrongCall

PREPARATIONS = "gdhelpers.lab"
"""The group of entry points that are called with the course directory before an instructor's JupyterLab starts."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `gd lab`."""
    parser.add_argument(
        "--course",
        type=Path,
        default=Path(),
        metavar="DIR",
        help="the folder to open: the course directory, or a student's folder of notebooks (default: here)",
    )
    parser.add_argument(
        "--student",
        action="store_true",
        help="open it as a student sees it, without the formgrader; where only the students' package is installed, it "
        "always is",
    )
    parser.add_argument("options", nargs="*", metavar="-- OPTION", help="options of JupyterLab itself")


def run(options: argparse.Namespace) -> int:
    """Run JupyterLab until it is ended."""
    from gdhelpers.lab import Lab

    if not options.course.is_dir():
        raise WrongCall(
            f"There is no folder {options.course}. Name the one that holds the notebooks with --course DIR."
        )
    if options.options and not options.options[0].startswith("-"):
        raise WrongCall(f"{options.options[0]!r} is not an option of JupyterLab. Name a folder with --course DIR.")
    folder = options.course.resolve()
    # What an instructor's view needs first comes with the package for instructors; students have none.
    preparations = () if options.student else entry_points(group=PREPARATIONS)
    for preparation in preparations:
        preparation.load()(folder)
    Lab(folder, student=not preparations).run(options.options)
    return DONE
