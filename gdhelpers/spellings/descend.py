# mypy: allow-untyped-defs, allow-untyped-calls
"""Right answers to `descend`."""

import numpy as np
import torch


def in_place_under_no_grad(f, x0, lr, steps):
    x = torch.tensor(x0, requires_grad=True)
    path = []
    for _ in range(steps):
        f(x).backward()
        with torch.no_grad():
            x -= lr * x.grad
            x.grad.zero_()
        path.append(x.item())
    return path


def optimiser_sgd(f, x0, lr, steps):
    x = torch.tensor(x0, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.SGD([x], lr=lr)
    path = []
    for _ in range(steps):
        optimiser.zero_grad()
        f(x).backward()
        optimiser.step()
        path.append(x.detach().clone())
    return path


def new_leaf_every_step(f, x0, lr, steps):
    path = []
    x = torch.tensor(x0)
    for _ in range(steps):
        x = x.detach().requires_grad_(True)
        y = f(x)
        y.backward()
        x = x - lr * x.grad
        path.append(x)
    return path


def python_floats_and_float32_slopes(f, x0, lr, steps):
    path = [x0]
    while len(path) <= steps:
        leaf = torch.tensor(path[-1], requires_grad=True)
        f(leaf).backward()
        path.append(path[-1] - lr * leaf.grad.item())
    return path[1:]


def numpy_array_in_float64(f, x0, lr, steps):
    path = np.empty(steps)
    x = x0
    for step in range(steps):
        leaf = torch.tensor(x, dtype=torch.float64, requires_grad=True)
        x = x - lr * torch.autograd.grad(f(leaf), leaf)[0].numpy()
        path[step] = x
    return path


def stacked_tensor(f, x0, lr, steps):
    slope = torch.func.grad(f)
    x, path = torch.tensor(x0), []
    for _ in range(steps):
        x = torch.sub(x, slope(x), alpha=lr)
        path.append(x)
    return torch.stack(path)


def tuple_of_scalars(f, x0, lr, steps):
    def walk():
        x = torch.nn.Parameter(torch.tensor(x0))
        for _ in range(steps):
            x.grad = None
            f(x).backward()
            x.data = x.data - lr * x.grad
            yield np.float32(x.detach())

    return tuple(walk())


def recursion(f, x0, lr, steps):
    if steps == 0:
        return []

    def descend_from(x, left):
        leaf = torch.tensor(x, dtype=torch.float64, requires_grad=True)
        f(leaf).backward()
        x = float(leaf.detach()) - lr * float(leaf.grad)
        return [x] if left == 1 else [x, *descend_from(x, left - 1)]

    return descend_from(x0, steps)


def typed_with_a_helper(f, x0: float, lr: float, steps: int, verbose: bool = True) -> list[torch.Tensor]:
    """Return x after each step, as 0-d tensors."""

    def step(x: torch.Tensor) -> torch.Tensor:
        x = x.clone().requires_grad_()
        (slope,) = torch.autograd.grad(f(x), [x])
        with torch.no_grad():
            return x - lr * slope

    path = [torch.tensor(x0)]
    for number in range(steps):
        path.append(step(path[-1]))
        if verbose:
            print(number, path[-1].item())
    del path[0]
    return path


def gradient_of_torch_func(f, x0, lr, steps):
    slope, x, path = torch.func.grad(f), torch.tensor(x0), []
    for _ in range(steps):
        x = x - lr * slope(x)
        path.append(x)
    return path


def running_values_of_itertools(f, x0, lr, steps):
    from itertools import accumulate

    def step(x, _):
        return x - lr * torch.autograd.functional.jacobian(f, x)

    return list(accumulate(range(steps), step, initial=torch.tensor(x0)))[1:]


def module_and_optimiser(f, x0, lr, steps):
    class Place(torch.nn.Module):  # type: ignore[misc]
        def __init__(self):
            super().__init__()
            self.x = torch.nn.Parameter(torch.tensor(x0))

        def forward(self):
            return f(self.x)

    place = Place()
    optimiser = torch.optim.SGD(place.parameters(), lr=lr)
    path = []
    for _ in range(steps):
        loss = place()
        loss.backward()
        optimiser.step()
        optimiser.zero_grad(set_to_none=False)
        path.append(float(place.x))
    return path


def chords_extrapolated_in_float64(f, x0, lr, steps):
    def chord(x, h):
        left, right = (f(torch.tensor(x + step, dtype=torch.float64)).item() for step in (-h, h))
        return (right - left) / (2 * h)

    def slope(x):
        h = 1e-3 * abs(x)
        return (4 * chord(x, h / 2) - chord(x, h)) / 3

    path = [x0]
    for _ in range(steps):
        path.append(path[-1] - lr * slope(path[-1]))
    return np.array(path[1:])
