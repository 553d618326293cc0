"""A relation that needs no reference gradient: along a direction, gradients give the slope of the loss.

For a direction v, dW . v_W + db . v_b has to be (L(W + h v_W, b + h v_b) - L(W - h v_W, b - h v_b)) / 2h in float64,
but for the budget of the gradients, the truncation error of the quotient, h^2 / 6 times the largest third derivative
along v, and the rounding of the two losses (Higham, Accuracy and Stability of Numerical Algorithms, section 1.11).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gdhelpers.checks.errors import WrongAnswer
from gdhelpers.hidden_tests.case import Case

Array = NDArray[np.float64]
Loss = Callable[[Array, Array], float]

H = 1e-4


def demand(gradients: Any, case: Case, loss: Loss, third: float, rng: np.random.Generator) -> None:
    """Raise `WrongAnswer` where gradients do not give the slope of `loss(W, b)` along a direction drawn from `rng`.

    `third` bounds the third derivative of the loss along a direction whose numbers are at most one.
    """
    W, b = (np.asarray(argument.array, dtype=np.float64) for argument in case.arguments[2:])  # type: ignore[attr-defined]
    v_W, v_b = rng.uniform(-1.0, 1.0, W.shape), rng.uniform(-1.0, 1.0, b.shape)
    ahead, behind = loss(W + H * v_W, b + H * v_b), loss(W - H * v_W, b - H * v_b)
    measured = (ahead - behind) / (2 * H)
    along = sum(float((np.asarray(g, dtype=np.float64) * v).sum()) for g, v in zip(gradients, (v_W, v_b), strict=True))
    budget = sum(float((np.asarray(e) * np.abs(v)).sum()) for e, v in zip(case.budget, (v_W, v_b), strict=True))
    lost = H**2 / 6 * third + 8 * np.finfo(np.float64).eps * (abs(ahead) + abs(behind)) / H
    if abs(along - measured) > budget + lost:
        raise WrongAnswer(
            "Along a direction in which W and b are nudged together, the gradients do not give the slope of the loss "
            f"(case: {case.name})."
        )
