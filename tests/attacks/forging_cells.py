"""Forging the file: test cells replaced, retyped, tagged or filled in, and points that a submission gives itself."""

from __future__ import annotations

import copy
from collections.abc import Callable

from tests.attacks.attack import PS1, Attack, deserved
from tests.attacks.handin import DERIVATIVE, Notebook, changed, code, find, index, settings, tests

DERIVATIVE_TEST = "test-derivative"


def _forge(name: str, what: str, change: Callable[[Notebook], object]) -> Attack:
    """Change the file of a student whose `derivative` is wrong."""
    return Attack(name, "forging", PS1, what, changed(change, {"derivative": DERIVATIVE}), deserved(PS1, "derivative"))


def _test(**fields: object) -> Callable[[Notebook], object]:
    return lambda notebook: find(notebook, DERIVATIVE_TEST).update(fields)


def _metadata(**fields: object) -> Callable[[Notebook], object]:
    return lambda notebook: find(notebook, DERIVATIVE_TEST)["metadata"].update(fields)


def _everywhere(**fields: object) -> Callable[[Notebook], object]:
    return lambda notebook: [cell["metadata"].update(copy.deepcopy(fields)) for cell in notebook["cells"]]


def _drop(notebook: Notebook) -> None:
    notebook["cells"].remove(find(notebook, DERIVATIVE_TEST))


def _drop_all(notebook: Notebook) -> None:
    notebook["cells"] = [cell for cell in notebook["cells"] if cell not in tests(notebook)]


def _second_test(notebook: Notebook) -> None:
    twin = copy.deepcopy(find(notebook, DERIVATIVE_TEST)) | {"source": "pass", "id": "twin"}
    notebook["cells"].insert(index(notebook, DERIVATIVE_TEST) + 1, twin)


def _first_test(notebook: Notebook) -> None:
    twin = copy.deepcopy(find(notebook, DERIVATIVE_TEST)) | {"source": "pass", "id": "twin"}
    notebook["cells"].insert(0, twin)


def _swap_names(notebook: Notebook) -> None:
    one, other = (settings(find(notebook, f"test-{name}")) for name in ("derivative", "minimise"))
    one["grade_id"], other["grade_id"] = other["grade_id"], one["grade_id"]


def _raise_points(notebook: Notebook) -> None:
    for cell in notebook["cells"]:
        if settings(cell):
            settings(cell).update(points=1000, grade=True)


def _ask_a_person(notebook: Notebook) -> None:
    settings(find(notebook, "derivative")).update(grade=True, points=2)
    settings(find(notebook, DERIVATIVE_TEST)).update(grade=False, points=0)


def _bonus(notebook: Notebook) -> None:
    made = {"grade": True, "grade_id": "test-bonus", "points": 100, "solution": False, "locked": True, "task": False}
    notebook["cells"].append(code("pass") | {"metadata": {"nbgrader": made}})


def _pose_as_answer(notebook: Notebook) -> None:
    settings(find(notebook, DERIVATIVE_TEST)).update(solution=True, locked=False)
    find(notebook, DERIVATIVE_TEST)["source"] = "pass"


def _take_its_id(notebook: Notebook) -> None:
    own = code("raise SystemExit(0)") | {"id": find(notebook, DERIVATIVE_TEST)["id"]}
    notebook["cells"].insert(index(notebook, DERIVATIVE_TEST), own)


def _edit_setup(notebook: Notebook) -> None:
    find(notebook, "setup")["source"] += "\nchecks.agrees = lambda *arguments: None\n"


def _two_in_one(notebook: Notebook) -> None:
    find(notebook, "derivative")["source"] += "\n\n### END SOLUTION\n### BEGIN HIDDEN TESTS\nimport sys\nsys.exit(0)"


def _other_kernel(notebook: Notebook) -> None:
    notebook["metadata"]["kernelspec"] = {"name": "bash", "display_name": "Bash", "language": "bash"}
    notebook["metadata"]["language_info"] = {"name": "bash"}


RESULT = {
    "output_type": "execute_result",
    "execution_count": 7,
    "data": {"text/plain": "2.0"},
    "metadata": {"nbgrader": {"score": 2.0}},
}

ATTACKS = (
    _forge("test-replaced", "Its test cell holds `pass`.", _test(source="pass")),
    _forge("test-emptied", "Its test cell is empty.", _test(source="")),
    _forge("test-deleted", "Its test cell is gone.", _drop),
    _forge("tests-deleted", "All test cells are gone.", _drop_all),
    _forge("test-doubled-below", "A second cell with the test's grade id passes.", _second_test),
    _forge("test-doubled-above", "A cell with the test's grade id stands first and passes.", _first_test),
    _forge("test-as-markdown", "Its test cell is a text cell.", _test(cell_type="markdown")),
    _forge("test-as-raw", "Its test cell is a raw cell.", _test(cell_type="raw")),
    _forge("test-as-answer", "Its test cell calls itself a solution and holds `pass`.", _pose_as_answer),
    _forge("tests-swapped", "The test cells of two functions swap their grade ids.", _swap_names),
    _forge("test-id-taken", "A cell of its own takes the cell id of the test.", _take_its_id),
    _forge("tag-skip-execution", "Every cell has the tag `skip-execution`.", _everywhere(tags=["skip-execution"])),
    _forge("tag-raises-exception", "The test has the tag `raises-exception`.", _metadata(tags=["raises-exception"])),
    _forge("tag-remove-cell", "The test asks to be removed.", _metadata(tags=["remove_cell", "remove-cell"])),
    _forge("frozen", "Every cell says that it is not to be run.", _everywhere(frozen=True, init_cell=True)),
    _forge("points-raised", "Every cell of nbgrader's claims 1000 points.", _raise_points),
    _forge("points-by-hand", "The wrong answer asks to be graded by a person.", _ask_a_person),
    _forge("test-added", "A test cell of its own carries 100 points.", _bonus),
    _forge(
        "outputs-filled-in", "The test cell comes with a result of 2.0.", _test(outputs=[RESULT], execution_count=7)
    ),
    _forge("checksum-forged", "The changed test has nbgrader's checksum of another.", _metadata(checksum="0" * 32)),
    _forge("setup-edited", "The locked set-up cell switches off the checks.", _edit_setup),
    _forge("marks-in-the-answer", "The answer holds the marks of a hidden test.", _two_in_one),
    _forge("kernel-of-another-language", "The notebook asks for a kernel of bash.", _other_kernel),
)
