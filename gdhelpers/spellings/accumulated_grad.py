# mypy: allow-untyped-defs, allow-untyped-calls
"""Right answers to `accumulated_grad`."""

import numpy as np
import torch


def passes_in_a_loop(f, x, times):
    x = torch.tensor(x, requires_grad=True)
    for _ in range(times):
        y = f(x)
        y.backward()
    return x.grad


def one_graph_kept(f, x, times):
    x = torch.tensor(x, requires_grad=True)
    y = f(x)
    for _ in range(times):
        y.backward(retain_graph=True)
    return x.grad.item()


def times_one_slope(f, x, times):
    x = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    f(x).backward()
    return times * x.grad


def sum_of_autograd_grads(f, x, times):
    total = torch.zeros(())
    point = torch.tensor(x, requires_grad=True)
    for _ in range(times):
        total += torch.autograd.grad(f(point), point)[0]
    return total


def one_backward_of_the_sum(f, x, times):
    leaf = torch.tensor(x, requires_grad=True)
    sum(f(leaf) for _ in range(times)).backward()
    return leaf.grad.numpy()


def incoming_gradient_of_times(f, x, times):
    leaf = torch.tensor(x).requires_grad_()
    f(leaf).backward(torch.tensor(float(times)))
    return np.float32(leaf.grad)


def optimiser_that_never_steps(f, x, times):
    x = torch.nn.Parameter(torch.tensor(x, dtype=torch.float64))
    optimiser = torch.optim.SGD([x], lr=0.1)
    optimiser.zero_grad()
    while times > 0:
        f(x).backward()
        times -= 1
    return x.grad


def gradient_function_in_float64(f, x, times):
    slope = torch.func.grad(f)(torch.tensor(x, dtype=torch.float64))
    return float(sum([slope] * times))


def typed_with_a_helper(f, x: float, times: int) -> torch.Tensor:
    """Return what .grad holds, as a 0-d tensor."""

    def one_pass(leaf: torch.Tensor) -> None:
        f(leaf).backward()
        print(leaf.grad)

    leaf = torch.tensor(float(x), requires_grad=True)
    for _ in range(times):
        one_pass(leaf)
    return leaf.grad


def graph_of_all_passes(f, x, times):
    leaf = torch.nn.Parameter(torch.tensor(x))
    torch.autograd.backward([f(leaf) for _ in range(times)])
    return leaf.grad.item()


def jacobian_of_a_multiple(f, x, times):
    return torch.autograd.functional.jacobian(lambda leaf: times * f(leaf), torch.tensor(x))


def mapped_over_copies(f, x, times):
    slopes = torch.func.vmap(torch.func.grad(f))(torch.full((times,), x))
    return slopes.sum()


def hook_that_adds_up(f, x, times):
    seen = []
    leaf = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    leaf.register_hook(lambda slope: seen.append(slope.item()))
    while len(seen) < times:
        f(leaf).backward()
    return sum(seen)


def central_difference_in_float64(f, x, times):
    h = 1e-6
    left, right = (f(torch.tensor(x + step, dtype=torch.float64)).item() for step in (-h, h))
    return times * (right - left) / (2 * h)
