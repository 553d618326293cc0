"""`gd`: the command of the course."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from gdhelpers import __version__
from gdhelpers.autograder.trouble import Trouble, WrongCall

DONE, DIFFERS, WRONG, UNGRADED = 0, 1, 2, 3
"""Exit codes: all is well; a check failed; the call was wrong; the grader had trouble of its own."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.command(options))
    except WrongCall as error:
        return _say(error, WRONG, options.debug)
    except Trouble as error:
        return _say(error, UNGRADED, options.debug)
    except KeyboardInterrupt:
        print("gd: stopped. What was graded so far is kept; the same command begins again.", file=sys.stderr)
        return 130
    except Exception as error:
        if options.debug:
            raise
        return _say(f"{type(error).__name__}: {error}. This is a defect of gd; --debug shows where.", UNGRADED, False)


def _say(error: object, code: int, debug: bool) -> int:
    if debug and isinstance(error, BaseException):
        raise error
    print(f"gd: {error}", file=sys.stderr)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="gd",
        description="Release the assignments of the course, grade what students submit, and see whether all is well.",
        epilog="New here? Try `gd demo`: it makes up a class, grades it and says where to look.",
    )
    parser.add_argument("--version", action="version", version=f"gd {__version__}")
    parser.add_argument("--debug", action="store_true", help="show the traceback of an error")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for add in (_add_release, _add_grade, _add_demo, _add_doctor):
        add(commands)
    return parser


Commands = argparse._SubParsersAction  # the type has no public name


def _command(
    commands: Commands[argparse.ArgumentParser], run: Callable[[argparse.Namespace], int], help_: str, description: str
) -> argparse.ArgumentParser:
    name = run.__name__.strip("_")
    parser = commands.add_parser(name, help=help_, description=description)
    parser.set_defaults(command=run)
    # Given before or after the command; SUPPRESS keeps the one after from resetting the one before.
    parser.add_argument("--debug", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    return parser


def _add_release(commands: Commands[argparse.ArgumentParser]) -> None:
    parser = _command(
        commands,
        _release,
        "make what students get",
        "Make release/ from source/: the notebooks without solutions, hidden tests and outputs.",
    )
    parser.add_argument("assignments", nargs="*", metavar="ASSIGNMENT", help="which assignments (default: all)")
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit with 1 when release/ is not what source/ gives"
    )
    parser.add_argument("--course", type=Path, default=None, metavar="DIR", help="the course directory")


def _add_grade(commands: Commands[argparse.ArgumentParser]) -> None:
    parser = _command(
        commands,
        _grade,
        "grade what students submitted",
        "Grade DIR/submitted/<student>/<assignment>/ and write DIR/autograded/, DIR/feedback/ and the "
        "gradebook. Exits with 0 when every submission has its score, with 3 when one could not be "
        "graded for a reason that is not the student's.",
    )
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


def _add_demo(commands: Commands[argparse.ArgumentParser]) -> None:
    parser = _command(
        commands,
        _demo,
        "grade a made-up class",
        "Make a course directory with a made-up class, grade it and compare every score with the known "
        "right one. Exits with 1 when a score differs.",
    )
    parser.add_argument("--students", type=_positive, default=24, metavar="N", help="how many students (default: 24)")
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("demo"),
        metavar="DIR",
        help="where to make the course directory (default: demo/)",
    )


def _add_doctor(commands: Commands[argparse.ArgumentParser]) -> None:
    _command(
        commands,
        _doctor,
        "say what is installed and what is missing",
        "Look at the installation, and say of everything that is missing what to do about it.",
    )


def _positive(text: str) -> int:
    number = int(text) if text.isdecimal() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"expected a number from 1 on, not {text!r}")
    return number


def _release(options: argparse.Namespace) -> int:
    from gdhelpers.autograder import release
    from gdhelpers.autograder.course import Course
    from gdhelpers.autograder.environment import CHECKOUT

    course = Course((options.course or CHECKOUT).resolve())
    names = options.assignments or course.assignments()
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


def _grade(options: argparse.Namespace) -> int:
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


def _demo(options: argparse.Namespace) -> int:
    from rich.console import Console

    from gdhelpers.autograder import tables
    from gdhelpers.autograder.demonstration import ASSIGNMENT, demonstrate
    from gdhelpers.autograder.progress import Reporter

    with Reporter() as reporter:
        records, differing = demonstrate(options.out.resolve(), options.students, reporter)
    Console().print(tables.scores(ASSIGNMENT, records))
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


def _doctor(_: argparse.Namespace) -> int:
    from gdhelpers.autograder.doctor import examine_installation

    return examine_installation()


if __name__ == "__main__":
    sys.exit(main())
