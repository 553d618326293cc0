"""Every notebook of the lecture has one question and few cells, and opens and closes as the others do."""

import re

import nbformat
import pytest

from tests.notebooks.test_course import NOTEBOOKS


def parts(text):
    """Return the questions and the answers of a closing cell: what its two numbered lists hold."""
    questions, _, answers = text.partition("<details><summary>Answers</summary>")
    return [re.findall(r"^(\d)\. (.+)$", part, flags=re.MULTILINE) for part in (questions, answers)]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_has_one_question_and_few_cells(path):
    cells = nbformat.read(path, as_version=4).cells
    title, *rest = cells[0].source.splitlines()
    assert re.fullmatch(r"# [^?]+\?", title)
    assert "You will be able to" in rest
    assert any(line.startswith("You need ") for line in rest), "what the reader has to know"
    assert not [cell.id for cell in cells[1:] if cell.cell_type == "markdown" and cell.source.startswith("# ")]
    assert len(cells) <= 40


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_closes_with_a_table_and_three_questions_whose_answers_are_folded(path):
    closing = nbformat.read(path, as_version=4).cells[-1].source
    assert "## What to take away\n\n|" in closing
    assert "**Can you answer these without looking?**" in closing
    questions, answers = parts(closing)
    assert [number for number, _ in questions] == [number for number, _ in answers] == ["1", "2", "3"]
    assert closing.endswith("</details>")
