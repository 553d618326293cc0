"""What is said of an answer that is not right.

Notebooks show these errors as their message alone: a traceback through the course's own code would tell a student
nothing, and after grading it would show the hidden tests.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any


class Objection(AssertionError):  # noqa: N818 - the student reads the name
    """An answer is not right; the text says why in the student's words.

    `misconception` is the slug of the misconception that explains it, or None. `residuals` has the name of every case
    with a wrong answer, where they were all asked, and how many times its budget the answer is off, if it has numbers.
    """

    def __init__(
        self, message: str, misconception: str | None = None, residuals: Mapping[str, float | None] | None = None
    ) -> None:
        self.message = message
        self.misconception = misconception
        self.residuals = dict(residuals or {})
        super().__init__(message + (f" [{misconception}]" if misconception else ""))

    def _render_traceback_(self) -> list[str]:
        """Tell IPython what to print in place of a traceback."""
        return [f"{type(self).__name__}: {self}"]


def tell_unanswered() -> None:
    """Show in a sentence, from now on, that an exercise is not answered yet, in place of a traceback.

    The cell still ends with the error, so that Validate counts it. Outside of IPython nothing happens.
    """
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is not None:
        shell.set_custom_exc((NotImplementedError,), _in_a_sentence)


def _in_a_sentence(shell: Any, kind: type, error: BaseException, trace: Any, tb_offset: int | None = None) -> list[str]:
    """Show the error as IPython shows any, but with a sentence for its traceback: IPython leaves that to this."""
    del trace, tb_offset
    shown = [f"{kind.__name__}: not answered yet. Replace the line `raise NotImplementedError()` by your answer."]
    shell._showtraceback(kind, error, shown)
    return shown


class WrongAnswer(Objection):
    """The answer came and is not what was asked for."""


class AnswerRaised(Objection):
    """The student's function raised an exception instead of answering."""


class NotAnswered(Objection):
    """The student's function still raises NotImplementedError."""
