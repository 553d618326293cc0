"""The process of the floor: it imports everything, and forks once for each submission. Nothing of Jupyter runs in it.

It reads a plan from stdin and writes what it measured as the last line of stdout, both JSON. It must never compute: a
fork of a process whose thread pools have run hangs.
"""

from __future__ import annotations

import importlib
import io
import json
import linecache
import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from gdhelpers.quiet import quietly

Cell = tuple[str, float]
"""The source of a cell, and the points that it earns when it runs to its end."""


def main(scouts: bool) -> None:
    """Run a plan: its `modules` and the cells of each of its `submissions`, on as many `workers`.

    A scout runs the cells in this very process and tells what they import when it is first used.
    """
    plan = json.load(sys.stdin)
    begun = time.perf_counter()
    with quietly():
        for name in plan["modules"]:
            with suppress(Exception):  # some can be imported by their own package alone
                importlib.import_module(name)
    warm = time.perf_counter()
    if scouts:
        before = set(sys.modules)
        for cells in plan["submissions"].values():
            run(cells, plan["draws"])
        result: dict[str, Any] = {"modules": sorted(set(sys.modules) - before)}
    else:
        done = _fork_all(plan["submissions"], plan["workers"], plan["draws"])
        result = {"import_seconds": warm - begun, "seconds": time.perf_counter() - warm, "submissions": done}
    print(json.dumps(result))


def _fork_all(submissions: dict[str, list[Cell]], workers: int, draws: bool) -> dict[str, dict[str, Any]]:
    """Run each submission in a fork of its own; return its score, its CPU seconds, and those of each cell."""
    waiting = list(submissions.items())
    running: dict[int, tuple[str, int]] = {}
    done = {}
    while waiting or running:
        while waiting and len(running) < workers:
            student, cells = waiting.pop(0)
            process, pipe = _fork(partial(run, cells, draws))
            running[process] = student, pipe
        process, status, usage = os.wait4(-1, 0)
        student, pipe = running.pop(process)
        with os.fdopen(pipe) as file:
            answer = file.read()
        if status:
            raise ChildProcessError(f"The fork for {student} ended with {status}.")
        done[student] = json.loads(answer) | {"cpu_seconds": usage.ru_utime + usage.ru_stime}
    return done


def _fork(work: Callable[[], Any]) -> tuple[int, int]:
    """Do some work in a fork; return its process id and the pipe through which the answer comes, as JSON."""
    reading, writing = os.pipe()
    process = os.fork()
    if process:
        os.close(writing)
        return process, reading
    status = 1
    try:
        nowhere = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(nowhere, descriptor)
        answer = json.dumps(work())
        with os.fdopen(writing, "w") as file:
            file.write(answer)
        status = 0
    finally:
        os._exit(status)


def run(cells: list[Cell], draws: bool = False) -> dict[str, Any]:
    """Run cells one after the other in one namespace.

    Return the `score`, which is the points of cells that ran to their ends, and the CPU seconds of each of the `cells`.
    """
    namespace: dict[str, Any] = {"__name__": "__main__"}
    if draws:
        _draw_when_shown()
    score, taken = 0.0, []
    for number, (source, points) in enumerate(cells):
        name = f"<cell {number}>"
        # As IPython does: `tf.function` reads the source of what it traces.
        linecache.cache[name] = len(source), None, source.splitlines(keepends=True), name
        begun = time.process_time()
        with suppress(BaseException):  # a cell may raise whatever it likes
            exec(compile(source, name, "exec"), namespace)
            score += points
        taken.append(time.process_time() - begun)
    return {"score": score, "cells": taken}


def _draw_when_shown() -> None:
    """Let figures be drawn as a notebook shows them: as PNG, cropped."""
    pyplot = importlib.import_module("matplotlib.pyplot")

    def show() -> None:
        for number in pyplot.get_fignums():
            pyplot.figure(number).savefig(io.BytesIO(), format="png", bbox_inches="tight")
        pyplot.close("all")

    setattr(pyplot, "show", show)  # noqa: B010 - its module is known by name alone


if __name__ == "__main__":
    main(scouts=sys.argv[1:] == ["--scout"])
