# mypy: allow-untyped-defs, allow-untyped-calls
# ruff: noqa: B006, S101 - these are the mistakes
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


@says("When it arrives it returns None. Look for what it hands back: printing is not returning.")
def nothing_returned(f, x0, lr, tol, max_steps):
    x = torch.tensor(x0, requires_grad=True)
    for steps in range(max_steps + 1):
        x.grad = None
        f(x).backward()
        if not (torch.isfinite(x) and torch.isfinite(x.grad)):
            raise RuntimeError("not finite")
        if abs(x.grad) < tol:
            print(x.item(), steps)
            return
        with torch.no_grad():
            x -= lr * x.grad
    raise RuntimeError("not there")


@says("It allows one update more than max_steps. Which numbers does your loop run through?")
def one_update_more_than_allowed(f, x0, lr, tol, max_steps):
    x = torch.tensor(x0, requires_grad=True)
    for steps in range(max_steps + 2):
        x.grad = None
        f(x).backward()
        if not (torch.isfinite(x) and torch.isfinite(x.grad)):
            raise RuntimeError("not finite")
        if abs(x.grad) < tol:
            return x.item(), steps
        with torch.no_grad():
            x -= lr * x.grad
    raise RuntimeError("not there")


@says("Where it does not arrive, it returns an error instead of raising it. Look at the word before the error.")
def error_returned(f, x0, lr, tol, max_steps):
    x = torch.tensor(x0, requires_grad=True)
    for steps in range(max_steps + 1):
        x.grad = None
        f(x).backward()
        if not (torch.isfinite(x) and torch.isfinite(x.grad)):
            return RuntimeError("not finite")
        if abs(x.grad) < tol:
            return x.item(), steps
        with torch.no_grad():
            x -= lr * x.grad
    return RuntimeError("not there")


@says(
    "Where it does not arrive, it prints a message and returns None. A program that calls it cannot read the message."
)
def error_printed(f, x0, lr, tol, max_steps):
    x = torch.tensor(x0, requires_grad=True)
    for steps in range(max_steps + 1):
        x.grad = None
        f(x).backward()
        if not (torch.isfinite(x) and torch.isfinite(x.grad)):
            print("not finite")
            return None
        if abs(x.grad) < tol:
            return x.item(), steps
        with torch.no_grad():
            x -= lr * x.grad
    print("not there")
    return None


@says("An `assert` raises an error of its own class. The exercise names the class: look it up.")
def assert_that_it_arrives(f, x0, lr, tol, max_steps):
    x, steps = torch.tensor(x0, requires_grad=True), 0
    while True:
        x.grad = None
        f(x).backward()
        assert torch.isfinite(x + x.grad), "not finite"
        if abs(x.grad) < tol:
            return x.item(), steps
        assert steps < max_steps, "not there"
        with torch.no_grad():
            x -= lr * x.grad
        steps += 1


@says("The count is that of the updates that were left over. How many were taken is asked for.")
def updates_left_over(f, x0, lr, tol, max_steps):
    x = torch.tensor(x0, requires_grad=True)
    for left in range(max_steps, -1, -1):
        x.grad = None
        f(x).backward()
        if not (torch.isfinite(x) and torch.isfinite(x.grad)):
            raise RuntimeError("not finite")
        if abs(x.grad) < tol:
            return x.item(), left
        with torch.no_grad():
            x -= lr * x.grad
    raise RuntimeError("not there")


@says("The tol that the caller gives has no effect. Look for a number where the name should be.")
def tol_written_as_a_number(f, x0, lr, tol, max_steps):
    x = torch.tensor(x0, requires_grad=True)
    for steps in range(max_steps + 1):
        x.grad = None
        f(x).backward()
        if not (torch.isfinite(x) and torch.isfinite(x.grad)):
            raise RuntimeError("not finite")
        if abs(x.grad) < 1e-3:
            return x.item(), steps
        with torch.no_grad():
            x -= lr * x.grad
    raise RuntimeError("not there")


@says(
    "It waits until f itself is small. A minimum need not be at a value of zero: look at what the condition is about."
)
def small_value_of_f(f, x0, lr, tol, max_steps):
    x = torch.tensor(x0, requires_grad=True)
    for steps in range(max_steps + 1):
        x.grad = None
        y = f(x)
        y.backward()
        if not (torch.isfinite(x) and torch.isfinite(x.grad)):
            raise RuntimeError("not finite")
        if abs(y) < tol:
            return x.item(), steps
        with torch.no_grad():
            x -= lr * x.grad
    raise RuntimeError("not there")


@says("The whole path came in the place of x. Only the x at which it stops is asked for.")
def path_instead_of_x(f, x0, lr, tol, max_steps):
    x, path = torch.tensor(x0, requires_grad=True), [x0]
    for steps in range(max_steps + 1):
        x.grad = None
        f(x).backward()
        if not (torch.isfinite(x) and torch.isfinite(x.grad)):
            raise RuntimeError("not finite")
        if abs(x.grad) < tol:
            return path, steps
        with torch.no_grad():
            x -= lr * x.grad
        path.append(x.item())
    raise RuntimeError("not there")


@says("The result of an earlier search from the same x0 came back. Look at what the kept results are found by.")
def kept_for_each_x0(f, x0, lr, tol, max_steps, known={}):
    if x0 in known:
        return known[x0]
    x = torch.tensor(x0, requires_grad=True)
    for steps in range(max_steps + 1):
        x.grad = None
        f(x).backward()
        if not (torch.isfinite(x) and torch.isfinite(x.grad)):
            raise RuntimeError("not finite")
        if abs(x.grad) < tol:
            known[x0] = x.item(), steps
            return known[x0]
        with torch.no_grad():
            x -= lr * x.grad
    raise RuntimeError("not there")


@says("A result that took more updates than are allowed now came back. Look at what the kept results are found by.")
def kept_whatever_max_steps_is(f, x0, lr, tol, max_steps, known={}):
    if (f, x0, lr, tol) in known:
        return known[f, x0, lr, tol]
    x = torch.tensor(x0, requires_grad=True)
    for steps in range(max_steps + 1):
        x.grad = None
        f(x).backward()
        if not (torch.isfinite(x) and torch.isfinite(x.grad)):
            raise RuntimeError("not finite")
        if abs(x.grad) < tol:
            known[f, x0, lr, tol] = x.item(), steps
            return known[f, x0, lr, tol]
        with torch.no_grad():
            x -= lr * x.grad
    raise RuntimeError("not there")
