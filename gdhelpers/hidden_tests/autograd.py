"""The hidden tests of ps1-autograd: one function a test cell.

The first case of each function is the most general one. A descent is drawn again until it contracts at every step, so
that rounding is not amplified, and until it moves far enough to be told from standing still.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.random import Generator

from gdhelpers import reference
from gdhelpers.hidden_tests.case import Case, neighbours
from gdhelpers.hidden_tests.examination import examine
from gdhelpers.hidden_tests.seed import generator, once
from gdhelpers.reference import Function, budgets
from gdhelpers.reference.functions import FAMILIES, QUADRATIC, RECIPROCAL, Family, bowl, cliff, quadratic, reciprocal
from gdhelpers.reference.rounding import UNIT
from gdhelpers.wire.described import Source

Answer = Callable[..., object]
Range = tuple[float, float]

ATTEMPTS = 1000
"""How often a descent is drawn again before the families are held to be wrong; a few draws are the rule."""

CLEAR = 4.0
"""How many times its bound the rounding error of a slope has to be away from `tol`."""

SMALL = Family(lambda rng: quadratic(rng, width=1e-9), -4e-9, 4e-9)
LARGE = Family(lambda rng: quadratic(rng, width=1e4), -4e4, 4e4)
STEEP = Family(lambda rng: quadratic(rng, size=1e7), -4.0, 4.0)
FAR_AWAY = Family(lambda rng: quadratic(rng, size=1e-7, width=1e7), -4e7, 4e7)
"""The minimum is millions away, and slopes are of the size of one."""


@dataclass(frozen=True)
class Descent:
    """A descent: its function, where it starts, its learning rate and how many steps it takes."""

    f: Function
    x0: float
    lr: float
    steps: int

    @cached_property
    def path(self) -> list[float]:
        """Every x on the way, `x0` included."""
        return [self.x0, *reference.descend(self.f, self.x0, self.lr, self.steps)]

    @cached_property
    def slopes(self) -> list[float]:
        """The slope at every x on the way."""
        return [self.f.derivative(x) for x in self.path]

    @cached_property
    def curvatures(self) -> list[float]:
        """The curvature at every x on the way."""
        return [self.f.curvature(x) for x in self.path]

    @cached_property
    def errors(self) -> list[float]:
        """How far a float32 computation of each x may be off."""
        return [UNIT * abs(self.x0), *budgets.descend(self.f, self.x0, self.lr, self.steps)]


def derivative(answer: Answer) -> None:
    """Examine `derivative`."""
    examine(answer, "derivative", derivative_cases())


def accumulated_grad(answer: Answer) -> None:
    """Examine `accumulated_grad`."""
    examine(answer, "accumulated_grad", accumulated_grad_cases())


def descend(answer: Answer) -> None:
    """Examine `descend`."""
    examine(answer, "descend", descend_cases())


def minimise(answer: Answer) -> None:
    """Examine `minimise`."""
    examine(answer, "minimise", minimise_cases())


@once
def derivative_cases() -> list[Case]:
    """Return the cases of `derivative`."""
    rng = generator("derivative")
    points = [*_points(rng), _flat_point(rng)]
    return [_slope_case(*point) for point in [*points, *_neighbouring_points(rng)]]


def _neighbouring_points(rng: Generator) -> list[tuple[str, Function, float]]:
    """Draw a function at an x, and then another x, or another function, alone."""
    base, other = (
        (QUADRATIC.draw(rng), _rounded(rng.uniform(1.0, 2.0))),
        (QUADRATIC.draw(rng), _rounded(rng.uniform(2.5, 4.0))),
    )
    changed = [(name, f, x) for name, (f, x) in neighbours(("f", "x"), base, other)]
    return [("before one argument changes", *base), *changed]


@once
def accumulated_grad_cases() -> list[Case]:
    """Return the cases of `accumulated_grad`."""
    rng = generator("accumulated_grad")
    passes = (int(rng.integers(4, 7)), 2, 3, 1, int(rng.integers(7, 11)), 4, int(rng.integers(3, 6)), 2)
    first, *changed = _neighbouring_points(rng)
    return [
        *(
            _accumulated_case(f"{name}, {'one pass' if times == 1 else f'{times} passes'}", f, x, times)
            for (name, f, x), times in zip(_points(rng), passes, strict=True)
        ),
        *(_accumulated_case(*point, 3) for point in (first, *changed)),
        _accumulated_case("as before, but for times", *first[1:], 5),
    ]


def _accumulated_case(name: str, f: Function, x: float, times: int) -> Case:
    expected, budget = reference.accumulated_grad(f, x, times), budgets.accumulated_grad(f, x, times)
    return Case(name, (Source(f.source), x, times), expected, budget)


@once
def descend_cases() -> list[Case]:
    """Return the cases of `descend`."""
    rng = generator("descend")
    first, second, third = _some_valleys(rng, 3)
    return [
        _descend_case("a few steps", _descent(rng, RECIPROCAL, int(rng.integers(4, 7)))),
        _descend_case("a parabola", _descent(rng, QUADRATIC, 5)),
        _descend_case("steps that overshoot", _descent(rng, QUADRATIC, 6, (1.3, 1.7))),
        _descend_case("a single step", _descent(rng, first, 1)),
        _descend_case("another function", _descent(rng, second, 3)),
        _descend_case("many steps", _descent(rng, third, int(rng.integers(20, 31)), (0.1, 0.4))),
        _descend_case("small numbers", _descent(rng, SMALL, 4)),
        _descend_case("large numbers", _descent(rng, LARGE, 4)),
        *(_descend_case(name, Descent(*changed)) for name, changed in _neighbouring_descents(rng)),
        _descend_case("very many steps", _descent(rng, QUADRATIC, 120, (0.02, 0.03)), once=True),
    ]


def _neighbouring_descents(rng: Generator) -> list[tuple[str, tuple[Function, float, float, int]]]:
    """Draw a descent on a parabola, and then others that differ from it in one argument each."""
    for _ in range(ATTEMPTS):
        base, other = _descent(rng, QUADRATIC, 3), _descent(rng, QUADRATIC, 4)
        questions = [
            ("before one argument changes", (base.f, base.x0, base.lr, base.steps)),
            *neighbours(
                ("f", "x0", "lr", "steps"),
                (base.f, base.x0, base.lr, base.steps),
                (other.f, other.x0, other.lr, other.steps),
            ),
        ]
        if all(_is_steady(Descent(*arguments), QUADRATIC) for _, arguments in questions):
            return questions
    raise AssertionError("no descents found that may exchange their arguments")


@once
def minimise_cases() -> list[Case]:
    """Return the cases of `minimise`."""
    rng = generator("minimise")
    first, second = _some_valleys(rng, 2)
    return [
        _minimise_case("a few updates", *_search(rng, RECIPROCAL, int(rng.integers(4, 8)), downhill="right"), 100),
        _minimise_case("from the other side", *_search(rng, first, int(rng.integers(3, 7)), downhill="left"), 60),
        *_last_update_cases(*_search(rng, QUADRATIC, int(rng.integers(3, 6)))),
        _minimise_case("a start that is good enough", *_search(rng, second, 0), 20),
        _minimise_case("steps that overshoot", *_search(rng, QUADRATIC, 5, shares=(1.3, 1.6)), 40),
        _minimise_case("small numbers", *_search(rng, SMALL, int(rng.integers(3, 6))), 30),
        _diverging_case(rng),
        _overflowing_case(rng),
        _minimise_case("many updates", *_search(rng, QUADRATIC, int(rng.integers(80, 121)), shares=(0.02, 0.03)), 2000),
        _minimise_case("a minimum in the millions", *_search(rng, FAR_AWAY, 4), 30),
        _minimise_case("slopes in the millions", *_search(rng, STEEP, 4), 30),
        _minimise_case("a step to where f is larger", *_detour(rng, _overshoot), 60),
        _minimise_case("slopes that grow at first", *_detour(rng, _plain_before_a_bowl), 60),
        *_neighbouring_searches(rng),
        _minimise_case("more than a thousand updates", *_long_search(rng), 2000, once=True),
    ]


def _detour(rng: Generator, start: Callable[[Generator], tuple[Function, float, float]]) -> tuple[Descent, float]:
    """Draw a descent that arrives though its first steps seem to lead away, and the `tol` that it meets."""
    for _ in range(ATTEMPTS):
        descent = Descent(*start(rng), int(rng.integers(7, 10)))
        tol = _tolerance(descent)
        if _is_clear(descent, tol):
            return descent, tol
    raise AssertionError(f"no descent found that arrives: {start}")


def _overshoot(rng: Generator) -> tuple[Function, float, float]:
    """Draw f = a / x + b x, an x0 left of the minimum m, and an lr that leads beyond m^2 / x0, where f(x) is f(x0)."""
    f, share = reciprocal(rng), rng.uniform(0.35, 0.45)
    b = f.derivative(np.inf)
    minimum = float(np.sqrt((b - f.derivative(1.0)) / b))
    return f, _rounded(share * minimum), _rounded((share + rng.uniform(0.1, 0.2)) * minimum / b)


def _plain_before_a_bowl(rng: Generator) -> tuple[Function, float, float]:
    """Draw f = log(1 + x^2) + b x and an x0 that is uphill of the steepest place by a few steps."""
    f = bowl(rng)
    x0 = _rounded(np.sign(f.derivative(0.0)) * rng.uniform(2.8, 3.4))
    return f, x0, _rounded(rng.uniform(0.4, 0.5))


def _long_search(rng: Generator) -> tuple[Descent, float]:
    """Draw a descent of more than a thousand updates to a minimum next to 0, on which x has small relative errors."""
    f, x0 = quadratic(rng, width=1e-6), _rounded(rng.uniform(2.5, 4.0))
    descent = Descent(f, x0, _rounded(rng.uniform(0.004, 0.005) / f.curvature(x0)), int(rng.integers(1010, 1060)))
    return descent, _tolerance(descent)


def _neighbouring_searches(rng: Generator) -> list[Case]:
    """Draw a search on a parabola, and then others that differ from it in one argument each, `max_steps` the last."""
    names = ("f", "x0", "lr", "tol")
    for _ in range(ATTEMPTS):
        (base, tol), (other, other_tol) = _search(rng, QUADRATIC, 4), _search(rng, QUADRATIC, 6)
        arguments = (base.f, base.x0, base.lr, tol)
        changed = neighbours(names, arguments, (other.f, other.x0, other.lr, other_tol))
        searches = [
            (name, _arrival(*question)) for name, question in [("before one argument changes", arguments), *changed]
        ]
        if all(found is not None for _, found in searches):
            too_few = (Source(base.f.source), base.x0, base.lr, tol, base.steps - 1)
            return [
                *(_minimise_case(name, *found, 50) for name, found in searches if found is not None),
                Case("as before, but for max_steps", too_few, RuntimeError),
            ]
    raise AssertionError("no searches found that may exchange their arguments")


def _arrival(f: Function, x0: float, lr: float, tol: float) -> tuple[Descent, float] | None:
    """Return the descent that a search takes, if it arrives within 50 updates and no rounding can change its count."""
    x, steps = x0, 0
    while abs(f.derivative(x)) >= tol and steps < 50:
        x, steps = x - lr * f.derivative(x), steps + 1
    descent = Descent(f, x0, lr, steps)
    good = 0 < steps < 50 and _is_steady(descent, QUADRATIC) and _is_clear(descent, tol)
    return (descent, tol) if good else None


def _points(rng: Generator) -> list[tuple[str, Function, float]]:
    """Draw functions, and for each an x that float32 cannot hold exactly."""
    others = [FAMILIES[index] for index in rng.permutation(np.arange(2, len(FAMILIES)))[:4]]
    points = [_point("a quotient", rng, RECIPROCAL)]
    points.append(("a parabola left of zero", quadratic(rng), _rounded(rng.uniform(-4.0, -2.5))))
    points += [_point("another function", rng, family) for family in others]
    points.append(("small numbers", quadratic(rng, size=1e-9), _rounded(rng.uniform(2.5, 4.0))))
    points.append(("large numbers", quadratic(rng, size=1e6), _rounded(rng.uniform(2.5, 4.0))))
    return points


def _point(name: str, rng: Generator, family: Family) -> tuple[str, Function, float]:
    return name, family.draw(rng), _rounded(rng.uniform(family.low, family.high))


def _flat_point(rng: Generator) -> tuple[str, Function, float]:
    """Draw an x close to a minimum, where the terms of the slope nearly cancel."""
    f = quadratic(rng)
    minimum = -f.derivative(0.0) / f.curvature(0.0)
    return "near a minimum", f, _rounded(minimum * rng.uniform(1.001, 1.002))


def _slope_case(name: str, f: Function, x: float) -> Case:
    return Case(name, (Source(f.source), x), reference.derivative(f, x), budgets.derivative(f, x))


def _descend_case(name: str, descent: Descent, *, once: bool = False) -> Case:
    arguments = (Source(descent.f.source), descent.x0, descent.lr, descent.steps)
    return Case(name, arguments, descent.path[1:], descent.errors[1:], once)


def _minimise_case(name: str, descent: Descent, tol: float, max_steps: int, *, once: bool = False) -> Case:
    arguments = (Source(descent.f.source), descent.x0, descent.lr, tol, max_steps)
    return Case(name, arguments, (descent.path[-1], descent.steps), (descent.errors[-1], 0), once)


def _last_update_cases(descent: Descent, tol: float) -> list[Case]:
    """Ask twice about one descent: with exactly as many updates as it takes, and with one fewer."""
    arguments = (Source(descent.f.source), descent.x0, descent.lr, tol)
    return [
        _minimise_case("the last allowed update gets there", descent, tol, descent.steps),
        Case("one update too few", (*arguments, descent.steps - 1), RuntimeError),
    ]


def _diverging_case(rng: Generator) -> Case:
    """Each step takes x seven to ten times as far away, until float32 and float64 alike overflow."""
    f, x0 = quadratic(rng), _rounded(rng.uniform(2.5, 4.0))
    lr = _rounded(rng.uniform(8.5, 10.5) / f.curvature(x0))
    return Case("steps that diverge", (Source(f.source), x0, lr, 1e-3, 500), RuntimeError)


def _overflowing_case(rng: Generator) -> Case:
    """One step to where the slope is minus infinity; from there to x = infinity, where it is zero."""
    f, x0 = cliff(rng), _rounded(rng.uniform(0.5, 1.2))
    lr = _rounded(rng.uniform(2e3, 5e3) / f.derivative(x0))
    return Case("a gradient that overflows", (Source(f.source), x0, lr, 1e-3, 50), RuntimeError)


def _some_valleys(rng: Generator, count: int) -> list[Family]:
    valleys = [family for family in FAMILIES[2:] if family.has_valley]
    return [valleys[index] for index in rng.permutation(len(valleys))[:count]]


def _descent(rng: Generator, family: Family, steps: int, shares: Range = (0.2, 0.8)) -> Descent:
    """Draw a descent; `shares` is the range of lr times the curvature at the start: 1 would be Newton's step."""
    for _ in range(ATTEMPTS):
        with np.errstate(all="ignore"):
            descent = _attempt(rng, family, steps, shares)
            if descent is not None and _is_steady(descent, family):
                return descent
    raise AssertionError(f"no descent of {steps} steps found: {family}")


def _attempt(rng: Generator, family: Family, steps: int, shares: Range) -> Descent | None:
    f, x0 = family.draw(rng), _rounded(rng.uniform(family.low, family.high))
    curvature, share = f.curvature(x0), rng.uniform(*shares)
    return Descent(f, x0, _rounded(share / curvature), steps) if curvature > 0 else None


def _is_steady(descent: Descent, family: Family) -> bool:
    """Whether the descent stays in its range, contracts at every step and begins with a step that can be seen."""
    lr, path, width = descent.lr, descent.path, family.high - family.low
    return (
        all(family.low <= x <= family.high for x in path)
        and all(0.1 < abs(1.0 - lr * curvature) < 0.99 for curvature in descent.curvatures)
        and abs(lr * descent.slopes[0]) > 2e-3 * width
        and descent.errors[-1] < 1e-5 * width
    )


def _search(
    rng: Generator, family: Family, steps: int, shares: Range = (0.2, 0.8), downhill: str = "either"
) -> tuple[Descent, float]:
    """Draw a descent and the `tol` that it meets after `steps` updates, in float32 as in float64."""
    for _ in range(ATTEMPTS):
        descent = _descent(rng, family, steps, shares)
        slope = descent.slopes[0]
        tol = _tolerance(descent)
        if {"left": slope > 0, "right": slope < 0, "either": True}[downhill] and _is_clear(descent, tol):
            return descent, tol
    raise AssertionError(f"no search of {steps} updates found: {family}")


def _tolerance(descent: Descent) -> float:
    """Return a number between the last two slopes of the descent."""
    *_, last = slopes = [abs(slope) for slope in descent.slopes]
    return _rounded(float(np.sqrt(slopes[-2] * last)) if descent.steps else 1.5 * last)


def _is_clear(descent: Descent, tol: float) -> bool:
    """Whether `tol` is first met by the last x, with a margin that no float32 rounding of any x or slope can cross."""
    slopes = [abs(slope) for slope in descent.slopes]
    margins = [
        CLEAR * (abs(curvature) * error + budgets.derivative(descent.f, x) + UNIT * tol)
        for x, curvature, error in zip(descent.path, descent.curvatures, descent.errors, strict=True)
    ]
    early = all(slope - tol > margin for slope, margin in zip(slopes[:-1], margins[:-1], strict=True))
    return early and tol - slopes[-1] > margins[-1]


def _rounded(number: float) -> float:
    """Return a number of four digits, which float32 cannot hold exactly as a rule."""
    return float(f"{number:.4g}")
