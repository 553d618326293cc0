# mypy: allow-untyped-defs, allow-untyped-calls
"""Right answers to `minimise`."""

import numpy as np
import torch


def test_then_update(f, x0, lr, tol, max_steps):
    x = torch.tensor(x0, requires_grad=True)
    for steps in range(max_steps + 1):
        f(x).backward()
        slope = x.grad.clone()
        x.grad.zero_()
        if not torch.isfinite(x) or not torch.isfinite(slope):
            raise RuntimeError("the descent diverges")
        if abs(slope) < tol:
            return x.detach(), steps
        with torch.no_grad():
            x -= lr * slope
    raise RuntimeError("not there after max_steps updates")


def while_loop_on_python_floats(f, x0, lr, tol, max_steps):
    def slope_at(x):
        leaf = torch.tensor(x, requires_grad=True)
        f(leaf).backward()
        return leaf.grad.item()

    x, steps = x0, 0
    slope = slope_at(x)
    while not abs(slope) < tol:
        finite = np.isfinite(x) and np.isfinite(slope)
        if not finite or steps == max_steps:
            raise RuntimeError(f"stopped at x = {x} after {steps} updates")
        x = x - lr * slope
        steps += 1
        slope = slope_at(x)
    return x, steps


def optimiser_in_float64(f, x0, lr, tol, max_steps):
    x = torch.tensor(x0, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.SGD([x], lr=lr)
    steps = 0
    while True:
        optimiser.zero_grad()
        f(x).backward()
        if not (x.isfinite() and x.grad.isfinite()):
            raise RuntimeError("x or its gradient is not finite")
        if x.grad.abs() < tol:
            return [x, steps]
        if steps >= max_steps:
            raise RuntimeError("too many updates")
        optimiser.step()
        steps = steps + 1


def gradient_function_and_numpy_count(f, x0, lr, tol, max_steps):
    gradient = torch.func.grad(f)
    x = torch.tensor(x0, dtype=torch.double)
    for step in np.arange(max_steps + 1):
        slope = gradient(x)
        if not torch.isfinite(torch.stack([x, slope])).all():
            raise RuntimeError("diverged")
        if slope.abs().item() < tol:
            return np.float64(x), step
        x = x - lr * slope
    raise RuntimeError("no convergence")


def last_condition_after_the_loop(f, x0, lr, tol, max_steps):
    x = torch.nn.Parameter(torch.tensor(x0))
    (slope,) = torch.autograd.grad(f(x), x)
    steps = 0
    while -tol >= slope or slope >= tol:
        if steps == max_steps:
            break
        with torch.no_grad():
            x.sub_(lr * slope)
        (slope,) = torch.autograd.grad(f(x), x)
        steps += 1
        if torch.isnan(x) or torch.isnan(slope) or torch.isinf(x) or torch.isinf(slope):
            break
    if not -tol < slope < tol or not torch.isfinite(x):
        raise RuntimeError("gradient descent did not converge")
    return x, steps


def error_class_of_its_own(f, x0, lr, tol, max_steps):
    class DivergedError(RuntimeError):
        pass

    path = [float(x0)]
    while len(path) - 1 <= max_steps:
        leaf = torch.tensor(path[-1], dtype=torch.float64, requires_grad=True)
        f(leaf).backward()
        slope = float(leaf.grad)
        if not np.isfinite([path[-1], slope]).all():
            raise DivergedError(path[-1])
        if np.fabs(slope) < tol:
            return np.array(path[-1]), len(path) - 1
        path.append(path[-1] - lr * slope)
    raise DivergedError("max_steps is too small")


def typed_with_a_helper(
    f, x0: float, lr: float, tol: float, max_steps: int, verbose: bool = True
) -> tuple[torch.Tensor, int]:
    """Return x as a 0-d tensor and the number of updates."""

    def slope(x: torch.Tensor) -> torch.Tensor:
        x = x.detach().requires_grad_()
        f(x).backward()
        if not torch.isfinite(x.detach()) or not torch.isfinite(x.grad):
            raise RuntimeError(f"not finite: {x}, {x.grad}")
        return x.grad

    x, steps = torch.tensor(x0), 0
    while (gradient := slope(x)).abs() >= tol:
        if steps == max_steps:
            raise RuntimeError(f"abs(f'(x)) is {gradient.abs().item()} after {steps} updates")
        x, steps = x - lr * gradient, steps + 1
        if verbose:
            print(f"{steps}: {x.item()}")
    return x, steps


def generator_of_steps(f, x0, lr, tol, max_steps):
    def walk(x):
        while True:
            leaf = torch.tensor(x, requires_grad=True)
            (slope,) = torch.autograd.grad(f(leaf), leaf)
            yield leaf.item(), slope.item()
            x = leaf.item() - lr * slope.item()

    for steps, (x, slope) in zip(range(max_steps + 1), walk(x0), strict=False):
        if not np.isfinite([x, slope]).all():
            raise RuntimeError(f"not finite after {steps} updates")
        if abs(slope) < tol:
            return x, steps
    raise RuntimeError("too many updates")


def slope_of_torch_func_in_float64(f, x0, lr, tol, max_steps):
    slope_at, x = torch.func.grad(f), torch.tensor(x0, dtype=torch.float64)
    slope, steps = slope_at(x), 0
    while torch.isfinite(x) and torch.isfinite(slope) and slope.abs() >= tol and steps < max_steps:
        x = x - lr * slope
        slope, steps = slope_at(x), steps + 1
    if not (torch.isfinite(x) and torch.isfinite(slope) and slope.abs() < tol):
        raise RuntimeError(f"no minimum within {max_steps} updates")
    return [x, steps]


def recursion_with_a_count(f, x0, lr, tol, max_steps):
    def go(x, steps):
        leaf = torch.tensor(x, requires_grad=True)
        f(leaf).backward()
        slope = leaf.grad.item()
        if not (abs(x) < float("inf") and abs(slope) < float("inf")):
            raise RuntimeError("diverged")
        if abs(slope) < tol:
            return x, steps, True
        return (x, steps, False) if steps == max_steps else (x - lr * slope, steps + 1, None)

    x, steps, arrived = x0, 0, None
    while arrived is None:
        x, steps, arrived = go(x, steps)
    if not arrived:
        raise RuntimeError("max_steps were not enough")
    return np.float64(x), np.int64(steps)


def result_with_names(f, x0, lr, tol, max_steps):
    from collections import namedtuple

    Result = namedtuple("Result", ["x", "steps"])
    slope_and_value = torch.func.grad_and_value(f)
    result = Result(torch.tensor(x0), 0)
    while True:
        slope, _ = slope_and_value(result.x)
        if not torch.isfinite(slope + result.x):
            raise RuntimeError("no longer finite")
        if abs(slope) < tol:
            return result
        if result.steps == max_steps:
            raise RuntimeError("out of updates")
        result = Result(result.x - lr * slope, result.steps + 1)


def else_of_a_loop(f, x0, lr, tol, max_steps):
    x = torch.nn.Parameter(torch.tensor(x0))
    optimiser = torch.optim.SGD([x], lr=lr)
    for steps in range(max_steps + 1):
        optimiser.zero_grad(set_to_none=False)
        f(x).backward()
        if not torch.isfinite(torch.stack([x.detach(), x.grad])).all():
            raise RuntimeError("diverges")
        if x.grad.abs() < tol:
            break
        optimiser.step() if steps < max_steps else None
    else:
        raise RuntimeError("too slow")
    return x, steps


def path_kept_as_an_array(f, x0, lr, tol, max_steps):
    path = np.full(max_steps + 1, np.nan)
    path[0] = x0
    for steps, x in enumerate(path):
        slope = torch.autograd.functional.jacobian(f, torch.tensor(x, dtype=torch.float64)).item()
        if not np.isfinite(x) or not np.isfinite(slope):
            raise RuntimeError(f"x = {x}, slope = {slope}")
        if abs(slope) < tol:
            return x, steps
        if steps < max_steps:
            path[steps + 1] = x - lr * slope
    raise RuntimeError(f"no minimum among {path}")
