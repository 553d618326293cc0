"""Damage to the cells: lost, doubled, moved, split, merged and retyped, without identity and with wrong types."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable

from tests.attacks.attack import PS1, PS2, PS3, Attack, deserved
from tests.attacks.handin import (
    DERIVATIVE,
    RIGHT_DERIVATIVE,
    Notebook,
    answers,
    changed,
    code,
    find,
    index,
    rewritten,
    settings,
    tests,
)

Change = Callable[[Notebook], object]


def _damage(name: str, what: str, change: Change, *lost: str, says: str | None = None, of: str = PS1) -> Attack:
    """Damage the cells of a notebook whose answers are all right; `lost` are the functions that do not survive."""
    return Attack(name, "damage", of, what, changed(change), deserved(of, *lost), says=says)


def _derivative(**fields: object) -> Change:
    return lambda notebook: find(notebook, "derivative").update(fields)


def _each(**fields: object) -> Change:
    return lambda notebook: [cell.update(copy.deepcopy(fields)) for cell in notebook["cells"]]


def _without(*keys: str) -> Change:
    return lambda notebook: [cell.pop(key, None) for cell in notebook["cells"] for key in keys]


def _anonymous(notebook: Notebook) -> None:
    """Drop metadata and ids, as after jupytext or a copy into a new notebook."""
    for number, cell in enumerate(notebook["cells"]):
        cell.update(metadata={}, id=f"new-{number}")


def _colab(notebook: Notebook) -> None:
    for number, cell in enumerate(notebook["cells"]):
        cell.pop("id")
        cell["metadata"].update(id=f"colab{number}", colab={"base_uri": "https://localhost:8080/"}, outputId="x")
    notebook.update(nbformat=4, nbformat_minor=0)
    notebook["metadata"].update(colab={"provenance": []}, accelerator="GPU")


def _nbformat3(text: str) -> str:
    notebook = json.loads(text)
    cells = []
    for cell in notebook["cells"]:
        made = {"cell_type": cell["cell_type"], "metadata": cell["metadata"]}
        if cell["cell_type"] == "code":
            made |= {"input": cell["source"], "language": "python", "collapsed": False, "outputs": []}
        else:
            made |= {"source": cell["source"]}
        cells.append(made)
    return json.dumps({"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": cells}]})


def _only_answers(notebook: Notebook) -> None:
    notebook["cells"] = answers(notebook)


def _lose_answer(notebook: Notebook) -> None:
    notebook["cells"].remove(find(notebook, "derivative"))


def _reverse(notebook: Notebook) -> None:
    notebook["cells"].reverse()


def _answers_last(notebook: Notebook) -> None:
    notebook["cells"] = [cell for cell in notebook["cells"] if cell not in answers(notebook)] + answers(notebook)


def _split(notebook: Notebook) -> None:
    """Split an answer below a helper: both halves keep the metadata, as JupyterLab does it."""
    at = index(notebook, "derivative")
    helper = "def leaf_at(x):\n    return torch.tensor(x, requires_grad=True)"
    lower = "def derivative(f, x):\n    x = leaf_at(x)\n    f(x).backward()\n    return x.grad"
    first, second = (copy.deepcopy(notebook["cells"][at]) for _ in range(2))
    notebook["cells"][at : at + 1] = [first | {"source": helper}, second | {"source": lower, "id": "lower-half"}]


def _merge(notebook: Notebook) -> None:
    """Merge the cell of one answer into that of another."""
    first, second = find(notebook, "derivative"), find(notebook, "accumulated_grad")
    first["source"] += "\n\n" + second["source"]
    notebook["cells"].remove(second)


def _merge_all(notebook: Notebook) -> None:
    """Merge all code into one cell of the student's own."""
    source = "\n\n".join(cell["source"] for cell in answers(notebook))
    notebook["cells"] = [code("import torch\n\n" + source)]


def _merge_with_test(notebook: Notebook) -> None:
    test = find(notebook, "test-derivative")
    find(notebook, "derivative")["source"] += "\n\n" + test["source"]
    notebook["cells"].remove(test)


def _double(above: str, below: str) -> Change:
    def change(notebook: Notebook) -> None:
        at = index(notebook, "derivative")
        first, second = (copy.deepcopy(notebook["cells"][at]) for _ in range(2))
        first["source"], second["source"], second["id"] = above.strip(), below.strip(), "copy"
        notebook["cells"][at : at + 1] = [first, second]

    return change


def _answer_elsewhere(notebook: Notebook) -> None:
    """Leave the released cell as it is and answer in a new one below."""
    at = index(notebook, "derivative")
    notebook["cells"].insert(at + 1, code(notebook["cells"][at]["source"]))
    notebook["cells"][at]["source"] = "def derivative(f, x):\n    raise NotImplementedError()"


def _rename(notebook: Notebook) -> None:
    cell = find(notebook, "derivative")
    cell["source"] = cell["source"].replace("def derivative(", "def my_derivative(")


def _swap_sources(notebook: Notebook) -> None:
    """Paste two answers into each other's cells: both functions are defined, each in the other's cell."""
    one, other = find(notebook, "derivative"), find(notebook, "accumulated_grad")
    one["source"], other["source"] = other["source"], one["source"]


def _same_ids(notebook: Notebook) -> None:
    for cell in notebook["cells"]:
        cell["id"] = "same"


def _odd_outputs(notebook: Notebook) -> None:
    odd = [5, None, "text", [], {"output_type": "stream"}, {"output_type": 7}, {"data": {"text/html": {"a": 1}}}]
    for place, cell in enumerate(cell for cell in notebook["cells"] if cell["cell_type"] == "code"):
        cell["outputs"] = odd[place % len(odd)] if place % 2 else odd
        cell["execution_count"] = "seven"


def _odd_settings(notebook: Notebook) -> None:
    for place, cell in enumerate(notebook["cells"]):
        if settings(cell):
            cell["metadata"]["nbgrader"] = [None, 5, "x", [], {"grade_id": 7}, {"grade_id": None}][place % 6]


def _old_schema(notebook: Notebook) -> None:
    for cell in notebook["cells"]:
        if settings(cell):
            settings(cell).update(schema_version=1)
            settings(cell).pop("task", None)
            settings(cell).pop("cell_type", None)


def _from_autograded(notebook: Notebook) -> None:
    """Hand in a notebook that was run: outputs, counts and a score in its metadata."""
    for number, cell in enumerate(tests(notebook)):
        cell["outputs"] = [{"output_type": "error", "ename": "E", "evalue": "", "traceback": ["\u001b[31mE"]}]
        cell["execution_count"] = number
    notebook["metadata"]["celltoolbar"] = "Create Assignment"


ORDER = (
    _damage("answer-lost", "The cell of an answer is gone.", _lose_answer, "derivative", says="not answered"),
    _damage("answers-alone", "All is gone but the answers.", _only_answers),
    _damage("cells-reversed", "The cells stand in the opposite order.", _reverse),
    _damage("answers-last", "The answers stand at the end, below the tests.", _answers_last),
    _damage("answer-split", "An answer was split below a helper.", _split),
    _damage("answers-merged", "Two answers were merged into one cell.", _merge),
    _damage("all-merged", "All answers stand in one cell of a new notebook.", _merge_all),
    _damage("merged-with-its-test", "An answer was merged with its test cell.", _merge_with_test),
    _damage("answer-doubled", "An answer stands twice.", _double(RIGHT_DERIVATIVE, RIGHT_DERIVATIVE)),
    _damage("first-draft-kept", "A wrong draft stands above the right answer, as a copy of the cell: the first counts.",
            _double(DERIVATIVE, RIGHT_DERIVATIVE), "derivative"),
    _damage("later-draft-kept", "A wrong copy stands below the right answer: the first counts.",
            _double(RIGHT_DERIVATIVE, DERIVATIVE)),
    _damage("answered-in-a-new-cell", "The answer stands in a new cell; the released one is unchanged.",
            _answer_elsewhere),
    _damage("function-renamed", "The function has another name.", _rename, "derivative", says="not defined"),
    _damage("pasted-into-each-other", "Two answers stand in each other's cells; the first comes too late for its test.",
            _swap_sources, "derivative"),
)  # fmt: skip

TYPES = (
    _damage("answer-as-markdown", "The key M made text of an answer.", _derivative(cell_type="markdown")),
    _damage("answer-as-raw", "The key R made an answer raw.", _derivative(cell_type="raw")),
    _damage("answer-of-no-type", "An answer has an unknown type.", _derivative(cell_type="heading")),
    _damage("types-lost", "No cell says its type.", _without("cell_type")),
    _damage("source-a-number", "The source of an answer is a number.", _derivative(source=7), "derivative"),
    _damage("source-null", "The source of an answer is null.", _derivative(source=None), "derivative"),
    _damage("source-a-dict", "The source of an answer is a dict.", _derivative(source={"a": "b"}), "derivative"),
    _damage("source-odd-list", "The source of an answer is a list with what is no text.",
            _derivative(source=["def derivative(f, x):\n", None, 5, "    return torch.func.grad(f)(torch.tensor(x))"])),
    _damage("source-lost", "An answer has no source.", lambda n: find(n, "derivative").pop("source"), "derivative"),
    _damage("answer-emptied", "The cell of an answer is empty.", _derivative(source=""), "derivative"),
    _damage("answer-commented-out", "The whole answer is a comment.",
            _derivative(source="# def derivative(f, x):\n#     return 1.0"), "derivative", says="not defined"),
    _damage("outputs-odd", "Outputs have wrong types.", _odd_outputs),
    _damage("outputs-lost", "Cells have no outputs.", _without("outputs", "execution_count")),
    _damage("attachments", "Every cell has attachments.", _each(attachments={"a.png": {"image/png": "AAAA"}})),
    _damage("run-already", "The notebook was run and shows errors.", _from_autograded),
)  # fmt: skip

IDENTITY = (
    _damage("metadata-dropped", "An editor dropped the metadata of all cells.", _each(metadata={})),
    _damage("metadata-null", "The metadata are null.", _each(metadata=None)),
    _damage("metadata-and-ids-dropped", "An editor dropped metadata and ids.", _anonymous),
    _damage("ids-dropped", "Cells have no ids, as in nbformat 4.0.", _without("id")),
    _damage("ids-doubled", "All cells have the same id.", _same_ids),
    _damage("ids-odd", "Ids are numbers.", _each(id=5)),
    _damage("settings-odd", "Settings of nbgrader have wrong types.", _odd_settings),
    _damage("settings-of-an-older-nbgrader", "Settings of nbgrader are of schema 1.", _old_schema),
    _damage("through-colab", "The notebook came through Colab.", _colab),
    _damage("through-colab-tf", "A notebook with TensorFlow came through Colab.", _colab, of=PS3),
    _damage("anonymous-regression", "An editor dropped metadata and ids of the regression.", _anonymous, of=PS2),
    Attack("nbformat-3", "damage", PS1, "The notebook is of nbformat 3.", rewritten(_nbformat3), deserved(PS1)),
)  # fmt: skip

ATTACKS = ORDER + TYPES + IDENTITY
