"""The README of a kit: what is in it, how to install it on each system, and how to begin."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from packaging.specifiers import SpecifierSet

from gdhelpers.autograder.assignment import Assignment
from gdhelpers.kit.project import Project

TEXT = Path(__file__).with_name("readme.md")
"""What is the same for every kit, with names in braces where one differs."""

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
    return TEXT.read_text(encoding="utf-8").format(
        notebooks="\n".join(rows),
        lecture=LECTURE.format(rows=questions) if lectures else "",
        gigabytes=1 + sum(GIGABYTES[framework] for framework in frameworks),
        pythons=_versions(project.pythons),
        first=notebooks[0].strip("`"),
    )


def _versions(pythons: str) -> str:
    """Return the versions of Python of a range in words.

    >>> _versions(">=3.11,<3.14")
    '3.11, 3.12 or 3.13'
    """
    versions = [f"3.{minor}" for minor in range(100) if SpecifierSet(pythons).contains(f"3.{minor}")]
    return f"{', '.join(versions[:-1])} or {versions[-1]}"


def _title(notebook: Any) -> str:
    """Return the first heading of a notebook, or nothing."""
    lines = (line for cell in notebook.cells if cell.cell_type == "markdown" for line in cell.source.splitlines())
    return next((line.removeprefix("# ") for line in lines if line.startswith("# ")), "")
