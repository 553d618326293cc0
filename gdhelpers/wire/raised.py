"""What came out of an answer in place of a value: an exception, by its names, its message and the student's line."""

from __future__ import annotations

import io
import linecache
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass

from gdhelpers.quiet import quietly
from gdhelpers.wire.value import name_of

KINDS = 20
MESSAGE = 2000
LINE = 500


@dataclass(frozen=True)
class Raised:
    """An exception that came out of the student's function: its class and bases, its message, the student's line."""

    kinds: tuple[str, ...]
    message: str
    line: str | None

    @property
    def is_last(self) -> bool:
        """Whether nothing is called after it: Python was asked to end, or was interrupted."""
        return self.kinds[0] in ("SystemExit", "KeyboardInterrupt")

    def __str__(self) -> str:
        where = f" in the line `{self.line}`" if self.line else ""
        return f"{self.kinds[0]}: {self.message}{where}" if self.message else f"{self.kinds[0]}{where}"


def raised(error: BaseException) -> Raised:
    """Tell an exception; one that an answer raised in another process tells itself."""
    told = getattr(error, "raised", None)
    if type(told) is Raised:
        return told
    mro = type.mro(type(error))
    kinds = tuple(name_of(kind).split(".")[-1] for kind in mro if kind not in (BaseException, object))
    lines = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in lines if _is_cell(frame.filename)]
    line = linecache.getline(own[-1].filename, own[-1].lineno or 0).strip() if own else None
    return Raised(kinds[:KINDS], message_of(error)[:MESSAGE], (line or "")[:LINE] or None)


def message_of(error: BaseException) -> str:
    """Return the line of a message that says what happened: the first, or the last of what came out of a graph."""
    try:
        text = str(error)
    except Exception:
        return "its message cannot be read"
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()] or [""]
    if lines[0] != "in user code:":
        return lines[0]
    return lines[-1].removeprefix(f"{type(error).__name__}: ")


def _is_cell(filename: str) -> bool:
    """Whether code comes from a notebook: ipykernel compiles a cell under a name in its own temporary folder."""
    return "ipykernel_" in filename or filename.startswith("<ipython-input")


@contextmanager
def muted() -> Iterator[None]:
    """Keep what an answer prints and warns of out of the test cell: nbgrader takes text on stderr for a failure."""
    # A kernel's own stderr takes a millisecond to be flushed, and there are hundreds of calls.
    with warnings.catch_warnings(), redirect_stdout(_Nowhere()), redirect_stderr(_Nowhere()), quietly():
        warnings.simplefilter("ignore")
        yield


class _Nowhere(io.TextIOBase):
    """A stream that keeps nothing, however much is written to it."""

    def write(self, text: str) -> int:
        return len(text)
