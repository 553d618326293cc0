"""Hand in every misconception as an answer: a table of which hidden tests notice it, and which cases.

For authors of exercises. Exits with 1 when a misconception keeps its points, or a right spelling loses them.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from gdhelpers.commands import DIFFERS, DONE, positive
from gdhelpers.trouble import WrongCall

if TYPE_CHECKING:
    from rich.table import Table

    from gdhelpers.mutants import Mutant


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `gd mutants`."""
    parser.add_argument("assignment", nargs="?", metavar="ASSIGNMENT", help="only this assignment (default: all)")
    parser.add_argument(
        "--seeds", type=positive, default=20, metavar="N", help="with how many seeds to draw cases (default: 20)"
    )
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="also write the misconceptions and what became of them"
    )


def run(options: argparse.Namespace) -> int:
    """Try all misconceptions and all spellings, and print what came of them."""
    from rich.console import Console

    from gdhelpers import spellings
    from gdhelpers.autograder.course import Course
    from gdhelpers.environment import CHECKOUT
    from gdhelpers.mutants import mutants, rejected

    if options.json is not None and not options.json.absolute().parent.is_dir():
        raise WrongCall(f"There is no folder for --json {options.json}.")
    course = Course(CHECKOUT)
    names = [options.assignment] if options.assignment else course.assignments()
    graded = [cell.function for name in names for cell in course.assignment(name).graded if cell.function]
    seeds, console, tried, lost = range(options.seeds), Console(), [], []
    for function in dict.fromkeys(graded):
        found = mutants(function, seeds)
        console.print(_table(function, found))
        tried += found
        lost += [(function, *loss) for loss in rejected(function, spellings.of(function), seeds)]
    for function, spelling, seed, message in lost:
        console.print(f"A right answer loses its points: {function}, {spelling}, seed {seed}: {message}", style="red")
    if options.json is not None:
        options.json.write_text(json.dumps([mutant.as_json() for mutant in tried], indent=2) + "\n", encoding="utf-8")
    alive = [mutant for mutant in tried if not mutant.killed]
    print(
        f"{len(tried) - len(alive)} of {len(tried)} misconceptions lose their points with each of {len(seeds)} seeds."
    )
    return DIFFERS if alive or lost else DONE


def _table(function: str, found: list[Mutant]) -> Table:
    """Return the table of one function: a row a misconception, a mark for each case."""
    from rich.table import Table
    from rich.text import Text

    from gdhelpers.hidden_tests import exercise

    cases = [case.name for case in exercise.cases(function)]
    legend = ", ".join(f"{number} {name}" for number, name in enumerate(cases, start=1))
    table = Table(title=function, title_justify="left", title_style="bold", header_style="bold", caption_justify="left")
    table.caption = f"Noticed by case 1, 2, ...: # with every seed, + with some, . with none. {legend}."
    table.add_column("misconception")
    table.add_column("loses its points", justify="right")
    table.add_column("is named", justify="right")
    table.add_column("noticed by", no_wrap=True)
    for mutant in found:
        table.add_row(
            mutant.misconception.slug,
            Text(f"{mutant.seeds - len(mutant.survived)} of {mutant.seeds}", style="" if mutant.killed else "bold red"),
            f"{mutant.named} of {mutant.seeds}",
            "".join(_mark(mutant.killed_by.get(name, 0), mutant.seeds) for name in cases),
        )
    return table


def _mark(count: int, seeds: int) -> str:
    return "#" if count == seeds else "+" if count else "."
