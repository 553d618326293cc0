# mypy: allow-untyped-defs
# ruff: noqa: B006, RET503 - these are the mistakes
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


@says("The targets do not enter into it: this is the mean square of the predictions. Look at what is squared.")
def targets_left_out(X, y, W, b):
    return ((X @ W + b) ** 2).mean()


@says("The sum was divided by one less than the number of rows. Look at what becomes of that where there is one row.")
def divided_by_one_row_less(X, y, W, b):
    return ((X @ W + b - y.reshape(-1, 1)) ** 2).sum() / (len(X) - 1)


@says("The last row does not count. Which numbers does your loop run through?")
def last_row_left_out(X, y, W, b):
    total = torch.zeros(())
    for i in range(len(X) - 1):
        total = total + (X[i] @ W[:, 0] + b[0] - y.reshape(-1)[i]) ** 2
    return total / len(X)


@says("The function returns in its first turn, so that only one row counts. Look at how far the return is indented.")
def return_inside_the_loop(X, y, W, b):
    total = torch.zeros(())
    for i in range(len(X)):
        total = total + (X[i] @ W[:, 0] + b[0] - y.reshape(-1)[i]) ** 2
        return total / len(X)


@says("The loss lost what stands behind its decimal point. Look at the sign of division.")
def whole_number_division(X, y, W, b):
    return ((X @ W + b - y.reshape(-1, 1)) ** 2).sum() // len(X)


@says(
    "The targets were changed: a `-=` writes into y, also through another shape of it. Look at what holds the residual."
)
def residual_written_into_the_targets(X, y, W, b):
    residual = y.reshape(-1, 1)
    residual -= (X @ W + b).detach()
    return (residual**2).mean()


@says("The loss is right, but W and b require gradients now. They belong to the caller: nobody asked for that here.")
def gradients_switched_on(X, y, W, b):
    W.requires_grad_()
    b.requires_grad_()
    return ((X @ W + b - y.reshape(-1, 1)) ** 2).mean()


@says("The loss of other data of the same shape was kept and came back. Look at what the kept losses are found by.")
def kept_for_each_shape(X, y, W, b, known={}):
    if X.shape not in known:
        known[X.shape] = ((X @ W + b - y.reshape(-1, 1)) ** 2).mean().item()
    return known[X.shape]


@says("A loss with another b was kept and came back. Look at what the kept losses are found by.")
def kept_whatever_b_is(X, y, W, b, known={}):
    key = str([X, y, W])
    if key not in known:
        known[key] = ((X @ W + b - y.reshape(-1, 1)) ** 2).mean().item()
    return known[key]


@says("This is the mean over all calls so far: a list goes on from call to call. Look at where it is made, and when.")
def mean_over_all_calls(X, y, W, b, squares=[]):
    squares.extend(((X @ W + b).flatten() - y.flatten()).square().tolist())
    return sum(squares) / len(squares)
