"""Trouble that the user of a command can mend: said in one line, without a traceback."""


class Trouble(Exception):  # noqa: N818 - it is not a programming error
    """Something that the user asked for cannot be done; the message says what to do instead."""


class WrongCall(Trouble):
    """The command was called with something that does not exist."""
