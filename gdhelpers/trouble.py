"""Trouble that the user of a command can mend: said in one line, without a traceback."""

from __future__ import annotations

import errno
from collections.abc import Iterator

NOT_OURS = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM)
"""The errors of a disk that is full, or of which the user may not write: no defect of the program."""


class Trouble(Exception):  # noqa: N818 - it is not a programming error
    """Something that the user asked for cannot be done; the message says what to do instead."""


class WrongCall(Trouble):
    """The command was called with something that does not exist."""


def of_the_disk(error: BaseException) -> str | None:
    """Return what is the matter with a file or its disk, if that is why an error was raised.

    >>> of_the_disk(OSError(28, "No space left on device", "grades.json"))
    'grades.json: No space left on device'
    >>> of_the_disk(ValueError("28"))
    """
    for one in _chain(error):
        if isinstance(one, OSError) and one.errno in NOT_OURS:
            return f"{one.filename}: {one.strerror}" if one.filename else str(one.strerror)
    return None


def said(error: BaseException) -> str:
    """Return what befell, for a person: the words of a `Trouble`, what is the matter with a disk, or the error itself.

    >>> said(Trouble("Name another folder."))
    'Name another folder.'
    >>> said(ValueError("7"))
    'ValueError: 7'
    """
    return str(error) if isinstance(error, Trouble) else of_the_disk(error) or f"{type(error).__name__}: {error}"


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and what led to it."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
