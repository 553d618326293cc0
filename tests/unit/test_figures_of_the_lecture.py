"""The twelve figures of the lecture, each made from its experiment: they show the arrays, with axes named and in words."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest

from gdhelpers import figures
from gdhelpers.data import load_regression
from gdhelpers.experiments import (
    accumulation,
    broadcasting,
    conditioning,
    cross_entropy,
    descent,
    difference,
    logistic,
)
from gdhelpers.experiments import evaluations as counting
from gdhelpers.experiments import mutants_of_gradients as mutants
from gdhelpers.experiments.functions import PARABOLA, QUOTIENT

mpl.use("agg")


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def cars():
    rows = load_regression().dropna()
    return rows["cylinders"].to_numpy(), rows["mpg"].to_numpy()


def parabola(x):
    return x * x + 4 * x


# The figures, by their numbers in the specification


def secants():
    x, h = np.linspace(-1, 8, 200), np.array([4.0, 2.0, 1.0])
    return figures.secants(
        x,
        PARABOLA.value(x),
        (3.0, PARABOLA.value(3.0)),
        PARABOLA.slope(3.0),
        h,
        difference.forward(PARABOLA.value, 3.0, h),
    )


def graphs():
    return figures.computation_graphs(
        {
            "PyTorch: grad_fn and next_functions": figures.torch_graph(parabola, 3.0),
            "TensorFlow: tf.function and a tape": figures.tensorflow_graph(parabola, 3.0),
        }
    )


def error_curves():
    h = 10.0 ** -np.arange(0, 15, 0.5)
    return figures.error_curves(
        h,
        {
            "x² + 4x at 3, float64": difference.errors(PARABOLA, 3.0, h),
            "750/x + 10x at 5, float64": difference.errors(QUOTIENT, 5.0, h),
            "750/x + 10x at 5, float32": difference.errors(QUOTIENT, 5.0, h, np.float32),
        },
    )


def descent_runs():
    runs = {}
    for lr, start, steps in ((0.02, 1.0, 60), (0.5, 5.0, 20), (0.87, 5.0, 20), (5.0, 20.0, 20)):
        path = descent.descend(QUOTIENT.slope, start, lr, steps)
        runs[f"lr = {lr:g}"] = (path, QUOTIENT.value(path))
    return figures.descent_runs(runs, QUOTIENT.minimum, QUOTIENT.value(QUOTIENT.minimum))


def bifurcation():
    lr = np.linspace(0.8, 1.25, 900)
    last = descent.last_iterates(QUOTIENT.slope, 5.0, lr, 2000, 100)
    return figures.bifurcation(lr, last, QUOTIENT.largest_stable_lr(), QUOTIENT.minimum)


def forgotten_zero_grad():
    return figures.forgotten_zero_grad(
        accumulation.forgotten_zero_grad(PARABOLA.value, 3.0, 0.1, 60),
        accumulation.momentum(PARABOLA.slope, 3.0, 0.1, 60),
        descent.descend(PARABOLA.slope, 3.0, 0.1, 60),
        PARABOLA.minimum,
    )


def state_tables():
    import torch

    x = torch.tensor(3.0, requires_grad=True)
    a, b = x * x, 4 * x
    z = a + b
    tensors = {"x": x, "4": torch.tensor(4.0), "a = x * x": a, "b = 4 * x": b, "z = a + b": z}
    before = figures.tensor_states(tensors)
    z.backward()
    return figures.state_tables({"before z.backward()": before, "after z.backward()": figures.tensor_states(tensors)})


def landscape(X, y, start, share, span):
    best, *_ = np.linalg.lstsq(X, y)
    first, second = (np.linspace(center - width, center + width, 121) for center, width in zip(best, span, strict=True))
    grid = np.stack(np.meshgrid(first, second), axis=-1)
    path = conditioning.descend(X, y, start, share * conditioning.largest_stable_lr(X), 40)
    return (
        figures.Landscape(first, second, conditioning.losses(X, y, grid), path, conditioning.condition_number(X)),
        tuple(best),
    )


def contours():
    x, y = cars()
    raw, raw_best = landscape(conditioning.with_ones(x[:, None]), y, [0.0, 0.0], 0.9, (16.0, 62.0))
    scaled, scaled_best = landscape(
        conditioning.with_ones(conditioning.standardised(x[:, None])), y, [0.0, 0.0], 0.2, (39.0, 30.0)
    )
    return figures.loss_contours({"raw": raw, "standardised": scaled}, {"raw": raw_best, "standardised": scaled_best})


def shape_bug():
    x, y = cars()
    X = conditioning.with_ones(x[:, None])
    Z = conditioning.with_ones(conditioning.standardised(x[:, None]))
    _, flat = broadcasting.losses(Z, y, 0.1, 200, bug=True)
    _, right = broadcasting.losses(Z, y, 0.1, 200, bug=False)
    lines = {
        name: (w[0] / x.std(), w[1] - w[0] * x.mean() / x.std())
        for name, w in (("392 x 392 residuals", flat), ("392 residuals", right))
    }
    table = broadcasting.table(X @ np.array(lines["392 residuals"]), y)
    return figures.shape_bug(table, x, y, lines, xlabel="cylinders", ylabel="mpg")


def cross_entropies():
    z = np.linspace(-5, 120, 1001)
    found = cross_entropy.against_logit(z, 0.0)
    return figures.cross_entropies(
        z, {kind: pair[0] for kind, pair in found.items()}, {kind: pair[1] for kind, pair in found.items()}
    )


def pulls():
    X, t = logistic.patients()
    w = logistic.fit(lambda w: logistic.gradient(X, t, w), 9)
    return figures.pulls(logistic.sigmoid(X @ w), t, row="patient")


def heat_map():
    found = mutants.outcomes(*logistic.patients())
    texts = [
        [
            *(f"{number:.0e}" if number < 1e-6 else f"{number:.2g}" for number in outcome.differences),
            "yes" if outcome.fell else "no",
            f"{outcome.accuracy:.3f}",
        ]
        for outcome in found.values()
    ]
    caught = [outcome.caught(1e-6, 0.77) for outcome in found.values()]
    return figures.heat_map(caught, list(found), mutants.CHECKS, texts)


def evaluations():
    parameters = [1, 3, 10, 30, 100, 300, 1000]
    return figures.evaluations(parameters, counting.evaluations(parameters))


FIGURES = {
    "1": secants,
    "2": graphs,
    "3": error_curves,
    "4a": descent_runs,
    "4b": bifurcation,
    "5": forgotten_zero_grad,
    "6": state_tables,
    "7": contours,
    "8": shape_bug,
    "9": cross_entropies,
    "10": pulls,
    "11": heat_map,
    "12": evaluations,
}
