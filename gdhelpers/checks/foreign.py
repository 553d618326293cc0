"""Objects of another process, of which no more than a description has come over."""

from __future__ import annotations

from typing import Any, NoReturn


class Foreign:
    """Stands for an object of the student's process that could not travel: `what` is all that is known of it.

    >>> Foreign("an object of type Model").weights
    Traceback (most recent call last):
        ...
    TypeError: an object of type Model stays in the student's process: a test sees plain data only
    """

    __slots__ = ("what",)
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, what: str) -> None:
        self.what = what

    def __repr__(self) -> str:
        return f"<{self.what}, which stays in the student's process>"

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith(("__", "_repr", "_ipython")):
            raise AttributeError(name)  # what Python and IPython ask any object for
        self._refuse()

    def _refuse(self, *arguments: Any) -> NoReturn:
        del arguments
        raise TypeError(f"{self.what} stays in the student's process: a test sees plain data only")

    __call__ = __iter__ = __getitem__ = __len__ = __eq__ = __bool__ = __float__ = __contains__ = _refuse
