# mypy: allow-untyped-defs, allow-untyped-calls
"""Wrong versions of `mse_gradients`."""

import torch

from gdhelpers.misconceptions import says


@says("These are the gradients of the sum over the rows, not of the mean: they grow with the number of rows.")
def sum_instead_of_mean(X, y, W, b):
    W, b = W.detach().clone().requires_grad_(), b.detach().clone().requires_grad_()
    ((X @ W + b - y.reshape(-1, 1)) ** 2).sum().backward()
    return W.grad, b.grad


@says("Both gradients are half of what they should be. Differentiate the square once more on paper.")
def half_the_gradients(X, y, W, b):
    residual = X @ W + b - y.reshape(-1, 1)
    return X.T @ residual / len(X), residual.mean(dim=0)


@says("Both gradients point the wrong way. Look at the sign of the residual and of its derivative with respect to W.")
def opposite_sign(X, y, W, b):
    residual = y.reshape(-1, 1) - (X @ W + b)
    return 2 / len(X) * X.T @ residual, 2 * residual.mean(dim=0)


@says("dW is right, but db is a sum over the rows. Both gradients belong to the same loss: look at what it does last.")
def bias_gradient_summed(X, y, W, b):
    residual = X @ W + b - y.reshape(-1, 1)
    return 2 / len(X) * X.T @ residual, 2 * residual.sum(dim=0)


@says(
    "The bias enters the residual with the wrong sign. Write out the residual with brackets round the whole prediction."
)
def bias_subtracted(X, y, W, b):
    W, b = W.detach().clone().requires_grad_(), b.detach().clone().requires_grad_()
    ((y.reshape(-1, 1) - X @ W + b) ** 2).mean().backward()
    return W.grad, b.grad


@says("The residual was computed without b. Look at what the model adds to X W.")
def bias_left_out_of_the_prediction(X, y, W, b):
    residual = X @ W - y.reshape(-1, 1)
    return 2 / len(X) * X.T @ residual, 2 * residual.mean(dim=0)


@says("With y of shape (n,) the subtraction made a table of n x n residuals. Print the shapes of its two sides.")
def target_not_reshaped(X, y, W, b):
    W, b = W.detach().clone().requires_grad_(), b.detach().clone().requires_grad_()
    ((X @ W + b - y) ** 2).mean().backward()
    return W.grad, b.grad


@says("With y of shape (n, 1) the subtraction made a table of n x n residuals. Print the shapes of its two sides.")
def prediction_flattened(X, y, W, b):
    W, b = W.detach().clone().requires_grad_(), b.detach().clone().requires_grad_()
    (((X @ W + b).flatten() - y) ** 2).mean().backward()
    return W.grad, b.grad


@says("`backward()` added to the `.grad` that W and b already held. Look at which tensors it should write into.")
def backward_into_the_arguments(X, y, W, b):
    W.requires_grad_()
    b.requires_grad_()
    ((X @ W + b - y.reshape(-1, 1)) ** 2).mean().backward()
    return W.grad, b.grad


@says(
    "The gradients are right, but the `.grad` of W and b was changed. Look at which tensors `backward()` writes into."
)
def old_gradients_thrown_away(X, y, W, b):
    W.requires_grad_()
    b.requires_grad_()
    W.grad = b.grad = None
    ((X @ W + b - y.reshape(-1, 1)) ** 2).mean().backward()
    return W.grad, b.grad


@says("The two gradients came in the other order. Look at which of them is asked for first.")
def order_swapped(X, y, W, b):
    W, b = W.detach().clone().requires_grad_(), b.detach().clone().requires_grad_()
    ((X @ W + b - y.reshape(-1, 1)) ** 2).mean().backward()
    return b.grad, W.grad


@says("dW lost an axis: it has shape (d,). A gradient has the shape of what it belongs to.")
def weights_gradient_flattened(X, y, W, b):
    residual = (X @ W + b).flatten() - y.flatten()
    return 2 / len(X) * X.T @ residual, 2 * residual.mean().reshape(1)


@says("dW lies on its side: it has shape (1, d). A gradient has the shape of what it belongs to.")
def row_instead_of_column(X, y, W, b):
    residual = X @ W + b - y.reshape(-1, 1)
    return 2 / len(X) * residual.T @ X, 2 * residual.mean(dim=0)


@says("db is a scalar. A gradient has the shape of what it belongs to: look at the shape of b.")
def bias_gradient_a_scalar(X, y, W, b):
    residual = X @ W + b - y.reshape(-1, 1)
    return 2 / len(X) * X.T @ residual, 2 * residual.mean()


@says("The loss came along with the gradients. Look at what the exercise asks to be returned.")
def loss_returned_too(X, y, W, b):
    W, b = W.detach().clone().requires_grad_(), b.detach().clone().requires_grad_()
    loss = ((X @ W + b - y.reshape(-1, 1)) ** 2).mean()
    loss.backward()
    return loss, W.grad, b.grad


@says(
    "The function returned None. `backward()` returns nothing: look at where it puts the gradients, and hand them back."
)
def returns_nothing(X, y, W, b):
    W, b = W.detach().clone().requires_grad_(), b.detach().clone().requires_grad_()
    ((X @ W + b - y.reshape(-1, 1)) ** 2).mean().backward()


@says(
    "Slopes measured by nudging are too coarse in float32. Compute the gradients, and keep nudging for checking them."
)
def measured_by_nudging(X, y, W, b):
    def loss(W, b):
        return ((X @ W + b - y.reshape(-1, 1)) ** 2).mean()

    W, b, h = W.detach(), b.detach(), 1e-3
    dW = torch.zeros_like(W)
    for index in range(len(W)):
        nudge = torch.zeros_like(W)
        nudge[index] = h
        dW[index] = (loss(W + nudge, b) - loss(W - nudge, b)) / (2 * h)
    return dW, ((loss(W, b + h) - loss(W, b - h)) / (2 * h)).reshape(1)


@says("This is the loss itself, a single number, and not how it changes. Look at what `backward` leaves, and where.")
def loss_returned(X, y, W, b):
    return ((X @ W + b - y.reshape(-1, 1)) ** 2).mean()
