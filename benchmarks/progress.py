"""Saying on stderr what is being measured."""

import sys


def note(text: str) -> None:
    """Say something to whoever waits."""
    print(text, file=sys.stderr, flush=True)
