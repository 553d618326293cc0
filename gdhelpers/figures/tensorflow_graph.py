"""The graph of a `tf.function`, with gradients from a tape.

A tape does not show its operations, and it tells the gradient of a tensor only as a sum over all uses. So the
operations are taken from the graph and run again under a tape, each on copies of its inputs: the gradient of a copy is
that of one use.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from gdhelpers.figures.graph import Edge, Graph
from gdhelpers.figures.style import number
from gdhelpers.quiet import quietly


def tensorflow_graph(f: Callable[[Any], Any], x: float, *, name: str = "x", result: str = "z") -> Graph:
    """Return the graph of z = f(x) with the values of its operations and the gradients of a tape.

    `f` takes a float32 tensor of no axes and returns one. A node is called by the type of its operation.

    >>> graph = tensorflow_graph(lambda x: x * x + 4 * x, 3.0)
    >>> graph.nodes
    ('x = 3', 'Mul', '4', 'Mul', 'AddV2', 'z = 21')
    >>> graph.contributions()
    [3.0, 3.0, 4.0]
    """
    with quietly():
        import tensorflow as tf

        concrete = tf.function(f, autograph=False).get_concrete_function(tf.TensorSpec([], tf.float32))
        operations = _operations(concrete)
        values: dict[str, Any] = {}
        uses = []
        with tf.GradientTape(persistent=True) as tape:
            for operation in operations:
                copies = [tf.identity(values[tensor.op.name]) for tensor in operation.inputs]
                values[operation.name] = _run(tf, operation, copies, x)
                if operation.type == "Placeholder":
                    tape.watch(values[operation.name])
                uses += [(tensor.op, operation, copy) for tensor, copy in zip(operation.inputs, copies, strict=True)]
            z = tf.identity(values[operations[-1].name])
        index = {operation.name: place for place, operation in enumerate(operations)}
        edges = [
            Edge(index[source.name], index[target.name], float(copy), _number(tape.gradient(z, copy)))
            for source, target, copy in uses
        ]
        edges.append(Edge(len(operations) - 1, len(operations), float(z), _number(tape.gradient(z, z))))
    nodes = [_label(operation, values[operation.name], name) for operation in operations]
    leaf = next(place for place, operation in enumerate(operations) if operation.type == "Placeholder")
    return Graph((*nodes, f"{result} = {number(float(z))}"), tuple(edges), leaf)


def _operations(concrete: Any) -> list[Any]:
    """Return the operations that lead to the result, each after those that feed it.

    A `tf.function` copies what it returns; that last Identity is its own and not the author's.
    """
    last = concrete.outputs[0].op
    if last.type == "Identity":
        last = last.inputs[0].op
    needed, waiting = set(), [last]
    while waiting:
        operation = waiting.pop()
        needed.add(operation.name)
        waiting += [tensor.op for tensor in operation.inputs]
    return [operation for operation in concrete.graph.get_operations() if operation.name in needed]


def _run(tf: Any, operation: Any, inputs: list[Any], x: float) -> Any:
    """Return what an operation of the graph gives for these inputs."""
    if operation.type == "Placeholder":
        return tf.constant(x)
    if operation.type == "Const":
        return tf.constant(tf.make_ndarray(operation.get_attr("value")))
    run = getattr(tf.raw_ops, operation.type)
    accepted = inspect.signature(run).parameters
    names = [argument.name for argument in operation.op_def.input_arg]
    attributes = {one.name: operation.get_attr(one.name) for one in operation.op_def.attr if one.name in accepted}
    return run(**dict(zip(names, inputs, strict=True)), **attributes)


def _label(operation: Any, value: Any, name: str) -> str:
    if operation.type == "Placeholder":
        return f"{name} = {number(float(value))}"
    return number(float(value)) if operation.type == "Const" else str(operation.type)


def _number(gradient: Any) -> float | None:
    return None if gradient is None else float(gradient)
