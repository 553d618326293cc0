"""Lying about the tape: gradients of a formula that pose as gradients of a `tf.GradientTape`."""

from __future__ import annotations

from textwrap import dedent, indent

from tests.attacks.attack import PS2, PS3, Attack, deserved
from tests.attacks.handin import hand_in

FORMULA = """
p = tf.sigmoid(X @ W + b)
dW = tf.transpose(X) @ (p - y) / X.shape[0]
db = tf.reduce_mean(p - y, axis=0)
"""
"""The gradients, right and derived by hand."""


def _pose(name: str, what: str, lines: str, above: str = "", *, lost: str = "logistic_gradients-tape") -> Attack:
    """Compute the right gradients by a formula, and then do something so that they look like the tape's."""
    body = indent(FORMULA.strip() + "\n" + dedent(lines).strip(), "    ")
    source = f"{dedent(above)}\n\ndef logistic_gradients(X, y, W, b):\n{body}\n"
    return Attack(name, "lying", PS3, what, hand_in({"logistic_gradients": source}), deserved(PS3, lost))


ATTACKS = (
    _pose("formula-alone", "The gradients come from a formula, without any tape.", "return dW, db"),
    _pose(
        "tape-opened-and-ignored",
        "A tape is opened and asked, and a formula is returned.",
        """
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(p)
        tape.gradient(loss, [W, b])
        return dW, db
        """,
    ),
    _pose(
        "factor-of-a-dummy-tape",
        "A formula is multiplied by a slope of 1 that a dummy tape gives.",
        """
        one = tf.Variable(1.0)
        with tf.GradientTape() as tape:
            loss = 1.0 * one
        factor = tape.gradient(loss, one)
        return factor * dW, factor * db
        """,
    ),
    _pose(
        "loss-made-of-the-formula",
        "The tape differentiates a sum of products with the formula's values.",
        """
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(W * tf.stop_gradient(dW)) + tf.reduce_sum(b * tf.stop_gradient(db))
        return tape.gradient(loss, [W, b])
        """,
    ),
    _pose(
        "tape-replaced",
        "`tf.GradientTape.gradient` is replaced by a function that counts and returns what it is told.",
        """
        with tf.GradientTape() as tape:
            pass
        tape.told = [dW, db]
        return tape.gradient(None, [W, b])
        """,
        """
        genuine = tf.GradientTape.gradient
        tf.GradientTape.gradient = lambda self, *a, **k: getattr(self, "told", None) or genuine(self, *a, **k)
        """,
    ),
    _pose(
        "tape-replaced-by-a-double",
        "The replaced `gradient` has the file name and the name of TensorFlow's own.",
        """
        with tf.GradientTape() as tape:
            pass
        tape.told = [dW, db]
        return tape.gradient(None, [W, b])
        """,
        """
        from tensorflow.python.eager import backprop
        text = "def gradient(self, *a, **k):\\n    return getattr(self, 'told', None) or genuine(self, *a, **k)"
        names = {"genuine": tf.GradientTape.gradient}
        exec(compile(text, backprop.__file__, "exec"), names)
        tf.GradientTape.gradient = names["gradient"]
        """,
    ),
    _pose(
        "patch-noticed",
        "The function notices that `gradient` was patched and multiplies accordingly.",
        """
        one = tf.Variable(1.0)
        if tf.GradientTape.gradient.__name__ != "gradient":
            with tf.GradientTape() as tape:
                loss = 1.0 * one
            factor = float(tape.gradient(loss, one))
            return dW * factor, db * factor
        return dW, db
        """,
    ),
    _pose(
        "factor-in-a-closure",
        "The function reads the factor from the closure of the patch.",
        """
        cells = getattr(tf.GradientTape.gradient, "__closure__", None) or ()
        numbers = [cell.cell_contents for cell in cells if isinstance(cell.cell_contents, float)]
        factor = numbers[0] if numbers else 1.0
        return dW * factor, db * factor
        """,
    ),
    Attack(
        "wrong-loss-by-a-replaced-tape",
        "lying",
        PS2,
        "`gradient` is replaced in a cell, so that the functions of later cells are wrong.",
        hand_in(
            {"mse_gradients_tf": "def mse_gradients_tf(X, y, W, b):\n    return tf.zeros_like(W), tf.zeros_like(b)"},
            after={
                "mse_gradients_tf": """
                tf.GradientTape.gradient = lambda self, target, sources, **k: [tf.zeros_like(s) for s in sources]
                """
            },
        ),
        deserved(PS2, "mse_gradients_tf", "fit_linear_tf"),
    ),
)
