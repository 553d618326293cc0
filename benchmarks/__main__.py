"""Measure how fast grading is: `python -m benchmarks [NAME ...]`, or `make bench` for all.

Tables go to stdout, progress to stderr. Interrupted, it shows what was measured so far.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from rich.console import Console

from benchmarks import kernel, machine, memory, scaling, speed, tests_alone
from benchmarks.goals import goals
from benchmarks.progress import note
from benchmarks.rows import Row, document, medians, table

SIZES = (12, 60, 250, 1000)

Benchmark = Callable[[argparse.Namespace], Iterable[Row]]

BENCHMARKS: dict[str, tuple[str, Benchmark]] = {
    "speed": (
        "Seconds per submission, whole commands",
        lambda options: speed.measure(options.submissions, options.repeats, with_stock=not options.without_stock),
    ),
    "kernel": ("Seconds until a kernel has started", lambda options: kernel.measure(options.repeats)),
    "tests": ("CPU seconds of each test cell", lambda options: tests_alone.measure(options.repeats)),
    "memory": ("Memory of gd grade", lambda options: memory.measure(options.submissions)),
    "workers": ("gd grade with several workers", lambda options: scaling.over_workers(options.submissions)),
    "sizes": ("gd grade with classes of several sizes", lambda options: scaling.over_sizes(options.sizes)),
}


def main() -> int:
    """Run the named benchmarks, or all; return the exit code."""
    options = _options()
    about, measured, stopped = machine.facts(), dict[str, list[Row]](), False
    try:
        for name in options.names or BENCHMARKS:
            rows = measured.setdefault(name, [])
            for row in BENCHMARKS[name][1](options):
                rows.append(row)
    except KeyboardInterrupt:
        note("stopped: what follows was measured so far")
        stopped = True
    console = Console(width=None if sys.stdout.isatty() else 160)
    for name, rows in measured.items():
        if rows:
            console.print(table(BENCHMARKS[name][0], medians(rows)))
    asked = goals(measured)
    if asked:
        console.print(table("What was asked for", asked))
    if options.json is not None:
        text = json.dumps(document(about, measured, asked), indent=2)
        options.json.write_text(text + "\n", encoding="utf-8")
    return 130 if stopped else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure how fast grading is.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(BENCHMARKS)} (default: all)")
    parser.add_argument("--submissions", type=int, default=60, metavar="N", help="size of the class (default: 60)")
    parser.add_argument("--repeats", type=int, default=3, metavar="N", help="runs of what is short (default: 3)")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, metavar="N", help="classes of `sizes`")
    parser.add_argument("--without-stock", action="store_true", help="leave out stock nbgrader, which takes minutes")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures to this file")
    options = parser.parse_args()
    if unknown := set(options.names) - set(BENCHMARKS):
        parser.error(f"unknown: {', '.join(sorted(unknown))}. Known: {', '.join(BENCHMARKS)}.")
    if options.json is not None and not options.json.absolute().parent.is_dir():
        parser.error(f"there is no folder for --json {options.json}")
    return options


if __name__ == "__main__":
    sys.exit(main())
