"""The bug hunts: all are there, each with a solution that is folded away and an assert that fails on the bug alone."""

import ast
import re
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import nbformat
import pytest

from tests.lecture import COURSE
from tests.notebooks.test_course import COLLAPSED

mpl.use("agg")
NOTEBOOKS = sorted(COURSE.glob("bug_hunts_*.ipynb"))
NAMES = ["sign", *(f"b{number}" for number in range(1, 16))]


@dataclass(frozen=True)
class Hunt:
    """One hunt: the cell with the bug, the solution, and the cells that stand before it in its notebook."""

    name: str
    cells: dict[str, Any]
    before: list[str]

    @property
    def solution(self):
        return self.cells[f"{self.name}-solution"].source

    @property
    def check(self):
        """The function that holds the assert, as source."""
        (check,) = [
            statement
            for statement in ast.parse(self.solution).body
            if isinstance(statement, ast.FunctionDef) and statement.name == f"check_{self.name}"
        ]
        assert any(isinstance(node, ast.Assert) for node in ast.walk(check)), "an assert, not an error of another kind"
        return ast.unparse(check)

    @property
    def caught(self):
        """What the solution says that the check fails on: the arguments of `catches`, as source."""
        (call,) = [call for call in self._calls("catches") if call.args[0].id == f"check_{self.name}"]
        return ", ".join(map(ast.unparse, call.args[1:]))

    @property
    def passed(self):
        """How often the solution calls its check directly, on something that is fixed."""
        return len(list(self._calls(f"check_{self.name}")))

    def _calls(self, function):
        for node in ast.walk(ast.parse(self.solution)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == function:
                yield node


def hunts():
    """Return the hunts of all notebooks by name; a name that is found twice is an error."""
    found = {}
    for path in NOTEBOOKS:
        cells = {cell.id: cell for cell in nbformat.read(path, as_version=4).cells}
        code = [name for name, cell in cells.items() if cell.cell_type == "code"]
        for solution in (name for name in code if name.endswith("-solution")):
            name = solution.removesuffix("-solution")
            assert name not in found
            visible = [other for other in code[: code.index(solution)] if not other.endswith("-solution")]
            found[name] = Hunt(name, cells, [cells[other].source for other in visible])
    return found


HUNTS = hunts()


def run(*sources, state=None):
    """Run cells in a namespace of their own and return it; figures are not kept."""
    state = {"__name__": "__main__"} if state is None else state
    for source in sources:
        exec(compile(source, "<cell>", "exec"), state)
    plt.close("all")
    return state


def test_all_hunts_are_there():
    assert sorted(HUNTS) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_hunt_is_told_shown_explained_and_solved_in_that_order(name):
    hunt = HUNTS[name]
    order = [cell for cell in hunt.cells if cell.split("-")[0] == name]
    assert [cell for cell in order if cell not in (f"{name}-figure", f"{name}-alt")] == [
        f"{name}-text",
        name,
        f"{name}-words",
        f"{name}-solution",
    ]
    told, words = hunt.cells[f"{name}-text"].source, hunt.cells[f"{name}-words"].source
    assert "**Predict:** " in told
    assert words.startswith("<details><summary>What it was</summary>\n\n")
    assert words.endswith("\n\n</details>")
    assert re.findall(r"^\*\*(\w+)\.\*\*", words, re.MULTILINE) == ["Symptom", "Cause", "Fix", "Assert"]
    assert hunt.cells[f"{name}-solution"].metadata == COLLAPSED
    assert hunt.solution.startswith("# Solution: "), "JupyterLab shows the first line of a folded cell"
    assert hunt.cells[name].metadata == {}


@pytest.mark.parametrize("name", NAMES)
def test_the_assert_fails_on_the_bug(name):
    """Without the notebook's own `catches`, and without any line of the solution but the check itself.

    The cells that stand before run without their solutions, so that no hunt needs the fix of another.
    """
    hunt = HUNTS[name]
    state = run(*hunt.before, hunt.check)
    with pytest.raises(AssertionError) as caught:
        run(f"check_{name}({hunt.caught})", state=state)
    assert str(caught.value).strip(), "the assert says what is wrong"


@pytest.mark.parametrize("name", NAMES)
def test_the_assert_passes_on_the_fix(name, capsys):
    """The solution runs to its end, in which the check is called on what is fixed."""
    hunt = HUNTS[name]
    assert hunt.passed == 1
    run(*hunt.before, hunt.solution)
    printed = capsys.readouterr().out
    assert printed.count("caught: ") == 1
    assert re.search(r"^fixed: .*\d", printed, re.MULTILINE)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_check_that_passes_on_the_bug_is_noticed(path):
    """A check of the check: `catches` raises where nothing is caught, and takes no other error for an assert."""
    setup = nbformat.read(path, as_version=4).cells[1].source
    catches = run(setup)["catches"]
    with pytest.raises(RuntimeError, match="passes on the bug"):
        catches(lambda: None)
    with pytest.raises(ZeroDivisionError):
        catches(lambda: 1 / 0)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_closing_table_names_every_hunt_and_the_size_is_kept(path):
    cells = nbformat.read(path, as_version=4).cells
    rows = re.findall(r"^\| (the sign|B\d+) \|", cells[-1].source, re.MULTILINE)
    here = [name for name, hunt in HUNTS.items() if cells[-1].source == hunt.cells["closing"].source]
    assert [row.removeprefix("the ").lower() for row in rows] == here
    assert len(cells) <= 40
