# mypy: allow-untyped-defs, allow-untyped-calls
"""Right answers to `mse_gradients`."""

import torch


def backward_on_clones(X, y, W, b):
    W = W.detach().clone().requires_grad_()
    b = b.detach().clone().requires_grad_()
    loss = ((X @ W + b - y.reshape(-1, 1)) ** 2).mean()
    loss.backward()
    return W.grad, b.grad


def autograd_grad_of_detached(X, y, W, b):
    W, b = W.detach().requires_grad_(True), b.detach().requires_grad_(True)
    prediction = torch.matmul(X, W) + b
    loss = torch.nn.functional.mse_loss(prediction, y.reshape(prediction.shape))
    return torch.autograd.grad(loss, (W, b))


def closed_form(X, y, W, b):
    residual = X @ W + b - y.reshape(-1, 1)
    return 2 / len(X) * X.T @ residual, 2 * residual.mean(dim=0)


def einsum_as_a_list(X, y, W, b):
    residual = (torch.einsum("nd,dk->n", X, W) + b).flatten() - y.flatten()
    dW = 2 * torch.einsum("nd,n->d", X, residual) / X.shape[0]
    db = 2 * torch.einsum("n->", residual) / X.shape[0]
    return [dW.unsqueeze(1), db.unsqueeze(0)]


def numpy_in_float64(X, y, W, b):
    X, y, W, b = (t.detach().numpy().astype("float64") for t in (X, y, W, b))
    residual = X @ W + b - y.reshape(-1, 1)
    return 2 * (X * residual).mean(axis=0).reshape(-1, 1), 2 * residual.mean(axis=0)


def linear_module(X, y, W, b):
    model = torch.nn.Linear(X.shape[1], 1)
    with torch.no_grad():
        model.weight.copy_(W.T)
        model.bias.copy_(b)
    torch.nn.MSELoss()(model(X).squeeze(1), y.reshape(-1)).backward()
    return model.weight.grad.T, model.bias.grad


def functional_grad(X, y, W, b):
    def loss(W, b):
        return ((X @ W + b - y.reshape(-1, 1)) ** 2).sum() / X.shape[0]

    return torch.func.grad(loss, argnums=(0, 1))(W.detach(), b.detach())


def arguments_restored(X, y, W, b):
    kept = [(leaf, leaf.requires_grad, leaf.grad) for leaf in (W, b)]
    for leaf in (W, b):
        leaf.grad = None
        leaf.requires_grad_(True)
    torch.mean((y.reshape(-1, 1) - X @ W - b) ** 2).backward()
    gradients = W.grad, b.grad
    for leaf, requires_grad, grad in kept:
        leaf.requires_grad_(requires_grad)
        leaf.grad = grad
    return gradients


def typed_with_parameters(
    X: torch.Tensor, y: torch.Tensor, W: torch.Tensor, b: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return dW of shape (d, 1) and db of shape (1,)."""
    weights, bias = torch.nn.Parameter(W.detach().clone()), torch.nn.Parameter(b.detach().clone())
    residual = X @ weights + bias - y.reshape(-1, 1)
    loss = sum(residual * residual) / X.shape[0]
    loss.backward()
    print("loss", loss.item())
    return weights.grad, bias.grad


def double_precision(X, y, W, b):
    X, y = X.double(), y.double().reshape(-1, 1)
    W, b = W.detach().double().requires_grad_(), b.detach().double().requires_grad_()
    return torch.autograd.grad((X @ W + b - y).square().mean(), [W, b])


def jacobian_of_the_loss(X, y, W, b):
    def loss(W, b):
        return torch.nn.functional.mse_loss(torch.addmm(b, X, W), y.reshape(-1, 1))

    return torch.autograd.functional.jacobian(loss, (W.detach(), b.detach()))


def one_step_of_an_optimiser(X, y, W, b):
    before = [t.detach().double() for t in (W, b)]
    after = [torch.nn.Parameter(t.clone()) for t in before]
    ((X.double() @ after[0] + after[1] - y.double().reshape(-1, 1)) ** 2).mean().backward()
    torch.optim.SGD(after, lr=1.0).step()
    return tuple(old - new for old, new in zip(before, after, strict=True))


def sum_of_rows_with_names(X, y, W, b):
    from collections import namedtuple

    Gradients = namedtuple("Gradients", ["dW", "db"])
    dW, db = torch.zeros_like(W, requires_grad=False), torch.zeros_like(b, requires_grad=False)
    for row, target in zip(X, y.flatten(), strict=True):
        pull = 2 * (row @ W.detach()[:, 0] + b.detach()[0] - target) / len(X)
        dW[:, 0] += pull * row
        db[0] += pull
    return Gradients(dW, db)


def central_differences_in_float64(X, y, W, b):
    X, y, W, b = (t.detach().double() for t in (X, y, W, b))
    theta = torch.cat([W[:, 0], b])

    def loss(theta):
        return ((X @ theta[:-1] + theta[-1] - y.reshape(-1)) ** 2).mean()

    h = theta.abs().max()  # the loss is a parabola, so that any step is exact
    nudges = h * torch.eye(len(theta), dtype=torch.float64)
    slopes = torch.stack([(loss(theta + nudge) - loss(theta - nudge)) / (2 * h) for nudge in nudges])
    return slopes[:-1, None], slopes[-1:]
