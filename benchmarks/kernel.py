"""How long a kernel takes to start, until it answers and until it has imported what the notebook uses.

The stock kernel starts Python anew each time. The course's kernel is forked from a parent that has imported; the first
one of a process waits for that parent. Through nbclient it takes a fifth of a second longer, with any kernel: for so
long jupyter_client's `wait_for_ready` listens to what else a kernel that has answered may say.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import nbformat
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient

from benchmarks import mix
from benchmarks.progress import note
from benchmarks.rows import Row

KERNELS = ("python3", "gdhelpers")
PATIENCE = 120
"""Seconds that a kernel may take."""


def measure(repeats: int) -> Iterator[Row]:
    """Yield for each start the seconds until the kernel answers, and until the cell of imports is done."""
    cell = next(cell.source for cell in mix.assignment().notebook.cells if cell.cell_type == "code")
    installed = KernelSpecManager().find_kernel_specs()
    for name in KERNELS:
        if name not in installed:
            note(f"kernel {name}: not installed here, so it is not measured")
    starts: dict[str, Callable[[str, str], Row]] = {"jupyter_client": _by_jupyter_client, "nbclient": _by_nbclient}
    for run in range(repeats + 1):
        note(f"kernels: run {run + 1} of {repeats + 1}")
        for name in KERNELS:
            for through, start in starts.items() if name in installed else ():
                label = f"{name} through {through}" + ("" if run else ", first")
                yield {"what": label} | start(name, cell)


def _by_jupyter_client(name: str, cell: str) -> Row:
    begun = time.perf_counter()
    manager = KernelManager(kernel_name=name)
    manager.start_kernel()
    client = manager.client()
    try:
        client.start_channels()
        client.kernel_info(reply=True, timeout=PATIENCE)
        answers = time.perf_counter() - begun
        reply = client.execute_interactive(cell, timeout=PATIENCE, output_hook=lambda _: None)
        return _row(begun, answers, reply["content"]["status"])
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def _by_nbclient(name: str, cell: str) -> Row:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell)])
    begun = time.perf_counter()
    client = NotebookClient(notebook, kernel_name=name, timeout=PATIENCE, startup_timeout=PATIENCE)
    with client.setup_kernel():
        answers = time.perf_counter() - begun
        client.execute_cell(notebook.cells[0], 0)
        return _row(begun, answers, "ok")


def _row(begun: float, answers: float, status: Any) -> Row:
    if status != "ok":
        raise ValueError(f"The cell of imports ended with {status}.")
    return {"seconds_to_answer": answers, "seconds_to_imported": time.perf_counter() - begun}
