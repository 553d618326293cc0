"""What the cells of a notebook import.

Read with few imports of its own: a warm parent is to begin before nbgrader is imported, which takes seconds.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from IPython.core.inputtransformer2 import TransformerManager


def imported(sources: Iterable[str]) -> tuple[str, ...]:
    """Return the modules that cells of code import, in order, but for those of this package.

    >>> imported(["import torch, numpy as np", "from pandas import DataFrame", "%matplotlib inline"])
    ('numpy', 'pandas', 'torch')
    """
    trees = [ast.parse(python(source)) for source in sources]
    imports = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {name for node in imports for name in _names(node)}
    return tuple(sorted(name for name in names if name.split(".")[0] != "gdhelpers"))


def imported_by(path: Path) -> tuple[str, ...]:
    """Return the modules that a notebook imports; none where it cannot be read."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        cells = json.loads(path.read_bytes())["cells"]
        return imported("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    return ()


def python(source: str) -> str:
    """Return a cell without the magics of IPython; one that is no Python has no names."""
    text: str = TransformerManager().transform_cell(source)
    try:
        ast.parse(text)
    except SyntaxError:
        return ""
    return text


def _names(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif node.module and not node.level:
        yield node.module
