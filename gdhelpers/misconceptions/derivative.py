# mypy: allow-untyped-defs, allow-untyped-calls
"""What students get wrong about a derivative by autograd."""

import torch

from gdhelpers.misconceptions import says


@says("It returns the value of f at x. Which attribute of the leaf does `backward()` fill?")
def value_instead_of_slope(f, x):
    x = torch.tensor(x, requires_grad=True)
    y = f(x)
    y.backward()
    return y.detach()


@says("It returns x itself. The slope is stored beside the number that a leaf holds, not in its place.")
def leaf_instead_of_its_grad(f, x):
    x = torch.tensor(x, requires_grad=True)
    f(x).backward()
    return x


@says("It returns None, which is what `backward()` returns. Look at where `backward()` leaves its result.")
def result_of_backward(f, x):
    x = torch.tensor(x, requires_grad=True)
    return f(x).backward()


@says("`torch.autograd.grad` returns a tuple with one entry for each input. One number was asked for.")
def tuple_of_gradients(f, x):
    x = torch.tensor(x, requires_grad=True)
    return torch.autograd.grad(f(x), x)


@says("It returns an array of shape (1,). Make the leaf from the number itself, not from a list that holds it.")
def one_element_array(f, x):
    x = torch.tensor([x], requires_grad=True)
    f(x).backward()
    return x.grad


@says("The slope has the opposite sign. The minus of gradient descent is not part of the derivative.")
def downhill_direction(f, x):
    x = torch.tensor(x, requires_grad=True)
    f(x).backward()
    return -x.grad


@says("The slope is doubled: two backward passes went into the same leaf, and what does the second do to `.grad`?")
def two_backward_passes(f, x):
    x = torch.tensor(x, requires_grad=True)
    f(x).backward()
    f(x).backward()
    return x.grad


@says("This is the slope of x^2 + 4x whatever f is. Let autograd differentiate the f that the function is given.")
def slope_of_the_example(f, x):
    return 2 * x + 4


@says("It returns the slope of the slope. How many times is f differentiated?")
def second_derivative(f, x):
    x = torch.tensor(x, requires_grad=True)
    (slope,) = torch.autograd.grad(f(x), x, create_graph=True)
    if not slope.requires_grad:
        return torch.zeros(())
    return torch.autograd.grad(slope, x)[0]


@says("It returns the change of f when x grows by one. That is the slope of a chord, not of the tangent at x.")
def change_over_a_whole_step(f, x):
    return (f(torch.tensor(x + 1.0)) - f(torch.tensor(x))).item()


@says("It is close to the slope, as a chord to one side of x is. Autograd needs no step at all.")
def one_sided_difference(f, x):
    h = 1e-3
    x = torch.tensor(x, dtype=torch.float64)
    return (f(x + h) - f(x)) / h


@says("Rounding noise: in float32 the two values of f agree in nearly all their digits, and their difference has few.")
def tiny_step_in_float32(f, x):
    h = 1e-6
    x = torch.tensor(x)
    return (f(x + h) - f(x)) / h


@says("The slope is rounded to a few decimals. Return every digit, and round only what you print.")
def rounded_to_two_decimals(f, x):
    x = torch.tensor(x, requires_grad=True)
    f(x).backward()
    return round(x.grad.item(), 2)


@says("It returns the slope at a whole number near x: the fraction of x is lost on the way into the tensor.")
def fraction_of_x_cut_off(f, x):
    x = torch.tensor(float(int(x)), requires_grad=True)
    f(x).backward()
    return x.grad
