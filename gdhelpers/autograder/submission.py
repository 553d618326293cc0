"""A submission: the file that a student handed in, read as far as it can be read."""

from __future__ import annotations

import json
import os
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from gdhelpers.autograder.assignment import Assignment
from gdhelpers.autograder.outputs import writable

NOT_WORK = {"timestamp.txt", ".DS_Store"}
"""What the exchange or an operating system puts beside a submission."""

SIZE_LIMIT = 50 * 2**20
"""Bytes of a notebook file beyond which it is not read."""


ENTRY_LIMIT = 100_000
"""Files and folders of a submission beyond which it is not searched."""

PATH_LIMIT = 2000
"""Bytes of a path beyond which it is not followed: the system takes none of more than 4096."""

NOT_SEARCHED = (
    "There is no notebook in the submitted folder as far as it was searched: it is too deep, too full, or holds links."
)
"""What stands for the content of a submission in which nothing was found, and says why it is broken."""


class Unreadable(Exception):  # noqa: N818 - it is the student's file that has the error
    """A submitted file cannot be read as a notebook; the message says why in the student's words."""


@dataclass(frozen=True)
class Cell:
    """What is read of a submitted cell: its type, its source and by what it can be recognised."""

    kind: str
    source: str
    cell_id: str | None
    grade_id: str | None
    attachments: dict[str, Any] = field(default_factory=dict)
    """What was put into a cell of text, as it was found."""


@dataclass(frozen=True)
class Submission:
    """A file to be graded: `content` is its bytes, `oddities` says what was unusual about how it was found."""

    student: str
    content: bytes
    oddities: tuple[str, ...] = ()


def find(folder: Path, assignment: Assignment, student: str) -> Submission | None:
    """Return what a student submitted in `folder`, or None where there is no notebook.

    The notebook may have another name than the released one: then the one whose name is nearest counts.
    """
    files, is_whole = _files(folder)
    notebooks = [path for path in files if path.name.endswith(".ipynb") and ".ipynb_checkpoints" not in path.parts]
    oddities = [] if is_whole else ["not all of the submitted folder was searched"]
    if not notebooks:
        return _other_file(files, student, oddities)
    chosen = min(notebooks, key=lambda path: _distance(path, folder, assignment.file_name))
    name = writable(chosen.name)
    if name != assignment.file_name:
        oddities.append(f"the notebook is named {name}, not {assignment.file_name}")
    if len(notebooks) > 1:
        oddities.append(f"{len(notebooks)} notebooks were submitted; {name} was graded")
    return Submission(student, _content(chosen), tuple(oddities))


def _other_file(files: Sequence[Path], student: str, oddities: Sequence[str]) -> Submission | None:
    """Return what was handed in where no file is named as a notebook; None where nothing was."""
    others = [path for path in files if path.name not in NOT_WORK]
    if others:
        return Submission(student, _content(others[0]), (*oddities, f"no notebook, but {writable(others[0].name)}"))
    return Submission(student, NOT_SEARCHED.encode(), tuple(oddities)) if oddities else None


def _files(folder: Path) -> tuple[list[Path], bool]:
    """Return the files in a folder, in order, and whether all of it was searched.

    Links are not followed: what they lead to is read with the grader's rights, and may be another's work.
    """
    files: list[Path] = []
    folders, entries, is_whole = deque([str(folder)] if folder.is_dir() else []), 0, True
    while folders and entries < ENTRY_LIMIT:
        with os.scandir(folders.popleft()) as found:  # the nearest first
            for entry in islice(found, ENTRY_LIMIT - entries):
                entries += 1
                if len(os.fsencode(entry.path)) > PATH_LIMIT:
                    is_whole = False
                elif entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                elif entry.is_file(follow_symlinks=False):
                    files.append(Path(entry.path))
                elif entry.name.endswith(".ipynb"):  # a link
                    is_whole = False
    return sorted(files), is_whole and entries < ENTRY_LIMIT


def _content(path: Path) -> bytes:
    """Read a file as far as is needed to know that it is too large: it may claim any size."""
    with path.open("rb") as file:
        return file.read(SIZE_LIMIT + 1)


def read_cells(content: bytes) -> list[Cell]:
    """Read the cells of a notebook file of any nbformat from 3 on; raises `Unreadable`.

    Only what grading needs is read, so damage elsewhere in the file does no harm.
    """
    if len(content) > SIZE_LIMIT:
        raise Unreadable(f"The file is larger than {SIZE_LIMIT // 2**20} MiB.")
    if content == NOT_SEARCHED.encode():
        raise Unreadable(NOT_SEARCHED)
    if not content.strip():
        raise Unreadable("The file is empty.")
    try:
        notebook = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise Unreadable("The file is not text in UTF-8, so it is not a notebook.") from None
    except json.JSONDecodeError as error:
        raise Unreadable(f"The file is not a notebook: it is not JSON from line {error.lineno} on.") from None
    except ValueError:  # a number of more digits than Python reads
        raise Unreadable("The file is not a notebook: it holds a number that cannot be read.") from None
    except RecursionError:
        raise Unreadable("The file is not a notebook: its JSON is nested too deeply.") from None
    return [_cell(cell) for cell in _raw_cells(notebook) if isinstance(cell, dict)]


def _raw_cells(notebook: Any) -> Sequence[Any]:
    if isinstance(notebook, dict):
        cells = notebook.get("cells")
        if cells is None and isinstance(notebook.get("worksheets"), list):  # nbformat 3
            sheets = [sheet for sheet in notebook["worksheets"] if isinstance(sheet, dict)]
            cells = [cell for sheet in sheets for cell in _list(sheet.get("cells"))]
        if isinstance(cells, list):
            return cells
    raise Unreadable("The file is JSON, but not a notebook: it has no list of cells.")


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _cell(raw: dict[str, Any]) -> Cell:
    source = raw.get("source", raw.get("input", ""))  # nbformat 3 calls it input
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    metadata = raw.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
    return Cell(
        kind=str(raw.get("cell_type")),
        # A lone surrogate is legal in JSON and cannot be written to any file.
        source=source.encode("utf-8", "replace").decode() if isinstance(source, str) else "",
        cell_id=raw["id"] if isinstance(raw.get("id"), str) else None,
        grade_id=grade_id if isinstance(grade_id, str) else None,
        attachments=raw["attachments"] if isinstance(raw.get("attachments"), dict) else {},
    )


def _distance(path: Path, folder: Path, name: str) -> tuple[bool, bool, int, str]:
    stem = Path(name).stem
    depth = len(path.relative_to(folder).parts)
    return path.name != name, stem not in path.stem, depth, path.name
