"""The graph that PyTorch records, read from a live tensor: `grad_fn`, its `next_functions`, and hooks on them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from gdhelpers.figures.graph import Edge, Graph
from gdhelpers.figures.style import number

Record = dict[Any, tuple[float, list[float]]]
"""By the `grad_fn` of an operation: its result, and those of its inputs that are plain numbers."""


def torch_graph(f: Callable[[Any], Any], x: float, *, name: str = "x", result: str = "z") -> Graph:
    """Return the graph of z = f(x) with what PyTorch computed in its forward and in its backward pass.

    `f` takes a tensor of one element and returns one. A node is called as PyTorch calls it. Values are the results of
    the operations themselves; gradients are those that the backward pass hands from one node to the next.

    >>> graph = torch_graph(lambda x: x * x + 4 * x, 3.0)
    >>> graph.nodes
    ('x = 3', 'MulBackward0', '4', 'MulBackward0', 'AddBackward0', 'z = 21')
    >>> graph.contributions()
    [3.0, 3.0, 4.0]
    """
    import torch

    leaf = torch.tensor(x, requires_grad=True)
    z, record = _forward(f, leaf)
    functions = _walk(z.grad_fn)
    gradients = _backward(z, functions)
    nodes, edges = [f"{name} = {number(x)}"], []
    index: dict[Any, int] = {}
    for function in functions:
        constants = iter(record.get(function, (0.0, []))[1])
        sources = []
        for function_before, _ in function.next_functions:
            if function_before in index:
                sources.append((index[function_before], _result(function_before, record)))
            elif getattr(function_before, "variable", None) is leaf:
                sources.append((0, x))
            else:
                constant = next(constants, None)
                nodes.append("constant" if constant is None else number(constant))
                sources.append((len(nodes) - 1, constant))
        index[function] = len(nodes)
        nodes.append(function.name())
        for (source, value), gradient in zip(sources, gradients[function], strict=False):
            edges.append(Edge(source, index[function], value, gradient))
    edges.append(Edge(index[z.grad_fn], len(nodes), z.item(), gradients[None][0]))
    return Graph((*nodes, f"{result} = {number(z.item())}"), tuple(edges), 0)


def _forward(f: Callable[[Any], Any], leaf: Any) -> tuple[Any, Record]:
    """Return f(leaf), and what each operation on the way computed: a graph holds functions, not their results."""
    import torch
    from torch.overrides import TorchFunctionMode

    record: Record = {}

    class Recorder(TorchFunctionMode):  # type: ignore[misc]
        def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            result = function(*args, **(kwargs or {}))
            if isinstance(result, torch.Tensor) and result.grad_fn is not None:
                untracked = [a for a in args if not (isinstance(a, torch.Tensor) and a.requires_grad)]
                constants = [float(a) for a in untracked if isinstance(a, (int, float, torch.Tensor))]
                record[result.grad_fn] = (result.item(), constants)
            return result

    with Recorder():
        return f(leaf), record


def _walk(last: Any) -> list[Any]:
    """Return the functions of a graph, each after those that feed it, without the leaves, which compute nothing."""
    found: list[Any] = []
    waiting = [(last, False)]
    while waiting:
        function, fed = waiting.pop()
        if function is None or function in found or not function.next_functions:
            continue
        if fed:
            found.append(function)
            continue
        waiting.append((function, True))
        waiting.extend((before, False) for before, _ in reversed(function.next_functions))
    return found


def _backward(z: Any, functions: list[Any]) -> dict[Any, list[float | None]]:
    """Return what the backward pass hands on: for each function, and for None the start, a gradient for each input."""
    gradients: dict[Any, list[float | None]] = defaultdict(list)

    def hook(function: Any) -> Callable[[Any, Any], None]:
        def note(inputs: Any, outputs: Any) -> None:
            gradients[function] = [None if gradient is None else gradient.item() for gradient in inputs]
            if function is z.grad_fn:
                gradients[None] = [outputs[0].item()]

        return note

    for function in functions:
        function.register_hook(hook(function))
    z.backward(retain_graph=True)  # saved results are read afterwards
    return gradients


def _result(function: Any, record: Record) -> float | None:
    """Return what a function computed; one inside of an operation of Python's is only known if it saved its result."""
    if function in record:
        return record[function][0]
    saved = getattr(function, "_saved_result", None)
    return None if saved is None else float(saved.item())
