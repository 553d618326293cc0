"""`gd`: the command of the course."""

from __future__ import annotations

import argparse
import inspect
import io
import sys
from collections.abc import Sequence

from gdhelpers import __version__, commands
from gdhelpers.trouble import Trouble, WrongCall, of_the_disk


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        # Names and tables hold characters that not every terminal has: there they are replaced.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except Trouble as error:
        if options.debug:
            raise
        return _say(error, commands.WRONG if isinstance(error, WrongCall) else commands.UNGRADED)
    except KeyboardInterrupt:
        return _say("stopped.", 130)
    except Exception as error:
        if options.debug:
            raise
        if (why := of_the_disk(error)) is not None:
            return _say(f"{why}.", commands.UNGRADED)
        defect = f"{type(error).__name__}: {error}. This is a defect of gd; --debug shows where."
        return _say(defect, commands.UNGRADED)


def _say(message: object, code: int) -> int:
    print(f"gd: {message}", file=sys.stderr)
    return code


def _parser() -> argparse.ArgumentParser:
    modules = {module.__name__.rpartition(".")[2]: module for module in commands.found()}
    hint = "New here? Try `gd demo`: it makes up a class, grades it and says where to look."
    parser = argparse.ArgumentParser(
        prog="gd",
        description="The command of the course on computing gradients with autograd libraries.",
        epilog=hint if "demo" in modules else None,
    )
    parser.add_argument("--version", action="version", version=f"gd {__version__}")
    parser.add_argument("--debug", action="store_true", help="show the traceback of an error")
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, module in modules.items():
        description = inspect.getdoc(module) or ""
        summary = description.partition(":")[0].partition(".")[0]
        command = subparsers.add_parser(name, help=summary[0].lower() + summary[1:], description=description)
        module.configure(command)
        command.set_defaults(run=module.run)
        # Given before or after the command; SUPPRESS keeps the one after from resetting the one before.
        command.add_argument("--debug", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    return parser


if __name__ == "__main__":
    sys.exit(main())
