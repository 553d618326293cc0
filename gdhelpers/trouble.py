"""Trouble that the user of a command can mend: said in one line, without a traceback."""

from __future__ import annotations

import errno

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES)
"""The errors of a disk that is full, or on which nothing may be written."""

NOT_OURS = (*NO_ROOM, errno.EPERM)
"""The errors of files and disks that are no defect of the program."""


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
    one: BaseException | None = error
    # What was raised from it is the same trouble; what was raised while it was handled may be a defect.
    while one is not None and not (isinstance(one, OSError) and one.errno in NOT_OURS):
        one = one.__cause__
    if not isinstance(one, OSError):
        return None
    return f"{one.filename}: {one.strerror}" if one.filename else str(one.strerror)


def said(error: BaseException) -> str:
    """Return what befell, for a person: the words of a `Trouble`, what is the matter with a disk, or the error itself.

    >>> said(Trouble("Name another folder."))
    'Name another folder.'
    >>> said(ValueError("7"))
    'ValueError: 7'
    """
    return str(error) if isinstance(error, Trouble) else of_the_disk(error) or f"{type(error).__name__}: {error}"
