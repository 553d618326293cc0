# mypy: allow-untyped-defs
"""Wrong versions of `fit_linear`."""

import torch

from gdhelpers.misconceptions import says


@says("The gradients of earlier steps add up in `.grad`. Look at what the second `backward()` finds there.")
def gradients_add_up(X, y, lr, steps):
    W, b, losses = torch.zeros(X.shape[1], 1, requires_grad=True), torch.zeros(1, requires_grad=True), []
    for _ in range(steps):
        loss = ((X @ W + b - y.reshape(-1, 1)) ** 2).mean()
        loss.backward()
        with torch.no_grad():
            W -= lr * W.grad
            b -= lr * b.grad
        losses.append(loss.item())
    return W, b, losses


@says("The steps go uphill: the loss grows. Look at the sign in the update.")
def ascent(X, y, lr, steps):
    W, b, losses = torch.zeros(X.shape[1], 1), torch.zeros(1), []
    for _ in range(steps):
        residual = X @ W + b - y.reshape(-1, 1)
        losses.append((residual**2).mean())
        W, b = W + lr * 2 / len(X) * X.T @ residual, b + lr * 2 * residual.mean(dim=0)
    return W, b, losses


@says("b is still zero at the end. Look at which parameters a step updates.")
def bias_not_updated(X, y, lr, steps):
    W, b, losses = torch.zeros(X.shape[1], 1), torch.zeros(1), []
    for _ in range(steps):
        residual = X @ W + b - y.reshape(-1, 1)
        losses.append((residual**2).mean())
        W = W - lr * 2 / len(X) * X.T @ residual
    return W, b, losses


@says("b is updated from residuals in which W is new already. One step uses the gradients at one point.")
def bias_updated_after_the_weights(X, y, lr, steps):
    W, b, losses = torch.zeros(X.shape[1], 1), torch.zeros(1), []
    y = y.reshape(-1, 1)
    for _ in range(steps):
        losses.append(((X @ W + b - y) ** 2).mean())
        W = W - lr * 2 / len(X) * X.T @ (X @ W + b - y)
        b = b - lr * 2 * (X @ W + b - y).mean(dim=0)
    return W, b, losses


@says("Each loss was measured after its step. Look at where in the loop it is computed.")
def losses_after_the_steps(X, y, lr, steps):
    W, b, losses = torch.zeros(X.shape[1], 1), torch.zeros(1), []
    y = y.reshape(-1, 1)
    for _ in range(steps):
        residual = X @ W + b - y
        W, b = W - lr * 2 / len(X) * X.T @ residual, b - lr * 2 * residual.mean(dim=0)
        losses.append(((X @ W + b - y) ** 2).mean())
    return W, b, losses


@says("There is one loss too many: the one after the last step was not asked for.")
def last_loss_too(X, y, lr, steps):
    W, b, losses = torch.zeros(X.shape[1], 1), torch.zeros(1), []
    y = y.reshape(-1, 1)
    for _ in range(steps):
        residual = X @ W + b - y
        losses.append((residual**2).mean())
        W, b = W - lr * 2 / len(X) * X.T @ residual, b - lr * 2 * residual.mean(dim=0)
    losses.append(((X @ W + b - y) ** 2).mean())
    return W, b, losses


@says("Only the last loss came back. Look at what the exercise asks to be collected.")
def only_the_last_loss(X, y, lr, steps):
    W, b = torch.zeros(X.shape[1], 1), torch.zeros(1)
    for _ in range(steps):
        residual = X @ W + b - y.reshape(-1, 1)
        loss = (residual**2).mean()
        W, b = W - lr * 2 / len(X) * X.T @ residual, b - lr * 2 * residual.mean(dim=0)
    return W, b, loss


@says("The descent starts from ones. Look at where the exercise starts it.")
def starts_from_ones(X, y, lr, steps):
    W, b, losses = torch.ones(X.shape[1], 1), torch.ones(1), []
    for _ in range(steps):
        residual = X @ W + b - y.reshape(-1, 1)
        losses.append((residual**2).mean())
        W, b = W - lr * 2 / len(X) * X.T @ residual, b - lr * 2 * residual.mean(dim=0)
    return W, b, losses


@says("The descent starts somewhere else each time. Look at where the exercise starts it.")
def starts_from_random_numbers(X, y, lr, steps):
    W, b, losses = torch.randn(X.shape[1], 1), torch.randn(1), []
    for _ in range(steps):
        residual = X @ W + b - y.reshape(-1, 1)
        losses.append((residual**2).mean())
        W, b = W - lr * 2 / len(X) * X.T @ residual, b - lr * 2 * residual.mean(dim=0)
    return W, b, losses


@says("The loss is a sum over the rows, so each step is as many times too large as there are rows.")
def sum_instead_of_mean(X, y, lr, steps):
    W, b, losses = torch.zeros(X.shape[1], 1), torch.zeros(1), []
    for _ in range(steps):
        residual = X @ W + b - y.reshape(-1, 1)
        losses.append((residual**2).sum())
        W, b = W - lr * 2 * X.T @ residual, b - lr * 2 * residual.sum(dim=0)
    return W, b, losses


@says(
    "The first loss is right, but each step is half as long as it should be. Differentiate the square again on paper."
)
def half_the_gradients(X, y, lr, steps):
    W, b, losses = torch.zeros(X.shape[1], 1), torch.zeros(1), []
    for _ in range(steps):
        residual = X @ W + b - y.reshape(-1, 1)
        losses.append((residual**2).mean())
        W, b = W - lr * X.T @ residual / len(X), b - lr * residual.mean(dim=0)
    return W, b, losses


@says("b comes out as minus the intercept. Write out the residual with brackets round the whole prediction.")
def bias_subtracted(X, y, lr, steps):
    W, b, losses = torch.zeros(X.shape[1], 1), torch.zeros(1), []
    for _ in range(steps):
        diff = y.reshape(-1, 1) - X @ W + b
        losses.append((diff**2).mean())
        W, b = W + lr * 2 / len(X) * X.T @ diff, b - lr * 2 * diff.mean(dim=0)
    return W, b, losses


@says("With y of shape (n,) the subtraction made a table of n x n residuals. Print the shapes of its two sides.")
def target_not_reshaped(X, y, lr, steps):
    W, b, losses = torch.zeros(X.shape[1], 1, requires_grad=True), torch.zeros(1, requires_grad=True), []
    for _ in range(steps):
        loss = ((X @ W + b - y) ** 2).mean()
        loss.backward()
        with torch.no_grad():
            W -= lr * W.grad
            b -= lr * b.grad
        W.grad = b.grad = None
        losses.append(loss.item())
    return W, b, losses


@says("With y of shape (n, 1) the subtraction made a table of n x n residuals. Print the shapes of its two sides.")
def prediction_flattened(X, y, lr, steps):
    W, b, losses = torch.zeros(X.shape[1], 1, requires_grad=True), torch.zeros(1, requires_grad=True), []
    for _ in range(steps):
        loss = (((X @ W + b).flatten() - y) ** 2).mean()
        loss.backward()
        with torch.no_grad():
            W -= lr * W.grad
            b -= lr * b.grad
        W.grad = b.grad = None
        losses.append(loss.item())
    return W, b, losses


@says(
    "`W = W - ...` gave the name W to a new tensor, which no longer asks for gradients. Look at how a step changes W."
)
def weights_rebound(X, y, lr, steps):
    W, b, losses = torch.zeros(X.shape[1], 1, requires_grad=True), torch.zeros(1, requires_grad=True), []
    for _ in range(steps):
        loss = ((X @ W + b - y.reshape(-1, 1)) ** 2).mean()
        loss.backward()
        with torch.no_grad():
            W = W - lr * W.grad
            b = b - lr * b.grad
        losses.append(loss.item())
    return W, b, losses


@says("The results came in another order. Look at which of the three is asked for first.")
def losses_returned_first(X, y, lr, steps):
    W, b, losses = torch.zeros(X.shape[1], 1), torch.zeros(1), []
    for _ in range(steps):
        residual = X @ W + b - y.reshape(-1, 1)
        losses.append((residual**2).mean())
        W, b = W - lr * 2 / len(X) * X.T @ residual, b - lr * 2 * residual.mean(dim=0)
    return losses, W, b


@says("W lost an axis: it has shape (d,). Look at the shape that the exercise gives it.")
def weights_flattened(X, y, lr, steps):
    W, b, losses = torch.zeros(X.shape[1]), torch.zeros(1), []
    for _ in range(steps):
        residual = X @ W + b - y.reshape(-1)
        losses.append((residual**2).mean())
        W, b = W - lr * 2 / len(X) * X.T @ residual, b - lr * 2 * residual.mean()
    return W, b, losses


@says("The function returned None. Look for what it hands back: printing is not returning.")
def returns_nothing(X, y, lr, steps):
    W, b = torch.zeros(X.shape[1], 1), torch.zeros(1)
    for _ in range(steps):
        residual = X @ W + b - y.reshape(-1, 1)
        print((residual**2).mean().item())
        W, b = W - lr * 2 / len(X) * X.T @ residual, b - lr * 2 * residual.mean(dim=0)
