"""Grade a made-up class: make a course directory, grade it and compare every score with the known right one.

Exits with 1 when a score differs.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from gdhelpers.commands import DIFFERS, DONE, positive


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `gd demo`."""
    parser.add_argument("--students", type=positive, default=24, metavar="N", help="how many students (default: 24)")
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("demo"),
        metavar="DIR",
        help="where to make the course directory (default: demo/)",
    )


def run(options: argparse.Namespace) -> int:
    """Make up a class, grade it and say where to look."""
    from rich.console import Console

    from gdhelpers import sandbox
    from gdhelpers.autograder import tables
    from gdhelpers.autograder.demonstration import ASSIGNMENT, demonstrate
    from gdhelpers.autograder.progress import Reporter

    for layer, why in sandbox.missing().items():
        print(f"This system lacks a part of the sandbox, {layer} ({why}). The made-up submissions run without it.")
    with Reporter() as reporter:
        records, differing = demonstrate(options.out.resolve(), options.students, reporter)
    console = Console()
    console.print(tables.scores(ASSIGNMENT, records, console.width))
    print(f"Feedback for each student: {options.out}/feedback/<student>/{ASSIGNMENT}/")
    print(f"Gradebook: {options.out}/gradebook.db")
    for difference in differing:
        print(f"Not the right score: {difference}", file=sys.stderr)
    print(
        "Some scores differ from the known right ones."
        if differing
        else f"All {len(records)} scores are the known right ones."
    )
    return DIFFERS if differing else DONE
