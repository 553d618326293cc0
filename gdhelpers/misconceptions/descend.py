# mypy: allow-untyped-defs, allow-untyped-calls
"""What students get wrong about a descent."""

import torch

from gdhelpers.misconceptions import says


@says("x goes uphill. Which sign does the slope have in the step?")
def uphill(f, x0, lr, steps):
    x = torch.tensor(x0, requires_grad=True)
    path = []
    for _ in range(steps):
        x.grad = None
        f(x).backward()
        with torch.no_grad():
            x += lr * x.grad
        path.append(x.item())
    return path


@says("Every step after the first uses the sum of all the slopes so far: `.grad` is not emptied between the steps.")
def grad_not_emptied(f, x0, lr, steps):
    x = torch.tensor(x0, requires_grad=True)
    path = []
    for _ in range(steps):
        f(x).backward()
        with torch.no_grad():
            x -= lr * x.grad
        path.append(x.item())
    return path


@says("All entries of the list are the same number. The list holds one tensor many times: what happens to it later?")
def one_tensor_many_times(f, x0, lr, steps):
    x = torch.tensor(x0, requires_grad=True)
    path = []
    for _ in range(steps):
        f(x).backward()
        with torch.no_grad():
            x -= lr * x.grad
            x.grad.zero_()
        path.append(x)
    return path


@says("The list begins with x0 and is one too long. It should hold x after each step.")
def list_that_begins_with_x0(f, x0, lr, steps):
    x = torch.tensor(x0, requires_grad=True)
    path = [x0]
    for _ in range(steps):
        f(x).backward()
        with torch.no_grad():
            x -= lr * x.grad
            x.grad.zero_()
        path.append(x.item())
    return path


@says("The list holds x before each step, so it begins with x0 and lacks the last x. When is x appended?")
def x_before_each_step(f, x0, lr, steps):
    x = torch.tensor(x0, requires_grad=True)
    path = []
    for _ in range(steps):
        path.append(x.item())
        f(x).backward()
        with torch.no_grad():
            x -= lr * x.grad
            x.grad.zero_()
    return path


@says("It returns the last x alone. The x after every step is asked for.")
def last_x_alone(f, x0, lr, steps):
    x = torch.tensor(x0, requires_grad=True)
    for _ in range(steps):
        f(x).backward()
        with torch.no_grad():
            x -= lr * x.grad
            x.grad.zero_()
    return x.item()


@says("Every step uses the slope at x0. Where should the slope of the second step be measured?")
def slope_at_x0_for_every_step(f, x0, lr, steps):
    x = torch.tensor(x0, requires_grad=True)
    f(x).backward()
    path = []
    for _ in range(steps):
        with torch.no_grad():
            x -= lr * x.grad
        path.append(x.item())
    return path


@says("Every step starts from x0 again, so that x never gets further than one step.")
def every_step_from_x0(f, x0, lr, steps):
    path = []
    for _ in range(steps):
        x = torch.tensor(x0, requires_grad=True)
        f(x).backward()
        path.append(x.item() - lr * x.grad.item())
    return path


@says("The steps are as long as the slope itself. Which argument should scale them?")
def learning_rate_forgotten(f, x0, lr, steps):
    x = torch.tensor(x0, requires_grad=True)
    path = []
    for _ in range(steps):
        f(x).backward()
        with torch.no_grad():
            x -= x.grad
            x.grad.zero_()
        path.append(x.item())
    return path


@says("All steps have the same length, lr. How long a step is depends on the slope, not only on its sign.")
def sign_of_the_slope(f, x0, lr, steps):
    x = torch.tensor(x0, requires_grad=True)
    path = []
    for _ in range(steps):
        f(x).backward()
        with torch.no_grad():
            x -= lr * torch.sign(x.grad)
            x.grad.zero_()
        path.append(x.item())
    return path


@says("The list holds values of f. The x after each step is asked for.")
def values_of_f(f, x0, lr, steps):
    x = torch.tensor(x0, requires_grad=True)
    path = []
    for _ in range(steps):
        y = f(x)
        y.backward()
        with torch.no_grad():
            x -= lr * x.grad
            x.grad.zero_()
        path.append(y.item())
    return path


@says("The list holds slopes. The x after each step is asked for.")
def slopes_on_the_way(f, x0, lr, steps):
    x = torch.tensor(x0, requires_grad=True)
    path = []
    for _ in range(steps):
        f(x).backward()
        path.append(x.grad.item())
        with torch.no_grad():
            x -= lr * x.grad
            x.grad.zero_()
    return path


@says("Each step carries on part of the one before it: this optimiser has momentum. A plain step has none.")
def momentum(f, x0, lr, steps):
    x = torch.tensor(x0, requires_grad=True)
    optimiser = torch.optim.SGD([x], lr=lr, momentum=0.9)
    path = []
    for _ in range(steps):
        optimiser.zero_grad()
        f(x).backward()
        optimiser.step()
        path.append(x.item())
    return path


@says("Adam rescales every slope, so its first step has the length lr. The plain step x - lr f'(x) is asked for.")
def adam_for_plain_steps(f, x0, lr, steps):
    x = torch.tensor(x0, requires_grad=True)
    optimiser = torch.optim.Adam([x], lr=lr)
    path = []
    for _ in range(steps):
        optimiser.zero_grad()
        f(x).backward()
        optimiser.step()
        path.append(x.item())
    return path


@says("The learning rate shrinks from step to step. It should stay as it was given.")
def shrinking_learning_rate(f, x0, lr, steps):
    x = torch.tensor(x0, requires_grad=True)
    path = []
    for step in range(steps):
        f(x).backward()
        with torch.no_grad():
            x -= lr / (step + 1) * x.grad
            x.grad.zero_()
        path.append(x.item())
    return path
