# mypy: allow-untyped-defs, allow-untyped-calls
"""What students get wrong about what `.grad` holds after several passes."""

import torch

from gdhelpers.misconceptions import says


@says("`.grad` holds a single slope here: something empties it, or replaces the leaf, between the passes.")
def zeroes_between_the_passes(f, x, times):
    x = torch.tensor(x, requires_grad=True)
    for _ in range(times):
        if x.grad is not None:
            x.grad.zero_()
        f(x).backward()
    return x.grad


@says("One pass too many goes into `.grad`. Count the calls of `backward()`, the one before the loop included.")
def one_pass_too_many(f, x, times):
    x = torch.tensor(x, requires_grad=True)
    f(x).backward()
    for _ in range(times):
        f(x).backward()
    return x.grad


@says("One pass too few goes into `.grad`. Which numbers does your loop run through?")
def one_pass_too_few(f, x, times):
    x = torch.tensor(x, requires_grad=True)
    for _ in range(1, times):
        f(x).backward()
    return x.grad


@says("The slope is taken to a power. What does a backward pass do to the number that `.grad` holds already?")
def multiplies_the_slopes(f, x, times):
    x = torch.tensor(x, requires_grad=True)
    f(x).backward()
    return x.grad**times


@says("x is updated between the passes, so each slope is measured elsewhere. Every pass is at the same x.")
def moves_x_between_the_passes(f, x, times):
    x = torch.tensor(x, requires_grad=True)
    for _ in range(times):
        f(x).backward()
        with torch.no_grad():
            x -= 0.01 * x.grad
    return x.grad


@says("The slope is measured at another place, `times` times as far from zero. Every pass is at x itself.")
def x_multiplied(f, x, times):
    x = torch.tensor(times * x, requires_grad=True)
    f(x).backward()
    return x.grad


@says("f is applied to its own result. A new pass starts from x again.")
def f_of_f(f, x, times):
    leaf = torch.tensor(x, requires_grad=True)
    y = leaf
    for _ in range(times):
        y = f(y)
    y.backward()
    return leaf.grad


@says("The numbers grow too fast, like 1 + 2 + 3: an earlier pass is added in again by every later one.")
def running_total_of_the_values(f, x, times):
    x = torch.tensor(x, requires_grad=True)
    total = 0.0
    for _ in range(times):
        total = total + f(x)
        total.backward(retain_graph=True)
    return x.grad


@says("It returns the list of what `.grad` held after each pass. Only the last of these numbers is asked for.")
def list_after_every_pass(f, x, times):
    x = torch.tensor(x, requires_grad=True)
    history = []
    for _ in range(times):
        f(x).backward()
        history.append(x.grad.item())
    return history


@says("It adds up values of f. What accumulates in `.grad` are slopes.")
def sum_of_the_values(f, x, times):
    x = torch.tensor(x, requires_grad=True)
    total = torch.zeros(())
    for _ in range(times):
        y = f(x)
        y.backward()
        total += y.detach()
    return total


@says("It returns None. Read `.grad` of the leaf after the last pass and return what it holds.")
def nothing_returned(f, x, times):
    x = torch.tensor(x, requires_grad=True)
    for _ in range(times):
        f(x).backward()


@says("`.grad` is kept from call to call: the leaf lives outside the function, so an earlier call is added in.")
def adds_up_over_calls(f, x, times, leaves={}):  # noqa: B006 - that is the mistake
    leaf = leaves.setdefault(x, torch.tensor(x, requires_grad=True))
    for _ in range(times):
        f(leaf).backward()
    return leaf.grad.clone()
