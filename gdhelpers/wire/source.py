"""Functions as source text: how a function that a test passes to an answer gets into the student's process.

The text is what the function itself says; the names that it takes from around it travel beside it, as modules, as
other functions or as values. What it changes in them stays in the student's process.
"""

from __future__ import annotations

import ast
import inspect
import linecache
from collections.abc import Iterator, Mapping
from types import FunctionType
from typing import Any

Definition = ast.FunctionDef | ast.Lambda


class Untransferable(TypeError):  # noqa: N818 - the author of a test reads it
    """An object cannot travel; the text says what it is."""


def text_of(function: FunctionType) -> str:
    """Return a statement that defines a function as `f`."""
    node = _definition(function)
    if isinstance(node, ast.Lambda):
        return f"f = {ast.unparse(node)}"
    node.decorator_list = []
    return f"{ast.unparse(node)}\nf = {node.name}"


def names_of(function: FunctionType) -> Iterator[tuple[str, Any]]:
    """Yield the names that a function takes from where it was defined, with their values."""
    known = {**function.__globals__, **inspect.getclosurevars(function).nonlocals}
    loaded = {one.id for one in ast.walk(_definition(function)) if isinstance(one, ast.Name)}
    return ((name, known[name]) for name in sorted(loaded) if name in known and known[name] is not function)


def function_of(text: str, names: Mapping[str, Any]) -> Any:
    """Make the function that a text defines as `f`; its lines are known to tracebacks and to AutoGraph."""
    filename = f"<a function of the test, {len(text)}-{hash(text):x}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    around = dict(names)
    exec(compile(text, filename, "exec"), around)  # noqa: S102 - the text comes from the examiner
    return around["f"]


def _definition(function: FunctionType) -> Definition:
    """Return the syntax tree of a function: where several begin on one line, the one that holds all its code."""
    try:
        lines, _ = inspect.findsource(function)
        tree = ast.parse("".join(lines))
    except (OSError, TypeError, SyntaxError):
        raise Untransferable(f"the function {function.__name__}, whose source is not known") from None
    places = function.__code__.co_positions()
    # What a function begins with has a line, but no width.
    spans = [(line, start) for line, _, start, end in places if line is not None and start is not None and start != end]
    found = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.Lambda)]
    holding = [node for node in found if all(_holds(node, place) for place in spans)]
    named = [node for node in holding if isinstance(node, ast.Lambda) or node.name == function.__name__]
    if not named:
        raise Untransferable(f"the function {function.__name__}, which is no plain function")
    return min(named, key=_size)


def _holds(node: Definition, place: tuple[int, int]) -> bool:
    first = min([node.lineno, *(decorator.lineno for decorator in getattr(node, "decorator_list", []))])
    column = node.col_offset if first == node.lineno else 0
    return (first, column) <= place <= (node.end_lineno or first, node.end_col_offset or 0)


def _size(node: Definition) -> tuple[int, int]:
    last, lines = node.end_lineno or node.lineno, (node.end_lineno or node.lineno) - node.lineno
    return lines, (node.end_col_offset or 0) - (node.col_offset if last == node.lineno else 0)
