"""Where the visible checks show their results: one small table a cell in JupyterLab, a line a check elsewhere."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from html import escape
from typing import Any


@dataclass(frozen=True)
class Row:
    """The result of one check: what was checked, what was expected and what came, and how it stands, in words."""

    check: str
    expected: str
    came: str
    result: str
    passed: bool

    @property
    def text(self) -> str:
        """The row as a line of text.

        >>> Row("the loss", "a scalar", "a float", "agrees", True).text
        'ok     the loss agrees'
        >>> Row("the loss", "a scalar", "None", "differs", False).text
        'wrong  the loss differs (expected: a scalar; came: None)'
        """
        if self.passed:
            return f"ok     {self.check} {self.result}"
        return f"wrong  {self.check} {self.result} (expected: {self.expected}; came: {self.came})"


@dataclass
class Board:
    """The results of the checks of one cell, and a closing remark."""

    rows: list[Row] = field(default_factory=list)
    remark: str = ""

    def __repr__(self) -> str:
        return "\n".join([*(row.text for row in self.rows), *([self.remark] if self.remark else [])])

    def _repr_html_(self) -> str:
        """Tell IPython how to show the board in JupyterLab."""
        head = "".join(f"<th {_LEFT}>{title}</th>" for title in ("", "check", "expected", "came", "result"))
        body = "".join(_html(row) for row in self.rows)
        remark = f"<p>{escape(self.remark)}</p>" if self.remark else ""
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{remark}"


_LEFT = 'style="text-align: left"'
_shown: dict[str, Any] = {"request": None, "board": None, "handle": None}
"""Which request runs the cell, the cell's board, and what updates the board once it is shown."""


def add(row: Row) -> None:
    """Show one more result."""
    board = _board()
    if board is None:
        print(row.text)
    else:
        board.rows.append(row)
        _show(board)


def remark(text: str) -> None:
    """Show a closing remark under the results."""
    board = _board()
    if board is None:
        print(text)
    else:
        board.remark = text
        _show(board)


def _html(row: Row) -> str:
    mark = "&#10003;" if row.passed else "&#10007;"
    cells = "".join(f"<td {_LEFT}>{escape(text)}</td>" for text in (row.check, row.expected, row.came, row.result))
    return f"<tr><td>{mark}</td>{cells}</tr>"


def _board() -> Board | None:
    """Return the board of the running cell, a new one for its first check; None outside of a notebook."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is None or not hasattr(shell, "kernel"):
        return None
    request = shell.get_parent()["header"]["msg_id"]  # not the execution count: nbval does not let it grow
    if _shown["request"] != request:
        _shown.update(request=request, board=Board(), handle=None)
    return _shown["board"]  # type: ignore[no-any-return]


def _show(board: Board) -> None:
    """Show a board with its first row, and again in the same place with each further one.

    Never empty: nbval compares what was shown first, and does not know updates.
    """
    if _shown["handle"] is None:
        from IPython.display import display

        _shown["handle"] = display(board, display_id=True)
    else:
        _shown["handle"].update(board)
