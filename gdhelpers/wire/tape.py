"""What a call may do to the gradients of `tf.GradientTape`, to see whether an answer is made of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Replaced(RuntimeError):  # noqa: N818 - a finding about a notebook
    """`tf.GradientTape.gradient` is not TensorFlow's own: a notebook put something in its place."""


@contextmanager
def scaled(factor: float | None) -> Iterator[None]:
    """Multiply what `tf.GradientTape.gradient` returns by a factor for a while; None leaves it alone.

    Raises `Replaced` where there is nothing genuine to multiply.
    """
    if factor is None:
        yield
        return
    import tensorflow as tf

    original = tf.GradientTape.gradient
    if not _is_genuine(original):
        raise Replaced("tf.GradientTape.gradient was replaced")

    def gradient(self: Any, *arguments: Any, **options: Any) -> Any:
        gradients = original(self, *arguments, **options)
        return tf.nest.map_structure(lambda g: None if g is None else tf.convert_to_tensor(g) * factor, gradients)

    # Functions of `tf.function` that were traced before would not see the patch: run them as plain Python meanwhile.
    eagerly = tf.config.functions_run_eagerly()
    tf.GradientTape.gradient = gradient
    tf.config.run_functions_eagerly(True)
    try:
        yield
    finally:
        tf.GradientTape.gradient = original
        tf.config.run_functions_eagerly(eagerly)


def _is_genuine(gradient: object) -> bool:
    from tensorflow.python.eager import backprop

    code = getattr(gradient, "__code__", None)
    return code is not None and code.co_filename == backprop.__file__ and code.co_name == "gradient"
