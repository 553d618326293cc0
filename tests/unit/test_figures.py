"""The figures show the arrays that they are given, in one style, and leave matplotlib's settings alone."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest

from gdhelpers import figures
from gdhelpers.figures import style

mpl.use("agg")


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def lines(axes):
    """Return what the labelled lines of a panel show: for each label its x and its y."""
    return {line.get_label(): (line.get_xdata(), line.get_ydata()) for line in axes.lines}


def test_a_descent_lies_on_the_curve():
    def f(x):
        return (x - 1) ** 2

    (axes,) = figures.descent_path(f, [3.0, 2.0, 1.5], (0, 4), minimum=1.0).axes
    shown = lines(axes)
    np.testing.assert_array_equal(shown["2 steps"], ([3.0, 2.0, 1.5], [4.0, 1.0, 0.25]))
    np.testing.assert_array_equal(shown["start"], ([3.0], [4.0]))
    np.testing.assert_array_equal(shown["minimum"], ([1.0], [0.0]))
    x, y = shown["f(x)"]
    assert (x[0], x[-1]) == (0, 4)
    np.testing.assert_array_equal(y, f(x))


def test_lines_go_through_the_ends_of_the_data():
    x, y = np.array([[4.0], [6.0], [8.0]]), np.array([[30.0], [20.0], [15.0]])
    (axes,) = figures.fitted_lines(x, y, {"falls": (-2.0, 40.0), "flat": (0.0, 21.0)}, xlabel="cylinders").axes
    np.testing.assert_array_equal(axes.collections[0].get_offsets(), np.column_stack([x, y]))
    np.testing.assert_array_equal(lines(axes)["falls"], ([4.0, 8.0], [32.0, 24.0]))
    np.testing.assert_array_equal(lines(axes)["flat"][1], [21.0, 21.0])
    assert axes.get_xlabel() == "cylinders"


def test_zero_is_in_the_middle_of_the_colours():
    table = np.array([[1.0, -7.0], [0.0, 3.0]])
    axes = figures.residual_table(table).axes[0]
    (image,) = axes.images
    np.testing.assert_array_equal(image.get_array(), table)
    assert image.get_clim() == (-7.0, 7.0)
    assert axes.get_title(loc="left") == "2 x 2 residuals"
    assert axes.lines[0].get_slope() == 1, "the diagonal is marked"
    assert not figures.residual_table(np.ones((2, 3))).axes[0].lines, "only a square has one"


def test_a_table_of_residuals_can_be_printed_without_colours():
    (image,) = figures.residual_table(np.array([[-1.0, 1.0]])).axes[0].images
    red, green, blue = image.get_cmap()(np.linspace(0, 1, 64))[:, :3].T
    assert np.all(np.diff(0.2126 * red + 0.7152 * green + 0.0722 * blue) > 0)


def test_losses_begin_at_step_0_and_levels_are_named():
    figure = figures.loss_curves({"a": [4.0, 2.0], "b": [4.0, 3.0]}, {"best": 1.5})
    (axes,) = figure.axes
    np.testing.assert_array_equal(lines(axes)["a"], ([0, 1], [4.0, 2.0]))
    assert axes.texts[0].get_text() == "best"
    assert axes.texts[0].get_position()[1] == 1.5
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["a", "b"]


def test_a_loss_has_a_gap_where_it_is_not_finite():
    left, right = figures.loss_against_logit([0.0, 1.0, 2.0], {"a": [1.0, np.nan, np.inf]}, {"a": [0.5, 0.6, 0.7]}).axes
    assert np.ma.getmaskarray(lines(left)["a"][1]).tolist() == [False, True, True]
    np.testing.assert_array_equal(lines(right)["a"][1], [0.5, 0.6, 0.7])


def test_shares_and_curves():
    (axes,) = figures.probability_curves([[0], [0], [0], [2]], [[0], [1], [0], [1]], {"model": (1.0, -1.0)}).axes
    points = axes.collections[0]
    np.testing.assert_allclose(points.get_offsets(), [[0.0, 1 / 3], [2.0, 1.0]])
    assert points.get_sizes()[0] > points.get_sizes()[1], "three rows against one"
    x, p = lines(axes)["model"]
    np.testing.assert_allclose(np.log(p / (1 - p)), x - 1.0, atol=1e-12)


def test_strokes_differ_in_colour_and_in_dashes():
    first = [stroke for stroke, _ in zip(style.strokes(), range(4), strict=False)]
    assert len({stroke["color"] for stroke in first}) == len({stroke["linestyle"] for stroke in first}) == 4


def test_the_callers_settings_stay():
    before = dict(mpl.rcParams)
    figures.loss_curves({"a": [1.0]})
    assert dict(mpl.rcParams) == before
