"""The lecture in a kit: its notebooks, without their outputs, for a prediction is worth something before its result."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat

FOLDER = "course"

ORDER = (
    "slopes", "torch_autograd", "descent", "torch_regression", "torch_classification", "gradient_tape", "reverse_mode",
    "bug_hunts_gradients", "bug_hunts_training",
)  # fmt: skip
"""In which order the notebooks are read."""


def notebooks(root: Path) -> dict[str, Any]:
    """Return the notebooks of a checkout by their names in the kit, in the order in which they are read."""
    found = {}
    for name in ORDER:
        notebook = nbformat.read(root / FOLDER / f"{name}.ipynb", as_version=4)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        found[f"{FOLDER}/{name}.ipynb"] = notebook
    return found


def content(notebook: Any) -> bytes:
    """Return a notebook as the bytes of its file."""
    return f"{nbformat.writes(notebook)}\n".encode()
