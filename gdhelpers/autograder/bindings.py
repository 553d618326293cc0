"""Which names the statements of a cell bind, and whether its author wrote words in it."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from functools import lru_cache

from gdhelpers.autograder.imports import python

PARSED = 200_000
"""Characters of a cell beyond which it is not parsed: nobody writes so much by hand."""

KEPT = 256
"""How many parsed cells are remembered: an examination may start over."""

WORDS = 4
"""A string of at least this many words is a sentence, not the name of a column."""

_BEGINS = re.compile(r"^[ \t]*(?:async[ \t]+)?def[ \t]+(\w+)|^(\w+)[ \t]*=(?!=)", re.MULTILINE)
"""How a line binds a name in a cell that this Python cannot read."""


def bound(source: str) -> tuple[str, ...]:
    r"""Return the names that the statements of a cell bind, but for what they bind within functions and classes.

    >>> bound("import math\n\ndef f (x):\n    y = x\n    return y\n\nslope, (a, b) = f(1), (2, 3)")
    ('a', 'b', 'f', 'math', 'slope')
    >>> bound("if True:\n    mse = lambda W, b: 0")
    ('mse',)
    >>> bound("def f(x:\n    return 1")
    ('f',)
    """
    tree = _parsed(source)
    if tree is None:
        return tuple(sorted({name for names in _BEGINS.findall(source) for name in names if name}))
    found: set[str] = set()
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
            continue
        if isinstance(node, ast.Import | ast.ImportFrom):
            found |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        if not isinstance(node, ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            waiting += ast.iter_child_nodes(node)
    return tuple(sorted(found))


def defines_function(source: str, name: str) -> bool:
    r"""Whether a line of a cell begins the definition of a function.

    >>> defines_function("async  def f (x):\n    return x", "f")
    True
    >>> defines_function("f = compiled(f)", "f")
    False
    """
    return any(function == name for function, _ in _BEGINS.findall(source))


def is_python(source: str) -> bool:
    """Whether this Python can read a cell, with the magics of IPython."""
    return _parsed(source) is not None


def has_words(source: str) -> bool:
    r"""Whether a cell of code holds words: a comment, a sentence in a string, or what is no Python at all.

    >>> [has_words(cell) for cell in ("mse(W, b)", "# It rises.", "print('It rises with the slope')", "It rises.")]
    [False, True, True, True]
    """
    tree = _parsed(source)
    return tree is None or any(
        isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value.split()) >= WORDS
        for node in ast.walk(tree)
    ) or any(map(str.strip, _comments(source)))  # fmt: skip


@lru_cache(KEPT)
def _parsed(source: str) -> ast.Module | None:
    if len(source) > PARSED:
        return None
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        pass  # it may hold magics
    try:
        text = python(source)
        return ast.parse(text) if text else None
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _comments(source: str) -> Iterator[str]:
    """Yield the comments of a cell, as far as its tokens can be told."""
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.COMMENT:
                yield token.string.lstrip("#! ")
    except (tokenize.TokenError, SyntaxError):
        return
