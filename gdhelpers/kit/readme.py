"""The README of a kit: what is in it, how to install it on each system, and how to begin."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from gdhelpers.autograder.assignment import Assignment
from gdhelpers.kit.project import Project

TEXT = Path(__file__).with_name("readme.md")
"""What is the same for every kit, with names in braces where one differs."""

TORCH_ON_LINUX = """
On Linux the package index hands out a build of PyTorch with gigabytes for graphics cards. To do without, type this
between the first line and the second. PyTorch's own "Get started" page names the index, for *Pip* and *CPU*:

```
.venv/bin/python -m pip install {torch} --index-url <the CPU index that pytorch.org names>
```
"""

GIGABYTES = {"torch": 1, "tensorflow": 2}
"""What a framework takes, besides 1 for everything else."""


LECTURE = """
The lecture comes before them. Nothing in it is graded. It asks for a prediction before each result, so its cells have
no outputs yet: read from the top, and run them one by one.

| Notebook | Its question |
|---|---|
{rows}
"""


def text(
    assignments: Sequence[Assignment], lectures: Mapping[str, Any], project: Project, frameworks: Collection[str]
) -> str:
    """Return the README of a kit that holds these assignments and lectures and needs these frameworks."""
    notebooks = [f"`{one.name}/{one.file_name}`" for one in assignments]
    titles = [_title(one.stub) or one.name for one in assignments]
    rows = [
        f"| {name} | {title} | {one.max_score:g} |"
        for name, title, one in zip(notebooks, titles, assignments, strict=True)
    ]
    questions = "\n".join(f"| `{name}` | {_title(notebook)} |" for name, notebook in lectures.items())
    torch = "".join(project.pins(project.dependencies({"torch"} & set(frameworks))))
    return TEXT.read_text(encoding="utf-8").format(
        notebooks="\n".join(rows),
        lecture=LECTURE.format(rows=questions) if lectures else "",
        gigabytes=1 + sum(GIGABYTES[framework] for framework in frameworks),
        note=TORCH_ON_LINUX.format(torch=torch) if torch else "",
        first=notebooks[0].strip("`"),
    )


def _title(notebook: Any) -> str:
    """Return the first heading of a notebook, or nothing."""
    lines = (line for cell in notebook.cells if cell.cell_type == "markdown" for line in cell.source.splitlines())
    return next((line.removeprefix("# ") for line in lines if line.startswith("# ")), "")
