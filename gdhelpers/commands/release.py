"""Make what students get: release/ from source/, the notebooks without solutions, hidden tests and outputs.

The answers in source/ are graded first: they have to get all points, and a test that asks for what cannot come from a
student's process is named. Exits with 1 where that is not so.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from gdhelpers.commands import DIFFERS, DONE

if TYPE_CHECKING:
    from gdhelpers.autograder.course import Course


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `gd release`."""
    parser.add_argument("assignments", nargs="*", metavar="ASSIGNMENT", help="which assignments (default: all)")
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit with 1 when release/ is not what source/ gives"
    )
    parser.add_argument("--untried", action="store_true", help="do not grade the answers in source/ first")
    parser.add_argument("--course", type=Path, default=None, metavar="DIR", help="the course directory")


def run(options: argparse.Namespace) -> int:
    """Write release/, or compare it."""
    from gdhelpers.autograder import release
    from gdhelpers.autograder.course import Course
    from gdhelpers.environment import CHECKOUT, activate

    activate()

    course = Course((options.course or CHECKOUT).resolve())
    names = options.assignments or course.assignments()
    if not (options.check or options.untried) and (failing := _objections(course, names)):
        print("The answers in source/ do not get all points; nothing is released.", *failing, sep="\n", file=sys.stderr)
        return DIFFERS
    stale = []
    for name in names:
        assignment = course.assignment(name)
        folder = course.root / "release" / name
        files = release.release_files(assignment.path.parent, course.config)
        stale += [f"release/{name}/{file}" for file in release.differences(files, folder)]
        if not options.check:
            release.write(files, folder)
    if options.check and stale:
        print(
            f"Not what source/ gives: {', '.join(stale)}. Run: gd release {' '.join(options.assignments)}".rstrip(),
            file=sys.stderr,
        )
        return DIFFERS
    changed = f"changed: {', '.join(stale)}" if stale else "nothing had changed"
    print(f"{len(names)} assignments {'checked' if options.check else 'released'}; {changed}.")
    return DONE


def _objections(course: Course, names: list[str]) -> list[str]:
    """Say what keeps the answers in source/ from all points, where they can be graded."""
    from gdhelpers import system
    from gdhelpers.autograder import trial

    if system.lacking():
        print("The answers in source/ were not graded first: this system cannot.")
        return []
    course.trust()
    return [line for name in names for line in trial.objections(course.assignment(name))]
