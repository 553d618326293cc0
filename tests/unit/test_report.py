"""A report counts what receipts say, names who holds what, and shows what students wrote as text."""

import io
import json
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser

import nbformat
import pytest
from rich.console import Console

from gdhelpers.autograder import gradebook, receipt, report
from gdhelpers.autograder.course import Course
from gdhelpers.autograder.examination import Examined
from gdhelpers.autograder.record import Record, Verdict
from gdhelpers.autograder.report import page, terminal
from gdhelpers.autograder.settings import Limits, Settings
from gdhelpers.autograder.verdict import NO_ANSWER
from gdhelpers.cli import main
from gdhelpers.trouble import Trouble, WrongCall

NAME = "ps3-logistic-regression"
SENTENCE = "The gradients of a sum, not of a mean."
EVIL = "<script>alert(1)</script>"
SUM = {"outcome": "failed", "misconception": "sum-instead-of-mean"}
SUM["message"] = f"{SENTENCE} (First seen in the case: one row.)"
OTHER = {"outcome": "failed", "misconception": "opposite-sign", "message": "Both point the wrong way."}
UNNAMED = {"outcome": "failed", "message": f"accuracy is not right yet. {EVIL}", "seconds": 7.0}
MISSING = {"outcome": "missing", "message": "not answered", "seconds": 0.0}


def verdict(cell, outcome="passed", misconception=None, message="Right.", seconds=0.5):
    if cell.kind == "manual":
        message = NO_ANSWER if message == NO_ANSWER else "This answer is graded by hand."
        return Verdict(cell.grade_id, None, None, cell.points, "manual", message)
    points = cell.points if outcome == "passed" else 0.0
    return Verdict(cell.grade_id, cell.function, points, cell.points, outcome, message, misconception, seconds)


def keep(course, assignment, student, wrong=None, code="", status="graded", message=""):
    """Write what grading writes, but for the feedback; `wrong` maps cells to what became of them."""
    wrong = wrong or {}
    verdicts = [verdict(cell, **wrong.get(cell.grade_id.removeprefix("test-"), {})) for cell in assignment.graded]
    record = Record(student, status, assignment.max_score, tuple(verdicts) if status == "graded" else (), message)
    notebook = nbformat.from_dict(json.loads(json.dumps(assignment.stub)))
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "accuracy":
            cell.source = code or cell.source
    folder = course.folder("autograded", student, assignment.name)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / assignment.file_name).write_text(nbformat.writes(notebook))
    receipt.write(course, assignment, Examined(record, notebook, 1, Settings(Limits())), b"what was submitted")
    with gradebook.opened(course) as book:
        gradebook.write(book, course, assignment, record, None)


def give(course, student, points):
    """Grade the written answer by hand."""
    with gradebook.opened(course) as book:
        grade = book.find_grade("why-a-falling-loss", "logistic_regression", NAME, student)
        grade.manual_score, grade.needs_manual_grade = points, False
        book.db.commit()


def hand_in(course, assignment, student, content=b"what was submitted"):
    folder = course.folder("submitted", student, NAME)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / assignment.file_name).write_bytes(content)


@pytest.fixture(scope="module")
def registered(tmp_path_factory):
    """A gradebook that knows the assignment: making one takes seconds."""
    course = Course(tmp_path_factory.mktemp("registered"))
    with gradebook.opened(course) as book:
        gradebook.register(book, course, course.assignment(NAME))
    return course.root / "gradebook.db"


@pytest.fixture
def course(tmp_path, registered):
    shutil.copy(registered, tmp_path)
    return Course(tmp_path)


@pytest.fixture
def assignment(course):
    return course.assignment(NAME)


@pytest.fixture
def graded(course, assignment):
    keep(course, assignment, "ada")
    keep(course, assignment, "grace", {"logistic_gradients": SUM, "log_loss": OTHER})
    evil = f"def accuracy():\n    '{EVIL}'"
    keep(course, assignment, "emmy", {"logistic_gradients": SUM, "accuracy": UNNAMED}, evil)
    keep(course, assignment, "sofia", {"accuracy": MISSING})
    keep(course, assignment, "zoe", status="broken", message=f"no notebook {EVIL}")
    return report.of(course, assignment)


# What is counted


def test_it_counts_scores_outcomes_and_times(graded):
    assert dict(graded.scores) == {"ada": 18.0, "emmy": 12.0, "grace": 11.0, "sofia": 17.0, "zoe": 0.0}
    assert graded.median_score == 12.0
    assert list(graded.broken) == ["zoe"]
    assert graded.awaiting == 4
    exercises = {exercise.name: exercise for exercise in graded.exercises}
    assert dict(exercises["accuracy"].outcomes) == {"passed": 2, "failed": 1, "missing": 1}
    assert exercises["accuracy"].rate == 0.5
    assert exercises["accuracy"].others == "1 wrong, 1 missing"
    assert (exercises["accuracy"].median_seconds, len(exercises["accuracy"].seconds)) == (0.5, 3)
    assert exercises["accuracy"].seconds[-1] == (7.0, "emmy")
    assert exercises["why-a-falling-loss"].median_seconds is None


def test_exercises_come_in_the_order_of_the_notebook(graded, assignment):
    assert [one.name for one in graded.exercises] == [c.grade_id.removeprefix("test-") for c in assignment.graded]


def test_misconceptions_come_by_count_with_their_sentence_and_who_holds_them(graded):
    held = [(one.slug, one.exercise, one.sentence, list(one.students)) for one in graded.misconceptions]
    assert held == [
        ("sum-instead-of-mean", "logistic_gradients", SENTENCE, ["emmy", "grace"]),
        ("opposite-sign", "log_loss", "Both point the wrong way.", ["grace"]),
    ]


def test_an_answer_that_nothing_explains_comes_with_its_code(graded):
    (one,) = graded.unexplained
    assert (one.exercise, one.student) == ("accuracy", "emmy")
    assert one.code == f"def accuracy():\n    '{EVIL}'"


def test_a_cell_that_does_not_run_is_an_answer_and_an_untouched_one_is_none(course, assignment):
    keep(course, assignment, "ada", {"accuracy": MISSING | {"message": "its cell raised"}}, "def accuracy(")
    keep(course, assignment, "emmy", {"accuracy": MISSING})
    assert [(one.student, one.code) for one in report.of(course, assignment).unexplained] == [("ada", "def accuracy(")]


def test_a_second_test_counts_only_where_the_first_one_passed(course, assignment):
    tape = {"logistic_gradients-tape": {"outcome": "failed", "message": "not from the tape"}}
    keep(course, assignment, "ada", tape)
    keep(course, assignment, "emmy", tape | {"logistic_gradients": SUM})
    unexplained = report.of(course, assignment).unexplained
    assert [(one.exercise, one.student) for one in unexplained] == [("logistic_gradients-tape", "ada")]


def test_unexplained_answers_are_grouped_by_what_was_said_the_commonest_first(course, assignment):
    for student, message in (("ada", "rare"), ("emmy", "common"), ("zoe", "common")):
        keep(course, assignment, student, {"accuracy": UNNAMED | {"message": message}})
    groups = report.of(course, assignment).unexplained_of("accuracy")
    assert [(message, [one.student for one in answers]) for message, answers in groups.items()] == [
        ("common", ["emmy", "zoe"]),
        ("rare", ["ada"]),
    ]


@pytest.mark.parametrize("damage", ["gone", "cut"])
def test_without_the_autograded_notebook_an_answer_has_no_code(course, assignment, damage):
    keep(course, assignment, "emmy", {"accuracy": UNNAMED}, "def accuracy(): pass")
    path = course.folder("autograded", "emmy", NAME) / assignment.file_name
    path.unlink() if damage == "gone" else path.write_text("{")
    found = report.of(course, assignment)
    assert [one.code for one in found.unexplained] == [""]
    assert "(no code)" in page.html(found)


def test_points_that_a_person_gave_count(course, assignment):
    for student in ("ada", "emmy", "zoe"):
        keep(course, assignment, student)
    give(course, "ada", 1.5)
    give(course, "emmy", 1.0)
    found = report.of(course, assignment)
    assert dict(found.scores) == {"ada": 19.5, "emmy": 19.0, "zoe": 18.0}
    assert found.awaiting == 1
    written = found.exercises[-1]
    assert (written.given, dict(written.outcomes)) == ([1.0, 1.5], {"graded": 2, "awaiting": 1, "missing": 0})
    assert "mean 1.25" in page.html(found)
    assert "mean 1.25 of 2" in printed(found)


def test_without_a_gradebook_receipts_tell_and_none_is_made(course, assignment, graded):
    gradebook_file = course.root / "gradebook.db"
    gradebook_file.unlink()
    assert report.of(course, assignment) == graded
    assert not gradebook_file.exists()


def test_who_is_not_in_it_is_counted_apart(course, assignment):
    for student in ("ada", "emmy"):
        keep(course, assignment, student)
        hand_in(course, assignment, student)
    hand_in(course, assignment, "emmy", b"something else")
    hand_in(course, assignment, "grace")
    with gradebook.opened(course) as book:
        book.update_or_create_student("sofia")
    found = report.of(course, assignment)
    assert list(found.scores) == ["ada", "emmy"]
    assert (found.absent.missing, found.absent.ungraded, found.absent.changed) == (["sofia"], ["grace"], ["emmy"])
    for text in (printed(found), page.html(found)):
        assert all(student in text for student in ("sofia", "grace", "emmy"))


def test_nothing_graded_is_a_wrong_call(course, assignment):
    with pytest.raises(WrongCall, match=f"Run: gd grade {NAME} --course {re.escape(str(course.root))}"):
        report.of(course, assignment)


def test_one_damaged_receipt_is_named_and_stops_the_report(course, assignment, graded):
    receipt.path(course, assignment, "ada").write_text("{")
    with pytest.raises(Trouble, match="ada"):
        report.of(course, assignment)


# The terminal


def printed(found, width=80):
    console = Console(width=width, record=True, file=io.StringIO())
    for part in terminal.parts(found):
        console.print(part)
    return console.export_text()


def test_what_a_student_wrote_does_not_steer_the_terminal(course, assignment):
    evil = {"accuracy": UNNAMED | {"message": "wrong\x1b[2J\x07 [red]x[/red]"}}
    keep(course, assignment, "e\u202emmy", evil, "def accuracy():\n    '\x1b]0;x\x07 [bold]'")
    text = printed(report.of(course, assignment))
    assert not re.search("[\x07\x1b\u202e]", text)
    assert "[red]x[/red]" in text
    assert "[bold]" in text


def test_the_terminal_shortens_long_lists_and_the_page_does_not(course, assignment):
    students = [f"s{number:02}" for number in range(12)]
    code = "def accuracy():\n" + "\n".join(f"    line_{number}" for number in range(40))
    for student in students:
        keep(course, assignment, student, {"logistic_gradients": SUM, "accuracy": UNNAMED}, code)
    found = report.of(course, assignment)
    text, whole = printed(found), page.html(found)
    assert "and 6 more" in " ".join(re.sub(r"[│\s]+", " ", text).split())
    assert text.count("... and 29 lines more") == terminal.CODES
    assert "s11" not in text.partition("time of the tests")[0].partition("misconceptions")[2]
    assert ", ".join(students) in whole
    assert whole.count("line_39") == 12


# The page


class Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.text = [], ""

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data


def read(text):
    reader = Reader()
    reader.feed(text)
    return reader


def test_what_students_wrote_is_text(course, assignment):
    keep(course, assignment, EVIL.replace("/", ""), {"accuracy": UNNAMED, "log_loss": SUM | {"message": EVIL}}, EVIL)
    keep(course, assignment, "zoe", status="broken", message=EVIL)
    text = page.html(report.of(course, assignment))
    assert "<script" not in text
    assert read(text).text.count(EVIL) == 4, "a message, a sentence, a code and why a file is broken"
    assert "&lt;script&gt;alert(1)&lt;script&gt;" in text, "the name of a student"


def test_the_page_holds_no_script_and_nothing_remote(graded):
    text = page.html(graded)
    tags = read(text).tags
    assert {"script", "img", "link", "iframe", "object", "a", "form"} & {tag for tag, _ in tags} == set()
    assert not [name for _, attrs in tags for name in attrs if name.startswith("on")]
    links = [value for _, attrs in tags for name, value in attrs.items() if name in ("href", "src", "xlink:href")]
    assert all(link.startswith("#") for link in links)
    assert "http:" not in text
    assert "https:" not in text
    assert "@import" not in text
    assert "default-src 'none'" in text


def test_figures_are_described_tables_have_heads_and_ids_are_unique(graded):
    tags = read(page.html(graded)).tags
    described = [attrs.get("aria-label", "") for tag, attrs in tags if tag == "figure" and attrs["role"] == "img"]
    assert len(described) == [tag for tag, _ in tags].count("svg") == 3
    assert all(len(text) > 40 for text in described)
    assert [attrs.get("scope") for tag, attrs in tags if tag == "th"].count(None) == 0
    assert [tag for tag, _ in tags if tag in ("h1", "h2")] == ["h1", *["h2"] * 5]
    ids = [attrs["id"] for _, attrs in tags if "id" in attrs]
    assert len(ids) == len(set(ids))


def test_figures_take_on_the_colours_of_the_page(graded):
    svg = re.findall(r"<svg.*?</svg>", page.html(graded), flags=re.DOTALL)
    assert all("var(--ink)" in one for one in svg)
    assert not [one for one in svg if "#000000" in one or "#ffffff" in one]


def test_the_same_class_gives_the_same_page(graded):
    assert page.html(graded) == page.html(graded)


def test_one_student_is_a_class(course, assignment):
    keep(course, assignment, "ada")
    text = page.html(report.of(course, assignment))
    assert "None was found." in text
    assert "There are none." in text


@pytest.mark.parametrize("kind", ["broken", "untouched"])
def test_a_class_that_answered_nothing_has_a_report(course, assignment, kind):
    nothing = {cell.grade_id.removeprefix("test-"): MISSING for cell in assignment.graded if cell.function}
    nothing["why-a-falling-loss"] = {"message": NO_ANSWER}
    keep(course, assignment, "ada", nothing, status="graded" if kind == "untouched" else kind)
    found = report.of(course, assignment)
    assert (dict(found.scores), found.awaiting) == ({"ada": 0.0}, 0)
    assert "Nobody answered anything." in page.html(found)
    assert "1 submission, median 0 of 20" in printed(found)


# The command


def test_the_command_prints_it_and_writes_the_page(graded, course, capsys):
    assert main(["report", NAME, "--course", str(course.root)]) == 0
    said = capsys.readouterr().out
    assert "5 submissions, median 12 of 20" in said
    assert "4 submissions to be graded by hand" in said
    assert "sum-instead-of-mean" in said
    assert re.search(r"accuracy\W+2 of 4 \(50%\)", said)
    assert (course.root / "reports" / f"{NAME}.html").read_text().startswith("<!doctype html>")


def test_the_page_goes_where_out_says(graded, course, tmp_path):
    assert main(["report", NAME, "--course", str(course.root), "--out", str(tmp_path / "page.html")]) == 0
    assert (tmp_path / "page.html").exists()
    assert not (course.root / "reports").exists()


@pytest.mark.parametrize(
    "arguments",
    [[], ["ps9"], [NAME], [NAME, "--course", "/nowhere"], [NAME, "--out", "/nowhere/page.html"], [NAME, "--out", "."]],
    ids=" ".join,
)
def test_a_wrong_call_is_2(arguments, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    try:
        code = main(["report", *arguments])
    except SystemExit as left:
        code = left.code
    assert code == 2
    assert "Traceback" not in capsys.readouterr().err


def test_only_making_the_page_imports_matplotlib():
    code = (
        "import sys, gdhelpers.commands.report\n"
        "import gdhelpers.autograder.report.page, gdhelpers.autograder.report.terminal\n"
        "print({'torch', 'tensorflow', 'pandas', 'matplotlib'} & set(sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"
