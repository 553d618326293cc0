"""The twelve figures of the lecture, each made from its experiment: their arrays, names of axes and descriptions."""

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

WITHOUT_AXES = ("2", "6")
"""Drawings and tables: they have titles instead."""


@pytest.mark.parametrize("number", FIGURES)
def test_axes_are_named(number):
    figure = FIGURES[number]()
    panels = [axes for axes in figure.axes if axes.get_label() != "<colorbar>"]
    if number in WITHOUT_AXES:
        assert all(axes.get_title(loc="left") for axes in panels)
    elif number == "11":
        assert [len(axes.get_xticklabels()) * len(axes.get_yticklabels()) for axes in panels] == [5 * 14]
    else:
        # A shared axis is named once: at the foot of a column, at the left of a row.
        bottom = min(axes.get_position().y0 for axes in panels)
        left = min(axes.get_position().x0 for axes in panels)
        assert all(axes.get_xlabel() for axes in panels if axes.get_position().y0 == bottom)
        assert all(axes.get_ylabel() for axes in panels if axes.get_position().x0 == left)


@pytest.mark.parametrize("number", FIGURES)
def test_a_figure_is_described_and_fits_a_notebook(number):
    figure = FIGURES[number]()
    text = figures.alt_text(figure)
    assert text.endswith(".")
    assert 80 < len(text) < 600
    assert "\n" not in text
    assert "nan" not in text
    assert figure.get_figwidth() <= 10.8


@pytest.mark.parametrize("number", FIGURES)
def test_the_same_figure_every_time(number, tmp_path):
    first, second = tmp_path / "first.png", tmp_path / "second.png"
    for path in (first, second):
        FIGURES[number]().savefig(path)
    assert first.read_bytes() == second.read_bytes()
    assert first.stat().st_size > 10_000


def shown(axes, label):
    (line,) = [line for line in axes.lines if line.get_label() == label]
    return np.column_stack([line.get_xdata(), line.get_ydata()])


# What each of them shows


def test_the_secants_meet_the_curve_twice():
    left, right = secants().axes
    for h in (4, 2, 1):
        (x0, y0), (x1, y1) = shown(left, f"h = {h}")
        slope = (y1 - y0) / (x1 - x0)
        assert slope == pytest.approx(10 + h)
        for x in (3, 3 + h):
            assert y0 + slope * (x - x0) == pytest.approx(x**2 + 4 * x)
    points = [line.get_xydata()[0].tolist() for line in right.lines if line.get_linestyle() == "None"]
    assert points == [[4, 14], [2, 12], [1, 11]]


def test_an_error_of_zero_is_on_the_lowest_line():
    axes = error_curves().axes[0]
    central, floor = shown(axes, "central"), axes.get_yticks()[0]
    assert central[0].tolist() == [1.0, floor]
    assert axes.get_yticklabels()[0].get_text() == "0"
    assert floor < central[central[:, 1] > floor, 1].min() / 10


def test_the_runs_fall_or_swing_as_promised():
    axes = descent_runs().axes
    assert [panel.get_title(loc="left") for panel in axes[:4]] == ["lr = 0.02", "lr = 0.5", "lr = 0.87", "lr = 5"]
    x, losses = axes[0].lines[1].get_ydata(), axes[7].lines[1].get_ydata()
    assert x[1] == pytest.approx(15.8)
    assert np.all(np.diff(losses) < 0)


def test_the_line_of_the_bifurcation_is_where_two_places_appear():
    axes = bifurcation().axes[0]
    lr, x = axes.lines[0].get_data()
    (limit, _) = axes.lines[1].get_xdata()
    assert round(limit, 4) == 0.8660
    spread = {rate: np.ptp(x[lr == rate]) for rate in np.unique(lr)}
    assert max(spread[rate] for rate in spread if rate < limit - 0.003) < 1e-2
    assert min(spread[rate] for rate in spread if rate > limit + 0.003) > 0.1


def test_the_two_trajectories_lie_on_each_other():
    axes = forgotten_zero_grad().axes[0]
    np.testing.assert_allclose(shown(axes, "zero_grad forgotten"), shown(axes, "momentum, beta = 1"), atol=1e-12)


def cells(axes):
    (table,) = axes.tables
    text = {place: cell.get_text().get_text() for place, cell in table.get_celld().items()}
    return [[text[row, column] for column in range(5)] for row in range(len(text) // 5)]


def test_the_tables_are_those_of_live_tensors():
    before, after = state_tables().axes
    assert cells(before) == [
        ["tensor", "is_leaf", "requires_grad", "grad_fn", "grad"],
        ["x", "True", "True", "None", "None"],
        ["4", "True", "False", "None", "None"],
        ["a = x * x", "False", "True", "MulBackward0", "not kept"],
        ["b = 4 * x", "False", "True", "MulBackward0", "not kept"],
        ["z = a + b", "False", "True", "AddBackward0", "not kept"],
    ]
    changed = [
        (row, column)
        for row in range(6)
        for column in range(5)
        if cells(before)[row][column] != cells(after)[row][column]
    ]
    assert changed == [(1, 4)]
    assert cells(after)[1][4] == "10"
    weights = {
        place: cell.get_text().get_fontweight() for place, cell in after.tables[0].get_celld().items() if place[0]
    }
    assert [place for place, weight in weights.items() if weight == "bold"] == [(1, 4)]


def test_the_descent_arrives_on_standardised_data_only():
    left, right = contours().axes
    assert left.get_title(loc="left") == "raw: condition number 393"
    assert right.get_title(loc="left") == "standardised: condition number 1"
    away = [np.abs(shown(axes, "40 steps")[-1] - shown(axes, "minimum")[0]).max() for axes in (left, right)]
    assert away[0] > 30
    assert away[1] < 0.01


def test_the_image_has_392_times_392_residuals_and_the_lines_their_slopes():
    left, right = shape_bug().axes[:2]
    _, mpg = cars()
    assert left.images[0].get_array().shape == (392, 392)
    flat, falling = shown(right, "392 x 392 residuals"), shown(right, "392 residuals")
    np.testing.assert_allclose(flat[:, 1], mpg.mean(), rtol=1e-9)
    x, y = cars()
    np.testing.assert_allclose(falling[:, 1], np.polyval(np.polyfit(x, y, 1), falling[:, 0]), rtol=1e-6)


def test_a_cross_is_where_the_naive_loss_ends():
    for axes in cross_entropies().axes:
        ((z,), _) = next(line.get_data() for line in axes.lines if line.get_marker() == "x")
        # 1 - p rounds to zero where p is nearer to 1 than half of the spacing of float32 below it, 2^-25.
        assert z == pytest.approx(25 * np.log(2), abs=0.9)


def test_bars_of_the_two_targets_balance():
    axes = pulls().axes[0]
    up, down = ([bar.get_height() for bar in bars] for bars in axes.containers)
    assert (len(up), len(down)) == (500, 268)
    assert min(up) > 0 > max(down)
    assert sum(up) == pytest.approx(-sum(down), abs=1e-3)


def test_the_dark_cells_are_those_of_the_table():
    table = heat_map().axes[0].images[0].get_array()
    assert table.shape == (14, 5)
    assert table[0].tolist() == [0, 0, 0, 0, 0]
    assert table[1:].sum(axis=0).tolist() == [9, 13, 13, 7, 10]


def test_every_curve_of_evaluations_is_named_at_its_end():
    axes = evaluations().axes[0]
    ends = [(line.get_xdata()[-1], line.get_ydata()[-1]) for line in axes.lines]
    assert ends == [(1000, 2000), (1000, 1001), (1000, 2)]
    assert [text.get_text() for text in axes.texts] == [
        "central differences: 2,000", "forward differences: 1,001", "autograd: 2",
    ]  # fmt: skip
