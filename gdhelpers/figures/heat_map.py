"""Which check catches which bug."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from gdhelpers.figures.style import BLUE, described, panels, styled


@styled
def heat_map(caught: ArrayLike, rows: Sequence[str], columns: Sequence[str], texts: Sequence[Sequence[str]]) -> Figure:
    """Draw a table of bugs and checks, dark where a check notices the bug, with a text in each cell.

    `caught` has the shape (rows, columns) and is true or false; the first row is the right answer.

    >>> figure = heat_map([[False], [True]], ["correct", "sign flipped"], ["loss falls"], [["yes"], ["no"]])
    >>> [text.get_text() for text in figure.axes[0].texts], figure.axes[0].images[0].get_array().tolist()
    (['yes', 'no'], [[0], [1]])
    """
    table = np.asarray(caught, dtype=bool)
    figure, (axes,) = panels(width=8.4 / (0.9 + 0.34 * len(rows)), height=0.9 + 0.34 * len(rows))
    axes.imshow(table.astype(int), cmap=ListedColormap(["white", BLUE]), vmin=0, vmax=1, aspect="auto")
    for (row, column), found in np.ndenumerate(table):
        axes.text(column, row, texts[row][column], ha="center", va="center", color="white" if found else "black")
    axes.set_xticks(range(len(columns)), [name.replace(" ", "\n", 1) for name in columns])
    axes.set_yticks(range(len(rows)), rows)
    axes.set_xticks(np.arange(len(columns) + 1) - 0.5, minor=True)
    axes.set_yticks(np.arange(len(rows) + 1) - 0.5, minor=True)
    axes.grid(which="minor", color="0.6", linewidth=0.8)
    axes.tick_params(which="both", length=0, labeltop=True, labelbottom=False)
    axes.spines[:].set_visible(False)
    axes.axhline(0.5, color="black", linewidth=2)
    axes.set_xlabel("Dark: the check notices that the gradient is wrong.", loc="left")
    wrong = table[1:]
    said = ", ".join(f"{name}: {wrong[:, column].sum()}" for column, name in enumerate(columns))
    return described(
        figure,
        f"""A table of {len(wrong)} wrong gradients and {len(columns)} checks, dark where the check notices the bug. Of
        {len(wrong)} bugs the checks notice: {said}. In the row of the right gradient {table[0].sum()} cells are
        dark.""",
    )
