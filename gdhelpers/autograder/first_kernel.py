"""Trying what every grading begins with: a warm parent, a kernel forked from it into the sandbox, a gradient."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbformat.v4 import new_code_cell, new_notebook

from gdhelpers import sandbox
from gdhelpers.autograder import parents
from gdhelpers.autograder.kernel import Budget, CellRun, Kernel
from gdhelpers.autograder.settings import Limits, Settings
from gdhelpers.autograder.surroundings import Surroundings, surroundings
from gdhelpers.kernels.parent import CannotBegin

PATIENCE = 30.0
"""Seconds on the clock, from the start of the parent, after which somebody who waits is told what is known."""

MODULES = ("matplotlib.pyplot", "numpy", "pandas", "tensorflow", "torch")
"""What the notebooks of the course import, all together."""

SLOPES = {
    "torch": """
import torch
x = torch.tensor([3.0], requires_grad=True)
optimiser = torch.optim.SGD([x], lr=0.1)
(x**2 + 4 * x).sum().backward()
assert x.grad.item() == 10.0, x.grad
""",
    "TensorFlow": """
import tensorflow as tf
x = tf.Variable(3.0)
with tf.GradientTape() as tape:
    y = x**2 + 4 * x
assert tape.gradient(y, x).numpy() == 10.0
""",
}
"""The slope of x^2 + 4x at 3, by each framework; an optimiser loads the rest of torch."""


@dataclass(frozen=True)
class FirstKernel:
    """What came of the first kernel: why it did not begin, or what is wrong in each framework, if anything is."""

    seconds: float
    left_out: dict[str, str]
    """The modules that are not imported ahead, and what importing them does."""
    trouble: str | None = None
    wrong: dict[str, str | None] = field(default_factory=dict)


def warm() -> None:
    """Let the parent begin to import."""
    parents.of_kernels(MODULES).warm()


def begin(course: Path) -> FirstKernel:
    """Fork a kernel as grading does, in as much of a sandbox as there is, and have it compute slopes."""
    started = time.monotonic()
    notebook = new_notebook(cells=[new_code_cell(source) for source in SLOPES.values()])
    lacking = sandbox.missing()
    settings = Settings(Limits(), tuple(layer for layer in sandbox.PROFILES[sandbox.profile()] if layer not in lacking))
    trouble, wrong = None, {}
    try:
        with surroundings(settings, len(SLOPES), {}, course) as around:
            runs = asyncio.run(_patiently(notebook, around))
        wrong = {name: _problem(run) for name, run in zip(SLOPES, runs, strict=True)}
    except _TooLateError as late:
        trouble = str(late)
    except CannotBegin as error:
        trouble = str(error).removesuffix(" Run: gd doctor")
    except Exception as error:
        trouble = f"{type(error).__name__}: {error}"
    left_out = warm_up.left_out if (warm_up := parents.of_kernels(MODULES).warm_up) else {}
    parents.close()
    return FirstKernel(time.monotonic() - started, left_out, trouble, wrong)


class _TooLateError(Exception):
    """The kernel has not computed in time; the text says what it waits for."""


async def _patiently(notebook: Any, around: Surroundings) -> list[CellRun]:
    running = asyncio.ensure_future(_runs(notebook, around))
    await asyncio.wait({running}, timeout=PATIENCE)
    if running.done():
        return running.result()
    late = _TooLateError(f"after {PATIENCE:g} seconds it has not computed yet{_doing()}")
    parents.close()  # while its parent imports, a kernel cannot even be ended
    running.cancel()
    await asyncio.wait({running})
    raise late


async def _runs(notebook: Any, around: Surroundings) -> list[CellRun]:
    limits = Limits()
    async with Kernel(notebook, around, limits, MODULES, Budget(2**20)) as kernel:
        with kernel.agent:  # there is no examiner to take it
            cells = enumerate(notebook.cells)
            return [await kernel.run(cell, index, limits.cell_seconds) for index, cell in cells]


def _doing() -> str:
    """Say what the parent does, if it has not imported yet."""
    warm_up = parents.of_kernels(MODULES).warm_up
    if warm_up is None or warm_up.is_ready:
        return ""
    before = f"; before that, {warm_up.why}" if warm_up.why else ""
    return f": importing {warm_up.importing} takes that long{before}"


def _problem(run: CellRun) -> str | None:
    if run.end != "finished":
        return f"the process {'ended' if run.end == 'crashed' else 'took too long'}"
    return f"{run.error.ename}: {run.error.evalue}" if run.error else None
