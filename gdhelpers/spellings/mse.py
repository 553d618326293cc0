# mypy: allow-untyped-defs, allow-untyped-calls
"""Right answers to `mse`."""

import numpy as np
import torch


def matmul_and_mean(X, y, W, b):
    return ((X @ W + b - y.reshape(-1, 1)) ** 2).mean()


def einsum_and_sum(X, y, W, b):
    n = X.shape[0]
    residual = torch.einsum("nd,dk->nk", X, W) + b - y.view(n, 1)
    return residual.pow(2).sum() / n


def functional_mse_loss(X, y, W, b):
    prediction = torch.matmul(X, W) + b
    return torch.nn.functional.mse_loss(prediction, y.reshape(prediction.shape))


def functional_linear_flat(X, y, W, b):
    prediction = torch.nn.functional.linear(X, W.T, b).flatten()
    return torch.mean(torch.square(y.flatten() - prediction)).item()


def dot_product_of_the_residual(X, y, W, b):
    residual = y.reshape(-1, 1) - torch.mm(X, W) - b
    return (residual.T @ residual).squeeze() / len(residual)


def numpy_in_float64(X, y, W, b):
    X, y, W, b = (t.detach().numpy().astype("float64") for t in (X, y, W, b))
    return np.mean((X.dot(W) + b - y.reshape(-1, 1)) ** 2)


def rows_one_by_one(X, y, W, b):
    total = 0.0
    for row, target in zip(X, y.flatten(), strict=True):
        total += (float(row @ W[:, 0]) + float(b[0]) - float(target)) ** 2
    return total / X.shape[0]


def typed_with_a_helper(
    X: torch.Tensor, y: torch.Tensor, W: torch.Tensor, b: torch.Tensor, verbose: bool = True
) -> torch.Tensor:
    """Return the mean squared residual as a 0-d tensor."""

    def predict(X: torch.Tensor) -> torch.Tensor:
        return torch.addmm(b, X, W)

    with torch.no_grad():
        loss = (predict(X) - y.reshape(len(y), 1)).square().mean()
    if verbose:
        print(f"loss: {loss.item():.4f}")
    return loss


def column_of_ones(X, y, W, b):
    design = torch.cat([X, torch.ones(len(X), 1)], dim=1)
    theta = torch.cat([W, b.reshape(1, 1)])
    return ((design @ theta).squeeze(1) - y.reshape(-1)).pow(2).mean(dim=0)


def double_precision(X, y, W, b):
    residual = X.double() @ W.double() + b.double() - y.double().reshape(-1, 1)
    return (residual * residual).mean()


def modules_of_torch(X, y, W, b):
    model = torch.nn.Linear(X.shape[1], 1)
    model.weight.data, model.bias.data = W.detach().T, b.detach()
    return torch.nn.MSELoss()(model(X), y.reshape(-1, 1))


def length_of_the_residual(X, y, W, b):
    return torch.linalg.vector_norm(X @ W + b - y.reshape(-1, 1)) ** 2 / len(X)


def plain_python_lists(X, y, W, b):
    weights, (bias,) = W.flatten().tolist(), b.tolist()
    squares = [
        (sum(x * w for x, w in zip(row, weights, strict=True)) + bias - target) ** 2
        for row, target in zip(X.tolist(), y.flatten().tolist(), strict=True)
    ]
    return sum(squares) / len(squares)


def each_row_by_vmap(X, y, W, b):
    def square(row, target):
        return (row @ W[:, 0] + b[0] - target) ** 2

    return torch.vmap(square)(X, y.reshape(-1)).mean()


def in_tensorflow(X, y, W, b):
    import tensorflow as tf

    X, y, W, b = (tf.constant(t.detach().numpy()) for t in (X, y, W, b))
    return tf.reduce_mean(tf.math.squared_difference(tf.matmul(X, W) + b, tf.reshape(y, (-1, 1))))
