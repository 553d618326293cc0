# mypy: allow-untyped-defs, allow-untyped-calls
"""Right answers to `fit_linear`."""

import numpy as np
import torch


def backward_and_zero(X, y, lr, steps):
    y = y.reshape(-1, 1)
    W = torch.zeros(X.shape[1], 1, requires_grad=True)
    b = torch.zeros(1, requires_grad=True)
    losses = []
    for _ in range(steps):
        loss = ((X @ W + b - y) ** 2).mean()
        loss.backward()
        with torch.no_grad():
            W -= lr * W.grad
            b -= lr * b.grad
            W.grad.zero_()
            b.grad.zero_()
        losses.append(loss.item())
    return W, b, losses


def leaves_made_anew(X, y, lr, steps):
    W, b, losses = torch.zeros((X.shape[1], 1)), torch.zeros(1), []
    for _ in range(steps):
        W, b = W.detach().requires_grad_(), b.detach().requires_grad_()
        loss = torch.mean(torch.square(X @ W + b - y.view(-1, 1)))
        dW, db = torch.autograd.grad(loss, (W, b))
        W, b = W - lr * dW, b - lr * db
        losses.append(loss)
    return W, b, losses


def sgd_optimiser(X, y, lr, steps):
    W = torch.nn.Parameter(torch.zeros(X.shape[1], 1))
    b = torch.nn.Parameter(torch.zeros(1))
    optimiser = torch.optim.SGD([W, b], lr=lr)
    losses = []
    for _ in range(steps):
        optimiser.zero_grad()
        loss = torch.nn.functional.mse_loss(X @ W + b, y.reshape(-1, 1))
        losses.append(loss.detach())
        loss.backward()
        optimiser.step()
    return W, b, losses


def linear_module(X, y, lr, steps):
    model = torch.nn.Linear(X.shape[1], 1)
    torch.nn.init.zeros_(model.weight)
    torch.nn.init.zeros_(model.bias)
    losses = []
    for _ in range(steps):
        model.zero_grad()
        loss = torch.nn.MSELoss()(model(X).flatten(), y.flatten())
        loss.backward()
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.sub_(lr * parameter.grad)
        losses.append(float(loss))
    return model.weight.T, model.bias, losses


def closed_form_double_precision(X, y, lr, steps):
    X, y = X.double(), y.double().reshape(-1, 1)
    W, b = torch.zeros(X.shape[1], 1, dtype=torch.float64), torch.zeros(1, dtype=torch.float64)
    losses = torch.empty(steps, dtype=torch.float64)
    for step in range(steps):
        residual = X @ W + b - y
        losses[step] = (residual**2).mean()
        W, b = W - lr * 2 / len(X) * X.T @ residual, b - lr * 2 * residual.mean(dim=0)
    return W, b, losses


def numpy_with_a_column_of_ones(X, y, lr, steps):
    X, y = X.numpy(), y.numpy().reshape(-1, 1)
    design = np.hstack([X, np.ones((len(X), 1), dtype=X.dtype)])
    theta = np.zeros((design.shape[1], 1), dtype=X.dtype)
    losses = []
    for _ in range(steps):
        residual = design @ theta - y
        losses.append(np.mean(residual**2))
        theta = theta - lr * 2 / len(X) * design.T @ residual
    return theta[:-1], theta[-1], np.array(losses)


def typed_with_helpers(X: torch.Tensor, y: torch.Tensor, lr: float, steps: int) -> list:  # type: ignore[type-arg]
    """Return [W, b, losses] after `steps` steps of gradient descent."""

    def loss_of(W: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        return (torch.addmm(b, X, W).squeeze(-1) - y.reshape(-1)).square().mean()

    def gradients(W: torch.Tensor, b: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return torch.func.grad(loss_of, argnums=(0, 1))(W, b)  # type: ignore[no-any-return]

    W, b = X.new_zeros(X.shape[1], 1), X.new_zeros(1)
    losses: list[float] = []
    for step in range(steps):
        losses.append(loss_of(W, b).item())
        dW, db = gradients(W, b)
        W, b = W - lr * dW, b - lr * db
        print(f"step {step}: loss {losses[-1]:.4f}")
    return [W, b, losses]


def grad_set_to_none(X, y, lr, steps):
    n, d = X.shape
    W, b = torch.zeros(d, 1).requires_grad_(), torch.zeros(1).requires_grad_()
    history: tuple = ()  # type: ignore[type-arg]
    for _ in range(steps):
        residual = y.reshape(n, 1) - (torch.einsum("nd,dk->nk", X, W) + b)
        loss = (residual * residual).sum() / n
        loss.backward()
        history += (loss.detach().numpy(),)
        with torch.no_grad():
            W.sub_(lr * W.grad)
            b.sub_(lr * b.grad)
        W.grad = b.grad = None
    return W.detach().numpy(), b.detach().numpy(), history


def vector_jacobian_product(X, y, lr, steps):
    def loss(parameters):
        return ((X @ parameters[:-1] + parameters[-1] - y.reshape(-1, 1)) ** 2).mean()

    parameters, losses = torch.zeros(X.shape[1] + 1, 1), []
    for _ in range(steps):
        value, back = torch.func.vjp(loss, parameters)
        losses.append(value)
        parameters = parameters - lr * back(torch.ones(()))[0]
    return parameters[:-1], parameters[-1], torch.stack(losses)


def moments_of_the_data(X, y, lr, steps):
    X, y = X.double(), y.double().reshape(-1, 1)
    n, d = X.shape
    design = torch.cat([X, torch.ones(n, 1, dtype=torch.float64)], dim=1)
    A, c = design.T @ design / n, design.T @ y / n
    w, losses = torch.zeros(d + 1, 1, dtype=torch.float64), []
    for _ in range(steps):
        losses.append(((design @ w - y) ** 2).mean().item())
        w = w - 2 * lr * (A @ w - c)
    return w[:d], w[d], losses


def affine_map_to_a_power(X, y, lr, steps):
    design = np.hstack([X.double().numpy(), np.ones((len(X), 1))])
    y = y.double().numpy().reshape(-1, 1)
    size = design.shape[1]
    move = np.eye(size + 1)
    move[:size, :size] -= 2 * lr / len(X) * design.T @ design
    move[:size, size:] = 2 * lr / len(X) * design.T @ y
    places = [np.linalg.matrix_power(move, step)[:size, size:] for step in range(steps + 1)]
    losses = [float(np.mean((design @ theta - y) ** 2)) for theta in places[:-1]]
    return places[-1][:-1], places[-1][-1], losses


def sequential_model(X, y, lr, steps):
    model = torch.nn.Sequential(torch.nn.Linear(X.shape[1], 1), torch.nn.Flatten(0))
    for parameter in model.parameters():
        torch.nn.init.constant_(parameter, 0.0)
    loss_of, optimiser = torch.nn.MSELoss(), torch.optim.SGD(model.parameters(), lr=lr)
    losses = torch.zeros(steps)
    for step in range(steps):
        loss = loss_of(model(X), y.reshape(-1))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses[step] = loss.detach()
    state = model.state_dict()
    return state["0.weight"].T, state["0.bias"], losses


def plain_python_lists(X, y, lr, steps):
    rows, targets = X.tolist(), y.reshape(-1).tolist()
    n, d = len(rows), len(rows[0])
    w, b, losses = [0.0] * d, 0.0, []
    for _ in range(steps):
        r = [sum(x * v for x, v in zip(row, w, strict=True)) + b - t for row, t in zip(rows, targets, strict=True)]
        losses.append(sum(e * e for e in r) / n)
        w = [w[j] - lr * 2 / n * sum(r[i] * rows[i][j] for i in range(n)) for j in range(d)]
        b -= lr * 2 / n * sum(r)
    return torch.tensor(w).unsqueeze(1), torch.tensor([b]), losses


def in_tensorflow(X, y, lr, steps):
    import tensorflow as tf

    X, y = tf.constant(X.numpy()), tf.constant(y.reshape(-1, 1).numpy())
    W, b, losses = tf.Variable(tf.zeros((X.shape[1], 1))), tf.Variable(tf.zeros(1)), []
    for _ in range(steps):
        with tf.GradientTape() as tape:
            losses.append(tf.reduce_mean((X @ W + b - y) ** 2))
        for variable, slope in zip((W, b), tape.gradient(losses[-1], (W, b)), strict=True):
            variable.assign_sub(lr * slope)
    return W, b, losses
