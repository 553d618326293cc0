"""A Python function as the text of a notebook cell that answers an exercise."""

import inspect
import re
import textwrap
from collections.abc import Callable


def cell_source(function: Callable[..., object], name: str) -> str:
    """Return the source of `function` without its decorators, defined under `name`.

    >>> def half(x):
    ...     return x / 2
    >>> print(cell_source(half, "derivative"))
    def derivative(x):
        return x / 2
    """
    lines = textwrap.dedent(inspect.getsource(function)).splitlines()
    start = next(index for index, line in enumerate(lines) if re.match(r"(async )?def ", line))
    body = "\n".join(lines[start:])
    return re.sub(rf"\b{function.__name__}\b", name, body, count=1)
