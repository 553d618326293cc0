"""Of the files that were handed in, the one that holds the answers is graded; which one, and what was left, is said."""

import copy
import json
import os
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from gdhelpers.autograder.course import Course
from gdhelpers.autograder.files import READ, find
from gdhelpers.autograder.submission import Unreadable, read_cells

ROOT = Path(__file__).parents[2]
NAME = "ps1-autograd"
FILE = "autograd.ipynb"
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(scope="module")
def assignment():
    return Course(ROOT).assignment(NAME)


@pytest.fixture(scope="module")
def answered(assignment):
    return written(assignment.notebook)


@pytest.fixture(scope="module")
def others(assignment):
    """Files that hold no answers to this assignment."""
    return {
        "untouched": written(assignment.stub),
        "empty notebook": written(new_notebook()),
        "lecture": (ROOT / "course" / "torch_autograd.ipynb").read_bytes(),
        "another assignment": (ROOT / "source/ps2-linear-regression/linear_regression.ipynb").read_bytes(),
        "AppleDouble": b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X        ",
        "empty": b"",
        "picture": PNG,
        "cut off": written(assignment.notebook)[:-2000],
        "JSON": b'{"locked by": "ada"}',
    }


def written(notebook):
    return json.dumps(notebook).encode()


def other_answers(assignment):
    notebook = copy.deepcopy(assignment.notebook)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "derivative":
            cell.source += "\n# another"
    return written(notebook)


def hand_in(folder, files):
    for age, (name, content) in enumerate(files.items()):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, (1_700_000_000 - age, 1_700_000_000 - age))
    return folder


NAMES = [
    (FILE, "Untitled.ipynb"), ("autograd (1).ipynb", FILE), ("autograd-Copy1.ipynb", FILE),
    (FILE, "autograd-Copy1.ipynb"),
    (FILE, "._autograd.ipynb"), ("autograd (1).ipynb", "._autograd (1).ipynb"), (FILE, ".~autograd.ipynb"),
    ("work/autograd.ipynb", FILE), ("autograd.ipynb.txt", FILE), ("autograd.ipynb.json", "torch_autograd.ipynb"),
    ("Autograd.IPYNB", "a.ipynb"), ("my work.ipynb", FILE), ("autograd.txt", "autograd.ipynb"),
    ("autograd (Ada's conflicted copy 2026-03-01).ipynb", FILE),
    ("autograd.sync-conflict-20260301-101010-ABC.ipynb", FILE),
]  # fmt: skip


KINDS = [
    "untouched", "empty notebook", "lecture", "another assignment", "AppleDouble", "empty", "picture", "cut off",
    "JSON",
]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("good", "bad"), NAMES)
def test_the_file_that_holds_answers_is_graded(tmp_path, assignment, answered, others, good, bad, kind):
    found = find(hand_in(tmp_path, {bad: others[kind], good: answered}), assignment, "ada")
    assert found.content == answered
    assert found.file == good
    assert len(found.left) == 1 or ".ipynb" not in bad
    if found.left:
        assert bad in found.left[0]
        assert any("left were" in oddity and bad in oddity for oddity in found.oddities)


@pytest.mark.parametrize(
    "beside", ["picture.png", "autograd.ipynb.lock", "~$notes.docx", "notes.txt", "data/regression.csv"]
)
@pytest.mark.parametrize("name", ["autograd.ipynb.txt", "autograd.ipynb.json", "autograd.json", "zzz.txt"])
def test_files_of_other_kinds_do_not_count(tmp_path, assignment, answered, name, beside):
    found = find(hand_in(tmp_path, {beside: PNG, name: answered}), assignment, "ada")
    assert found.content == answered
    assert found.left == () or beside in found.left[0]


@pytest.mark.parametrize(
    "later", ["autograd (1).ipynb", "autograd-Copy1.ipynb", "autograd_v2.ipynb", "autograd copy.ipynb"]
)
@pytest.mark.parametrize("order", [1, -1])
def test_of_two_with_different_answers_the_later_copy_counts_and_a_person_is_told(
    tmp_path, assignment, answered, later, order
):
    files = {FILE: answered, later: other_answers(assignment)}
    found = find(hand_in(tmp_path, dict(list(files.items())[::order])), assignment, "ada")
    assert found.file == later
    assert "other answers, so a person has to see which count" in found.oddities[-1]


def test_later_copies_are_told_by_their_numbers(tmp_path, assignment, answered):
    files = {"autograd (10).ipynb": answered, "autograd (9).ipynb": other_answers(assignment), FILE: answered}
    assert find(hand_in(tmp_path, files), assignment, "ada").file == "autograd (10).ipynb"


def test_where_names_say_nothing_the_time_does(tmp_path, assignment, answered):
    files = {"final.ipynb": other_answers(assignment), FILE: answered, "old.ipynb": answered}
    assert find(hand_in(tmp_path, files), assignment, "ada").file == "final.ipynb"


def test_two_with_the_same_answers_need_no_person(tmp_path, assignment, answered):
    found = find(hand_in(tmp_path, {"autograd (1).ipynb": answered, FILE: answered}), assignment, "ada")
    assert found.file == FILE
    assert found.left == ("autograd (1).ipynb (it has the same answers)",)


def test_a_checkpoint_is_read_only_if_there_is_nothing_else(tmp_path, assignment, answered, others):
    checkpoint = ".ipynb_checkpoints/autograd-checkpoint.ipynb"
    assert find(hand_in(tmp_path / "a", {checkpoint: answered}), assignment, "ada").content == answered
    both = hand_in(tmp_path / "b", {FILE: others["untouched"], checkpoint: answered})
    assert find(both, assignment, "ada").file == FILE


def test_answers_in_a_notebook_of_ones_own_are_found(tmp_path, assignment, others):
    own = written(
        new_notebook(cells=[new_code_cell("def derivative (f, x):\n    return 0"), new_markdown_cell("Mine")])
    )
    found = find(hand_in(tmp_path, {FILE: others["untouched"], "Untitled.ipynb": own}), assignment, "ada")
    assert found.file == "Untitled.ipynb"


def test_not_everything_is_read(tmp_path, assignment, answered):
    files = {f"{number:02}.ipynb": b"{" for number in range(2 * READ)} | {FILE: answered}
    found = find(hand_in(tmp_path, files), assignment, "ada")
    assert found.file == FILE
    assert found.left[-1] == f"{READ + 1} more (not read)"


def test_one_file_is_not_odd(tmp_path, assignment, answered):
    found = find(
        hand_in(tmp_path, {FILE: answered, "timestamp.txt": b"2026-01-01", "data/a.csv": b"1"}), assignment, "ada"
    )
    assert (found.oddities, found.left, found.file) == ((), (), FILE)


def test_a_folder_that_is_a_link_is_not_followed(tmp_path, assignment, answered):
    hand_in(tmp_path / "bob", {FILE: answered})
    (tmp_path / "ada").symlink_to(tmp_path / "bob")
    found = find(tmp_path / "ada", assignment, "ada")
    with pytest.raises(Unreadable, match="is a link"):
        read_cells(found.content)
