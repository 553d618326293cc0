r"""Functions of one number for the tests of ps1-autograd, each a torch source beside its slope in closed form.

A `Family` holds the functions of one form; drawing from it chooses the parameters. All parameters are numbers that
float32 holds exactly, so that only x is rounded on the way into f. Slopes are written in the form that the chain rule
gives, term by term, so that their rounding errors are those of autograd.

>>> f = quadratic(np.random.default_rng(0))
>>> f.source == f"def f(x):\n    return {f.name}\n"
True
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from gdhelpers.reference.autograd import Function
from gdhelpers.reference.rounding import Number, Slope, cos, exp, sin, tanh


@dataclass(frozen=True)
class Family:
    """Functions of one form: `draw` chooses the parameters; between `low` and `high` each one is smooth.

    `has_valley` says that each has a minimum to which gradient descent can go.
    """

    draw: Callable[[Generator], Function]
    low: float
    high: float
    has_valley: bool = True


def quadratic(rng: Generator, size: float = 1.0, width: float = 1.0) -> Function:
    """Draw a x^2 + b x: the slopes are of size `size * width` where x is of size `width`."""
    a, b = _number(rng, 0.5, 3.0, size), _sign(rng) * _number(rng, 1.0, 6.0, size * width)
    return _function(f"{a} * x * x + {b} * x", lambda x: 2 * a * x + b)


def cubic(rng: Generator) -> Function:
    """Draw a x^3 - b x."""
    a, b = _number(rng, 0.2, 1.0), _number(rng, 1.0, 5.0)
    return _function(f"{a} * x ** 3 - {b} * x", lambda x: 3 * (a * x * x) - b)


def quartic(rng: Generator) -> Function:
    """Draw a x^4 + b x."""
    a, b = _number(rng, 0.2, 1.0), _sign(rng) * _number(rng, 1.0, 5.0)
    return _function(f"{a} * x ** 4 + {b} * x", lambda x: 4 * a * x**3 + b)


def reciprocal(rng: Generator) -> Function:
    """Draw a / x + b x."""
    a, b = _number(rng, 50.0, 900.0), _number(rng, 2.0, 15.0)
    return _function(f"{a} / x + {b} * x", lambda x: b - a * (1 / x) * (1 / x))


def exponential(rng: Generator) -> Function:
    """Draw exp(k x) - c x."""
    k, c = _number(rng, 0.3, 1.2), _number(rng, 1.0, 4.0)
    return _function(f"torch.exp({k} * x) - {c} * x", lambda x: k * exp(k * x) - c)


def logarithm(rng: Generator) -> Function:
    """Draw a x - b log(x)."""
    a, b = _number(rng, 0.5, 3.0), _number(rng, 1.0, 5.0)
    return _function(f"{a} * x - {b} * torch.log(x)", lambda x: a - b / x)


def wave(rng: Generator) -> Function:
    """Draw a x^2 + sin(k x)."""
    a, k = _number(rng, 1.0, 2.0), _number(rng, 0.5, 1.3)
    return _function(f"{a} * x ** 2 + torch.sin({k} * x)", lambda x: 2 * a * x + k * cos(k * x))


def squashed(rng: Generator) -> Function:
    """Draw a x^2 + b tanh(k x)."""
    a, b, k = _number(rng, 0.5, 2.0), _sign(rng) * _number(rng, 1.0, 3.0), _number(rng, 0.5, 1.5)

    def slope(x: Number) -> Number:
        t = tanh(k * x)
        return 2 * a * x + k * (b * (1 - t * t))

    return _function(f"{a} * x * x + {b} * torch.tanh({k} * x)", slope)


def bowl(rng: Generator) -> Function:
    """Draw log(1 + x^2) + b x."""
    b = _sign(rng) * _number(rng, 0.2, 0.8)
    return _function(f"torch.log(1 + x * x) + {b} * x", lambda x: 2 * x / (1 + x * x) + b)


def softplus(rng: Generator) -> Function:
    """Draw log(1 + exp(k x)) - c x, with c below k."""
    k, c = _number(rng, 0.8, 2.0), _number(rng, 0.2, 0.6)

    def slope(x: Number) -> Number:
        e = exp(k * x)
        return k * (e / (1 + e)) - c

    return _function(f"torch.log(1 + torch.exp({k} * x)) - {c} * x", slope)


def decay(rng: Generator) -> Function:
    """Draw -a x exp(-k x), in two lines."""
    a, k = _number(rng, 1.0, 5.0), _number(rng, 0.4, 1.0)

    def slope(x: Number) -> Number:
        e = exp(-k * x)
        return k * (a * x * e) - a * e

    source = f"def f(x):\n    decay = torch.exp(-{k} * x)\n    return -{a} * x * decay\n"
    return Function(f"-{a} * x * torch.exp(-{k} * x)", source, slope)


def swing(rng: Generator) -> Function:
    """Draw x sin(k x)."""
    k = _number(rng, 0.5, 2.0)
    return _function(f"x * torch.sin({k} * x)", lambda x: sin(k * x) + k * x * cos(k * x))


def nested(rng: Generator) -> Function:
    """Draw exp(sin(k x))."""
    k = _number(rng, 0.5, 2.0)
    return _function(f"torch.exp(torch.sin({k} * x))", lambda x: k * cos(k * x) * exp(sin(k * x)))


def cliff(rng: Generator) -> Function:
    """Draw exp(-x) + a tanh(x): far to the left its slope overflows, far to the right it is zero."""
    a = _number(rng, 2.0, 3.0)

    def slope(x: Number) -> Number:
        t = tanh(x)
        return a * (1 - t * t) - exp(-x)

    return _function(f"torch.exp(-x) + {a} * torch.tanh(x)", slope)


QUADRATIC = Family(quadratic, -4.0, 4.0)
RECIPROCAL = Family(reciprocal, 2.0, 20.0)

FAMILIES = (
    QUADRATIC,
    RECIPROCAL,
    Family(cubic, 0.3, 4.0),
    Family(quartic, -2.5, 2.5),
    Family(exponential, -2.0, 3.0),
    Family(logarithm, 0.4, 8.0),
    Family(wave, -3.0, 3.0),
    Family(squashed, -3.0, 3.0),
    Family(bowl, -3.0, 3.0),
    Family(softplus, -3.0, 3.0),
    Family(decay, 0.1, 4.0),
    Family(swing, -3.0, 3.0, has_valley=False),
    Family(nested, -3.0, 3.0, has_valley=False),
)


def _function(expression: str, slope: Slope) -> Function:
    return Function(expression, f"def f(x):\n    return {expression}\n", slope)


def _number(rng: Generator, low: float, high: float, size: float = 1.0) -> float:
    """Draw a number that float32 holds exactly."""
    return float(np.float32(size * rng.uniform(low, high)))


def _sign(rng: Generator) -> float:
    return float(rng.choice((-1.0, 1.0)))
