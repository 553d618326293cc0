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
