# mypy: allow-untyped-defs
"""Wrong versions of `mse`."""

import torch

from gdhelpers.misconceptions import says


@says("This is the sum of the squared residuals: it grows with the number of rows. Look at what the formula does last.")
def sum_instead_of_mean(X, y, W, b):
    return ((X @ W + b - y.reshape(-1, 1)) ** 2).sum()


@says("The loss is half of what was asked for. Some books put a 1/2 in front: look whether this exercise does.")
def half_the_mean(X, y, W, b):
    return 0.5 * ((X @ W + b - y.reshape(-1, 1)) ** 2).mean()


@says("The residuals count by their absolute values. Look at what the formula does to each residual before the mean.")
def mean_of_absolute_residuals(X, y, W, b):
    return (X @ W + b - y.reshape(-1, 1)).abs().mean()


@says("A square root was taken at the end. Look at whether the formula has one.")
def root_of_the_mean(X, y, W, b):
    return ((X @ W + b - y.reshape(-1, 1)) ** 2).mean().sqrt()


@says("The residuals were averaged before they were squared, so positive and negative ones cancel. Look at the order.")
def square_of_the_mean(X, y, W, b):
    return (X @ W + b - y.reshape(-1, 1)).mean() ** 2


@says("This is the variance of the residuals, not their mean square: a constant residual would cost nothing.")
def variance_of_the_residuals(X, y, W, b):
    return (X @ W + b - y.reshape(-1, 1)).var(correction=0)


@says("The sum was divided by the number of columns. Look at which axis of X counts the rows.")
def divided_by_columns(X, y, W, b):
    return ((X @ W + b - y.reshape(-1, 1)) ** 2).sum() / X.shape[1]


@says("The bias enters with the wrong sign. Write out the residual with brackets round the whole prediction.")
def bias_subtracted(X, y, W, b):
    return ((y.reshape(-1, 1) - X @ W + b) ** 2).mean()


@says("The loss does not depend on b. Look at what the model adds to X W.")
def bias_left_out(X, y, W, b):
    return ((X @ W - y.reshape(-1, 1)) ** 2).mean()


@says("With y of shape (n,) the subtraction made a table of n x n residuals. Print the shapes of its two sides.")
def target_not_reshaped(X, y, W, b):
    return ((X @ W + b - y) ** 2).mean()


@says("With y of shape (n, 1) the subtraction made a table of n x n residuals. Print the shapes of its two sides.")
def prediction_flattened(X, y, W, b):
    return (((X @ W + b).reshape(-1) - y) ** 2).mean()


@says("There is one squared residual a row here, but one number was asked for.")
def one_loss_a_row(X, y, W, b):
    return (X @ W + b - y.reshape(-1, 1)) ** 2


@says("The loss is an array of shape (1,), not a scalar. Python's `sum` adds the rows up and keeps the columns.")
def python_sum_keeps_the_columns(X, y, W, b):
    diff = X @ W + b - y.reshape(-1, 1)
    return sum(diff * diff) / y.shape[0]


@says("The function returned None. Look for what it hands back: printing is not returning.")
def returns_nothing(X, y, W, b):
    loss = torch.mean((X @ W + b - y.reshape(-1, 1)) ** 2)
    print(loss)


@says("The loss was rounded, so small losses are lost. Return the number as it was computed.")
def rounded_to_four_places(X, y, W, b):
    return round(torch.mean((X @ W + b - y.reshape(-1, 1)) ** 2).item(), 4)
