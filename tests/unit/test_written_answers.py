"""Whatever a student wrote stays in the autograded notebook, where it was, and a person is told to look at it."""

import base64
import copy
import json

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell
from traitlets.config import Config

from gdhelpers.autograder import markup, verdict
from gdhelpers.autograder.assignment import Assignment
from gdhelpers.autograder.outputs import PICTURE_LIMIT, harmless
from gdhelpers.autograder.rebuild import rebuild
from gdhelpers.autograder.submission import read_cells

STUB = "*Write two sentences here.*"
WORDS = "The loss is convex, so every way down leads to the same place."
PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(range(60))).decode()
JPEG = base64.b64encode(b"\xff\xd8\xff\xe0" + bytes(30)).decode()


@pytest.fixture
def assignment(tmp_path):
    settings = {"grade": True, "solution": True, "locked": False, "task": False, "schema_version": 3}
    written = {"nbgrader": settings | {"grade_id": "written", "points": 2}}
    code = {"nbgrader": settings | {"grade_id": "f", "grade": False}}
    cells = [
        new_markdown_cell("# Convexity\n\nWhy does descent find the least loss?", id="question"),
        new_markdown_cell(STUB, id="written", metadata=written),
        new_markdown_cell("## Code\n\nNow compute it.", id="text"),
        new_code_cell("def f():\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION", id="f", metadata=code),
    ]
    nbformat.write(new_notebook(cells=cells), tmp_path / "notebook.ipynb")
    return Assignment.read(tmp_path, Config())


@pytest.fixture
def work(assignment):
    return copy.deepcopy(assignment.stub)


def cell(notebook, cell_id):
    return next(cell for cell in notebook.cells if cell.id == cell_id)


def rebuilt(assignment, notebook):
    return rebuild(assignment, read_cells(json.dumps(notebook).encode()))


def in_a_new_cell(work):
    work.cells.insert(2, new_markdown_cell(WORDS))


def in_a_raw_cell(work):
    work.cells.insert(2, new_raw_cell(WORDS))


def in_a_comment(work):
    work.cells.insert(2, new_code_cell(f"# {WORDS}"))


def in_a_cell_of_code(work):
    work.cells.insert(2, new_code_cell(WORDS))


def in_a_printed_sentence(work):
    work.cells.insert(2, new_code_cell(f"print({WORDS!r})"))


def instead_of_its_cell(work):
    work.cells[1] = new_markdown_cell(WORDS)


def below_the_question(work):
    cell(work, "question").source += f"\n\n{WORDS}"


def in_the_question(work):
    cell(work, "question").source = cell(work, "question").source.replace("?", f"? {WORDS}")


def merged_into_the_question(work):
    cell(work, "question").source += f"\n\n{STUB}\n\n{WORDS}"
    del work.cells[1]


def at_the_very_beginning(work):
    work.cells.insert(0, new_markdown_cell(WORDS))


def in_a_heading_of_nbformat_3(work):
    work.cells.insert(2, nbformat.from_dict({"cell_type": "heading", "source": WORDS, "metadata": {}}))


ELSEWHERE = [
    in_a_new_cell, in_a_raw_cell, in_a_comment, in_a_cell_of_code, in_a_printed_sentence, instead_of_its_cell,
    below_the_question, in_the_question, merged_into_the_question, at_the_very_beginning, in_a_heading_of_nbformat_3,
]  # fmt: skip


@pytest.mark.parametrize("write", ELSEWHERE, ids=lambda write: write.__name__)
def test_what_is_written_elsewhere_stays_and_a_person_has_to_look(assignment, work, write):
    write(work)
    result = rebuilt(assignment, work)
    held = [cell.id for cell in result.notebook.cells if WORDS in cell.source]
    assert len(held) == 1
    assert held[0].startswith("extra-")
    place = [cell.id for cell in result.notebook.cells].index(held[0])
    assert place <= 2, "where the student wrote it"
    assert "written" in result.unchanged
    (graded,) = (one for one in assignment.graded if one.kind == "manual")
    told = verdict.of_manual(graded, True, result.elsewhere)
    assert told.points is None
    assert told.message != verdict.NO_ANSWER
    assert ("Convexity" if place else "the beginning") in told.message
    nbformat.validate(harmless(result.notebook))


def untouched(work):
    pass


def answered_in_code(work):
    cell(work, "f").source = "def f():\n    # The loss is convex, so this is 2.\n    return 2"


def tried_out(work):
    work.cells.append(new_code_cell('f()\nx = f() + 1\nprint("f is", x)\ndata["petal width"]'))


def with_an_empty_cell(work):
    work.cells.append(new_markdown_cell("  \n"))


def saved_by_an_editor_that_strips_space(work):
    for one in work.cells:
        one.source = "\n".join(line.rstrip() for line in one.source.splitlines()) + "\n"


def saved_by_an_editor_that_drops_metadata(work):
    for one in work.cells:
        one.metadata, one.id = {}, "x" + one.id


NOTHING = [
    untouched, answered_in_code, tried_out, with_an_empty_cell, saved_by_an_editor_that_strips_space,
    saved_by_an_editor_that_drops_metadata,
]  # fmt: skip


@pytest.mark.parametrize("do", NOTHING, ids=lambda do: do.__name__)
def test_who_wrote_nothing_outside_of_the_code_gave_no_answer(assignment, work, do):
    do(work)
    result = rebuilt(assignment, work)
    assert result.elsewhere == ()
    assert verdict.of_manual(assignment.graded[0], True, ()).message == verdict.NO_ANSWER


def test_without_metadata_only_what_the_student_wrote_is_added(assignment, work):
    saved_by_an_editor_that_drops_metadata(work)
    work.cells[1].source = WORDS
    result = rebuilt(assignment, work)
    assert [cell.source for cell in result.notebook.cells if cell.id.startswith("extra-")] == [WORDS]
    assert result.elsewhere == ("Convexity",)


@pytest.mark.parametrize("kind", ["markdown", "raw", "code"])
def test_an_answer_of_two_cells_is_joined(assignment, work, kind):
    second = copy.deepcopy(cell(work, "written"))
    cell(work, "written").source, second.source, second.id = "First half.", "Second half.", "split"
    second.cell_type = kind
    work.cells.insert(2, second)
    work.cells.insert(3, copy.deepcopy(second))
    result = rebuilt(assignment, work)
    assert cell(result.notebook, "written").source == "First half.\n\nSecond half."
    assert cell(result.notebook, "written").cell_type == "markdown"
    assert result.unchanged == {"f"}
    assert "all of them count" in result.oddities[0]


def test_pictures_of_two_halves_may_have_one_name(assignment, work):
    second = copy.deepcopy(cell(work, "written"))
    cell(work, "written").source, second.source = "A ![](attachment:image.png)", "B ![](attachment:image.png)"
    cell(work, "written").attachments = {"image.png": {"image/png": PNG}}
    second.attachments = {"image.png": {"image/jpeg": JPEG}}
    work.cells.insert(2, second)
    answer = cell(harmless(rebuilt(assignment, work).notebook), "written")
    assert answer.source == "A ![](attachment:image.png)\n\nB ![](attachment:again-image.png)"
    assert answer.attachments == {"image.png": {"image/png": PNG}, "again-image.png": {"image/jpeg": JPEG}}
    page = markup.html_of(answer.source, answer.attachments)
    assert page.index(f"data:image/png;base64,{PNG}") < page.index(f"data:image/jpeg;base64,{JPEG}")


ANSWERS = {
    "attached": ("![my plot](attachment:image.png)", {"image.png": {"image/png": PNG}}),
    "attached, name with a space": ("![](attachment:my%20plot.png)", {"my plot.png": {"image/png": PNG}}),
    "attached, as HTML": ('<img src="attachment:a.png" width="30%">', {"a.png": {"image/png": PNG}}),
    "in the text": (f"See: ![my plot](data:image/png;base64,{PNG})", {}),
    "in the text, as HTML": (f"<img src='data:image/png;base64,{PNG}' onerror='alert(1)'>", {}),
}


@pytest.mark.parametrize(("source", "attachments"), ANSWERS.values(), ids=ANSWERS)
def test_a_picture_is_in_the_notebook_and_on_the_page(assignment, work, source, attachments):
    cell(work, "written").source = source
    cell(work, "written").attachments = attachments
    notebook = harmless(rebuilt(assignment, work).notebook)
    assert harmless(notebook) == notebook
    nbformat.validate(notebook)
    answer = cell(notebook, "written")
    assert list(answer.attachments.values()) == [{"image/png": PNG}]
    page = markup.html_of(answer.source, answer.attachments)
    assert page.count("<img") == page.count(f'src="data:image/png;base64,{PNG}"') == 1
    assert "alert" not in page


NO_PICTURES = {
    "a script": {"image/svg+xml": "<svg onload=alert(1)>"},
    "no picture": {"image/png": base64.b64encode(b"<script>alert(1)</script>").decode()},
    "markup for base64": {"image/png": 'x"><script>alert(1)</script>'},
    "too large": {"image/png": PNG[:12] + "A" * (2 * PICTURE_LIMIT)},
    "no text": {"image/png": 7},
    "nothing": {},
}


@pytest.mark.parametrize("bundle", NO_PICTURES.values(), ids=NO_PICTURES)
def test_what_is_no_picture_is_said_to_be_left_out(bundle):
    notebook = new_notebook(cells=[new_markdown_cell("![plot](attachment:x.png)")])
    notebook.cells[0].attachments = nbformat.from_dict({"x.png": bundle})
    answer = harmless(notebook).cells[0]
    assert "attachments" not in answer
    assert "left out" in answer.source
    page = markup.html_of(answer.source, answer.get("attachments"))
    assert "<img" not in page
    assert "[plot]" in page
    assert "alert" not in page


def test_links_and_pictures_of_others_lead_nowhere():
    page = markup.html_of("[a](attachment:x.png) ![b](https://example.org/b.png) ![c](attachment:none.png)", {})
    assert "attachment:" not in page
    assert "<img" not in page
