"""Make a kit for students: one zip file with the notebooks, the data and what they need to install.

It holds the lecture, the released notebooks, made anew from source/, and a gdhelpers without what is for instructors
only. Its README says how to install it on Windows, macOS and Linux.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from gdhelpers.commands import DONE
from gdhelpers.trouble import WrongCall


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `gd kit`."""
    parser.add_argument(
        "assignments",
        nargs="*",
        metavar="ASSIGNMENT",
        help="which assignments, without the lecture (default: all, and the lecture)",
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=None,
        metavar="FILE",
        help="where to write the kit; a file of that name is replaced (default: gradients-kit.zip, by the name of the "
        "course)",
    )
    parser.add_argument("--course", type=Path, default=None, metavar="DIR", help="the course directory")


def run(options: argparse.Namespace) -> int:
    """Make the kit and say what is in it."""
    from gdhelpers import kit
    from gdhelpers.autograder.course import Course
    from gdhelpers.environment import CHECKOUT
    from gdhelpers.kit.project import Project

    if options.course is not None and not options.course.is_dir():
        raise WrongCall(f"There is no folder {options.course}. Name the course directory with --course DIR.")
    project = Project(CHECKOUT)
    course = Course((options.course or CHECKOUT).resolve())
    out = options.out or Path(f"{course.course_id}-kit.zip")
    if out.is_dir() or not out.absolute().parent.is_dir():
        wrong = "is a folder" if out.is_dir() else "is in no folder that exists"
        raise WrongCall(f"--out {out} {wrong}. Name a file, such as --out {course.course_id}-kit.zip.")
    names = sorted(set(options.assignments)) or course.assignments()
    files = kit.kit_files(course, project, names, with_lecture=not options.assignments)
    kit.write(kit.archive(files, course.course_id), out)
    inside = ", ".join(names if options.assignments else ["the lecture", *names])
    print(f"{out}: {inside}; {len(files)} files, {out.stat().st_size // 1000} kB.")
    return DONE
