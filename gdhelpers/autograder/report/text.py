"""What students wrote, made fit to be shown: nothing in it steers a terminal or turns the reading direction."""

from __future__ import annotations


def plain(text: str) -> str:
    r"""Return a text with a replacement character for whatever is neither printable nor white space of a program.

    >>> plain("def f():\n\treturn 1\x1b[2J")
    'def f():\n\treturn 1�[2J'
    """
    return "".join(char if char.isprintable() or char in "\n\t" else "\ufffd" for char in text.replace("\r\n", "\n"))


def points(number: float) -> str:
    """Return points as a person writes them.

    >>> points(17.0), points(1.25), points(2 / 3)
    ('17', '1.25', '0.67')
    """
    return f"{number:.2f}".rstrip("0").rstrip(".")


def time(seconds: float) -> str:
    """Return a duration in seconds to two digits, to one from ten on.

    >>> time(0.123), time(20.04)
    ('0.12 s', '20.0 s')
    """
    return f"{seconds:.2f} s" if seconds < 10 else f"{seconds:.1f} s"
