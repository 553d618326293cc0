"""A submission: the file that a student handed in, read as far as it can be read."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

SIZE_LIMIT = 50 * 2**20
"""Bytes of a notebook file beyond which it is not read."""


NOT_SEARCHED = (
    "There is no notebook in the submitted folder as far as it was searched: it is too deep, too full, or holds links."
)
"""What stands for the content of a submission in which nothing was found, and says why it is broken."""

LINK = "The submitted folder is a link, which may lead to somebody else's work. It is not followed."
"""The same for a submitted folder that is a link."""


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
    raised: str = ""
    """The name of the exception that a cell of code had raised when the notebook was saved."""
    python: tuple[int, int] | None = None
    """The version of Python with which the notebook was saved."""


@dataclass(frozen=True)
class Submission:
    """A file to be graded: `content` is its bytes, `oddities` says what was unusual about how it was found."""

    student: str
    content: bytes
    oddities: tuple[str, ...] = ()
    file: str = ""
    """The name of the file in the submitted folder."""
    left: tuple[str, ...] = ()
    """The notebooks beside it that were not graded, each with the reason."""


def read_cells(content: bytes) -> list[Cell]:
    """Read the cells of a notebook file of any nbformat from 3 on; raises `Unreadable`.

    Only what grading needs is read, so damage elsewhere in the file does no harm.
    """
    if len(content) > SIZE_LIMIT:
        raise Unreadable(f"The file is larger than {SIZE_LIMIT // 2**20} MiB.")
    for why in (NOT_SEARCHED, LINK):
        if content == why.encode():
            raise Unreadable(why)
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
    python = _python(notebook)
    return [_cell(cell, python) for cell in _raw_cells(notebook) if isinstance(cell, dict)]


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


def _python(notebook: Any) -> tuple[int, int] | None:
    """Return the version of Python that a notebook says it was saved with."""
    found: Any = notebook
    for name in ("metadata", "language_info", "version"):
        found = found.get(name) if isinstance(found, dict) else None
    version = re.match(r"3\.(\d{1,3})\b", found, re.ASCII) if isinstance(found, str) else None
    return (3, int(version[1])) if version else None


def _cell(raw: dict[str, Any], python: tuple[int, int] | None) -> Cell:
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
        raised=next((str(one.get("ename")) for one in _list(raw.get("outputs")) if _is_error(one)), ""),
        python=python,
    )


def _is_error(output: Any) -> bool:
    return isinstance(output, dict) and output.get("output_type") == "error"
