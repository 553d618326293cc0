# mypy: allow-untyped-defs, allow-untyped-calls
"""What students get wrong about a descent that has to know when to stop."""

import torch

from gdhelpers.misconceptions import says


@says("It stops wherever the slope is negative. How large a slope is, is its absolute value.")
def signed_slope(f, x0, lr, tol, max_steps):
    x = torch.tensor(x0, requires_grad=True)
    for steps in range(max_steps + 1):
        x.grad = None
        f(x).backward()
        if not (torch.isfinite(x) and torch.isfinite(x.grad)):
            raise RuntimeError("not finite")
        if x.grad < tol:
            return x.item(), steps
        with torch.no_grad():
            x -= lr * x.grad
    raise RuntimeError("not there")


@says("After the last allowed update nobody looks at the slope. That x may be good enough.")
def last_x_not_tested(f, x0, lr, tol, max_steps):
    x = torch.tensor(x0, requires_grad=True)
    for steps in range(max_steps):
        x.grad = None
        f(x).backward()
        if not (torch.isfinite(x) and torch.isfinite(x.grad)):
            raise RuntimeError("not finite")
        if abs(x.grad) < tol:
            return x.item(), steps
        with torch.no_grad():
            x -= lr * x.grad
    raise RuntimeError("not there")


@says(
    "It updates once more after the slope is small. The slope that is tested should belong to the x that is returned."
)
def slope_before_the_update_is_tested(f, x0, lr, tol, max_steps):
    x = torch.tensor(x0, requires_grad=True)
    for steps in range(1, max_steps + 1):
        x.grad = None
        f(x).backward()
        with torch.no_grad():
            x -= lr * x.grad
        if not (torch.isfinite(x) and torch.isfinite(x.grad)):
            raise RuntimeError("not finite")
        if abs(x.grad) < tol:
            return x.item(), steps
    raise RuntimeError("not there")


@says("The count is one too large: it counts the places where the slope was measured, not the updates.")
def slopes_counted(f, x0, lr, tol, max_steps):
    x = torch.tensor(x0, requires_grad=True)
    for steps in range(max_steps + 1):
        x.grad = None
        f(x).backward()
        if not (torch.isfinite(x) and torch.isfinite(x.grad)):
            raise RuntimeError("not finite")
        if abs(x.grad) < tol:
            return x.item(), steps + 1
        with torch.no_grad():
            x -= lr * x.grad
    raise RuntimeError("not there")


@says("It updates at least once. What if x0 is good enough already?")
def start_not_tested(f, x0, lr, tol, max_steps):
    x = torch.tensor(x0, requires_grad=True)
    f(x).backward()
    for steps in range(1, max_steps + 1):
        with torch.no_grad():
            x -= lr * x.grad
        x.grad = None
        f(x).backward()
        if not (torch.isfinite(x) and torch.isfinite(x.grad)):
            raise RuntimeError("not finite")
        if abs(x.grad) < tol:
            return x.item(), steps
    raise RuntimeError("not there")


@says("When the updates are used up, it returns the x it has. The caller cannot tell that from success.")
def gives_up_silently(f, x0, lr, tol, max_steps):
    x = torch.tensor(x0, requires_grad=True)
    for steps in range(max_steps + 1):
        x.grad = None
        f(x).backward()
        if not (torch.isfinite(x) and torch.isfinite(x.grad)):
            raise RuntimeError("not finite")
        if abs(x.grad) < tol:
            break
        if steps < max_steps:
            with torch.no_grad():
                x -= lr * x.grad
    return x.item(), steps


@says("A nan ends the loop as if it were success: every comparison with nan is false. Test for what is not finite.")
def nan_ends_the_loop(f, x0, lr, tol, max_steps):
    x = torch.tensor(x0, requires_grad=True)
    steps = 0
    f(x).backward()
    while abs(x.grad) >= tol:
        if steps == max_steps:
            raise RuntimeError("not there")
        with torch.no_grad():
            x -= lr * x.grad
        x.grad = None
        f(x).backward()
        steps += 1
    return x.item(), steps


@says("x runs to infinity, where f is flat, and that is taken for a minimum. Test whether x and the slope are finite.")
def flat_at_infinity(f, x0, lr, tol, max_steps):
    x = torch.tensor(x0, requires_grad=True)
    for steps in range(max_steps + 1):
        x.grad = None
        f(x).backward()
        if abs(x.grad) < tol:
            return x.item(), steps
        with torch.no_grad():
            x -= lr * x.grad
    raise RuntimeError("not there")


@says("It stops when x moves by less than tol. The condition is about the slope, which lr does not scale.")
def short_step(f, x0, lr, tol, max_steps):
    x = torch.tensor(x0, requires_grad=True)
    for steps in range(max_steps + 1):
        x.grad = None
        f(x).backward()
        if not (torch.isfinite(x) and torch.isfinite(x.grad)):
            raise RuntimeError("not finite")
        if abs(lr * x.grad) < tol:
            return x.item(), steps
        with torch.no_grad():
            x -= lr * x.grad
    raise RuntimeError("not there")


@says("It stops when f changes by less than tol from one x to the next. The condition is about the slope.")
def small_change_of_f(f, x0, lr, tol, max_steps):
    x = torch.tensor(x0, requires_grad=True)
    before = float("inf")
    for steps in range(max_steps + 1):
        x.grad = None
        y = f(x)
        y.backward()
        if not (torch.isfinite(x) and torch.isfinite(x.grad)):
            raise RuntimeError("not finite")
        if abs(before - y.item()) < tol:
            return x.item(), steps
        before = y.item()
        with torch.no_grad():
            x -= lr * x.grad
    raise RuntimeError("not there")


@says("The slopes of all the steps add up: `.grad` is not emptied between them, so x swings past the minimum.")
def grad_not_emptied(f, x0, lr, tol, max_steps):
    x = torch.tensor(x0, requires_grad=True)
    for steps in range(max_steps + 1):
        f(x).backward()
        if not (torch.isfinite(x) and torch.isfinite(x.grad)):
            raise RuntimeError("not finite")
        if abs(x.grad) < tol:
            return x.item(), steps
        with torch.no_grad():
            x -= lr * x.grad
    raise RuntimeError("not there")


@says("The count comes first and x second. In which order are they asked for?")
def count_before_x(f, x0, lr, tol, max_steps):
    x = torch.tensor(x0, requires_grad=True)
    for steps in range(max_steps + 1):
        x.grad = None
        f(x).backward()
        if not (torch.isfinite(x) and torch.isfinite(x.grad)):
            raise RuntimeError("not finite")
        if abs(x.grad) < tol:
            return steps, x.item()
        with torch.no_grad():
            x -= lr * x.grad
    raise RuntimeError("not there")


@says("It returns x without the count. How many updates it took is asked for, too.")
def x_without_the_count(f, x0, lr, tol, max_steps):
    x = torch.tensor(x0, requires_grad=True)
    for _ in range(max_steps + 1):
        x.grad = None
        f(x).backward()
        if not (torch.isfinite(x) and torch.isfinite(x.grad)):
            raise RuntimeError("not finite")
        if abs(x.grad) < tol:
            return x.item()
        with torch.no_grad():
            x -= lr * x.grad
    raise RuntimeError("not there")


@says("It always makes max_steps updates. The first x whose slope is small enough is asked for, and its count.")
def never_stops_early(f, x0, lr, tol, max_steps):
    x = torch.tensor(x0, requires_grad=True)
    for _ in range(max_steps):
        x.grad = None
        f(x).backward()
        with torch.no_grad():
            x -= lr * x.grad
    x.grad = None
    f(x).backward()
    if not (torch.isfinite(x) and abs(x.grad) < tol):
        raise RuntimeError("not there")
    return x.item(), max_steps


@says("It raises an error of another class. The exercise names the class: look it up.")
def another_class_of_error(f, x0, lr, tol, max_steps):
    x = torch.tensor(x0, requires_grad=True)
    for steps in range(max_steps + 1):
        x.grad = None
        f(x).backward()
        if not (torch.isfinite(x) and torch.isfinite(x.grad)):
            raise ValueError("not finite")
        if abs(x.grad) < tol:
            return x.item(), steps
        with torch.no_grad():
            x -= lr * x.grad
    raise ValueError("not there")
