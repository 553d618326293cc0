"""The secret of a course, and the seeds that follow from it: one for each student and assignment.

Nobody who lacks the secret can tell the cases that a hidden test will ask, and anyone who has it can ask them again.
The seed is an HMAC (RFC 2104) with SHA-256, so that one student's seed says nothing about another's.
"""

from __future__ import annotations

import hmac
import os
import secrets
from pathlib import Path

from gdhelpers.trouble import Trouble

NAME = ".gd-secret"
BYTES = 32


def read_or_make(root: Path) -> bytes:
    """Return the secret of a course directory; the first time, make one that only its owner may read."""
    path = root / NAME
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read(path)
    except OSError as error:
        raise Trouble(
            f"{path} cannot be written: {error.strerror}. Grading keeps the secret of the course there."
        ) from error
    secret = secrets.token_bytes(BYTES)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secret.hex() + "\n")
    return secret


def seed(secret: bytes, student: str, assignment: str) -> int:
    """Return the seed of one student's assignment: the same for every attempt.

    >>> one = seed(bytes(32), "ada", "ps1-autograd")
    >>> one == seed(bytes(32), "ada", "ps1-autograd"), one == seed(bytes(32), "ada", "ps3-logistic-regression")
    (True, False)
    """
    # A name may hold anything but a zero byte, so no two pairs of names give the same message.
    message = f"{student}\0{assignment}".encode("utf-8", "surrogatepass")
    return int.from_bytes(hmac.digest(secret, message, "sha256")[:8])


def _read(path: Path) -> bytes:
    try:
        secret = bytes.fromhex(path.read_text(encoding="ascii"))
    except (OSError, ValueError) as error:
        raise Trouble(f"{path}, the secret of the course, cannot be read: {error}. {_REMEDY}") from error
    if len(secret) < BYTES:
        raise Trouble(f"{path}, the secret of the course, is cut short. {_REMEDY}")
    return secret


_REMEDY = "Bring it back from a copy, or move it away: a new one is made, and every student is asked new cases."
