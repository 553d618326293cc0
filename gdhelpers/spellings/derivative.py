# mypy: allow-untyped-defs, allow-untyped-calls
"""Right answers to `derivative`."""

import numpy as np
import torch


def backward_on_a_leaf(f, x):
    x = torch.tensor(x, requires_grad=True)
    f(x).backward()
    return x.grad


def autograd_grad_unpacked(f, x):
    point = torch.tensor(x, requires_grad=True)
    (slope,) = torch.autograd.grad(f(point), point)
    return slope


def gradient_as_a_function(f, x):
    return torch.func.grad(f)(torch.tensor(x))


def double_precision_item(f, x):
    x = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    y = f(x)
    y.backward()
    return x.grad.item()


def numpy_array_without_axes(f, x):
    x = torch.tensor(np.float32(x), requires_grad=True)
    f(x).backward()
    return x.grad.numpy()


def numpy_scalar(f, x):
    x = torch.from_numpy(np.array(x)).requires_grad_()
    f(x).backward()
    return np.float64(x.grad)


def parameter_of_a_module(f, x):
    x = torch.nn.Parameter(torch.tensor(x))
    x.grad = None
    torch.autograd.backward(f(x))
    return x.grad.detach().clone()


def jacobian_without_axes(f, x):
    return torch.autograd.functional.jacobian(f, torch.tensor(x))


def forward_mode(f, x):
    at = torch.tensor(x, dtype=torch.double)
    return torch.func.jvp(f, (at,), (torch.ones_like(at),))[1]


def slope_that_still_requires_grad(f, x):
    x = torch.tensor(x, requires_grad=True)
    return torch.autograd.grad(f(x), x, create_graph=True)[0]


def central_difference_in_float64(f, x):
    h = 1e-6
    left, right = torch.tensor(x - h, dtype=torch.float64), torch.tensor(x + h, dtype=torch.float64)
    return float(f(right) - f(left)) / float(right - left)


def typed_with_a_helper(f, x: float, verbose: bool = True) -> torch.Tensor:
    """Return the slope of f at x as a 0-d tensor."""

    def leaf(value: float) -> torch.Tensor:
        return torch.as_tensor(value, dtype=torch.float32).requires_grad_(True)

    point = leaf(x)
    with torch.enable_grad():
        f(point).backward()
    if verbose:
        print(f"slope at {x}: {point.grad.item():.3f}")
    return point.grad


def one_step_of_an_optimiser(f, x):
    point = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    f(point).backward()
    torch.optim.SGD([point], lr=1.0).step()
    return x - point.item()


def hook_that_sees_the_gradient(f, x):
    seen: list[torch.Tensor] = []
    leaf = torch.tensor(x, requires_grad=True)
    leaf.register_hook(seen.append)
    f(leaf).backward()
    return seen[0]


def vector_jacobian_product(f, x):
    _, back = torch.func.vjp(f, torch.tensor(x))
    return back(torch.ones(()))[0].numpy()


def two_chords_extrapolated(f, x):
    def chord(h):
        points = torch.tensor([x + h, x - h], dtype=torch.float64)
        return (f(points[0]) - f(points[1])) / (2 * h)

    h = 1e-3 * abs(x)
    return (4 * chord(h / 2) - chord(h)) / 3
