"""A page of feedback is the one that nbgrader makes; nothing of one student gets into another's; files are whole."""

import copy
import gc
from dataclasses import replace

import pytest
from nbconvert.exporters import HTMLExporter
from nbformat import from_dict
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from nbgrader.converters import GenerateFeedback
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory

from gdhelpers.autograder import gradebook, markup, pages, receipt
from gdhelpers.autograder.course import Course
from gdhelpers.autograder.examination import Examined
from gdhelpers.autograder.record import Record, Verdict
from gdhelpers.autograder.settings import Limits, Settings
from gdhelpers.autograder.verdict import RIGHT
from tests.unit.test_markup import NAME, PAYLOADS, WRITTEN, examined, handed_in, shown_by, writable

OTHER = "ps1-autograd"


class PlainExporter(HTMLExporter):
    """nbconvert's exporter as it is, but for the head of the page."""

    extra_loaders = markup.FeedbackExporter().extra_loaders


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    course = Course(tmp_path_factory.mktemp("course"))
    with gradebook.opened(course) as book:
        for name in (NAME, OTHER):
            gradebook.register(book, course, course.assignment(name))
    return course


@pytest.fixture(scope="module")
def assignment(course):
    return course.assignment(NAME)


@pytest.fixture(scope="module")
def feedback(course):
    """Pages of the whole module are made by one object, one after the other."""
    return pages.Feedback(course)


def keep(course, assignment, work):
    """Keep a piece of work as grading does, all but the page."""
    pages.write_autograded(course, assignment, work)
    with gradebook.opened(course) as book:
        gradebook.write(book, course, assignment, work.record, None)


def page_of(course, assignment, student):
    (page,) = course.folder("feedback", student, assignment.name).iterdir()
    return page.read_bytes()


def by_nbgrader(course, assignment, student, exporter=PlainExporter):
    """Return the page that nbgrader's own converter makes with the configuration of a course."""
    config = copy.deepcopy(course.config)
    config.GenerateFeedback.exporter_class = exporter
    config.CourseDirectory.feedback_directory = "by nbgrader"
    config.CourseDirectory.assignment_id = assignment.name
    config.CourseDirectory.student_id = student
    converter = GenerateFeedback(coursedir=CourseDirectory(config=config), config=config)
    converter.force = True
    if "[" in student:  # nbgrader itself finds no such student
        folder = course.folder("autograded", student, assignment.name)
        converter.assignments = {str(folder): [str(path) for path in folder.glob("*.ipynb")]}
        converter.init_notebooks = lambda: None
    converter.start()
    (page,) = (course.root / "by nbgrader" / student / assignment.name).glob("*.html")
    return page.read_bytes()


def right(assignment, student):
    """Return work of which every answer is right, and which shows things."""
    notebook = handed_in(assignment, f"What {student} wrote: $a < b$, <b>so</b> `x <- y` & *more*.\n\n|a|\n|-|\n|1|")
    verdicts = [
        Verdict(cell.grade_id, cell.function, cell.points, cell.points, "passed", RIGHT) for cell in assignment.graded
    ]
    return Examined(Record(student, "graded", assignment.max_score, tuple(verdicts)), notebook, 1, Settings(Limits()))


def wrong(assignment, student):
    """Return work whose tests failed, with what the examiner shows for it."""
    work = examined(assignment, handed_in(assignment, f"# {student}"), student, f"{student}: 'a' < <module> & \"b\"")
    for cell in work.notebook.cells:
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("grade"):
            cell.outputs = [new_output("error", ename="failed", evalue="no", traceback=["\x1b[31mno\x1b[0m <b>"])]
    return work


def broken(assignment, student):
    """Return what stands for a file that is no notebook."""
    notebook = copy.deepcopy(assignment.stub)
    notebook.cells.insert(0, new_markdown_cell("**This submission could not be graded.** It is no notebook."))
    record = Record(student, "broken", assignment.max_score, (), "It is no notebook.")
    return Examined(record, notebook, 1, Settings(Limits()))


def grade_by_hand(course, assignment, student):
    """Give a score and a comment for a written answer, as the formgrader does."""
    where = (assignment.path.stem, assignment.name, student)
    with gradebook.opened(course) as book:
        grade, comment = book.find_grade(WRITTEN, *where), book.find_comment(WRITTEN, *where)
        grade.manual_score, grade.needs_manual_grade, comment.manual_comment = 1.5, False, "Good, $x$ & <i>all</i>."
        book.db.commit()


@pytest.mark.parametrize("student", ["ada", "[ada]"])
@pytest.mark.parametrize("make", [right, wrong, broken])
def test_the_page_is_the_one_that_nbgrader_makes(course, assignment, feedback, make, student):
    keep(course, assignment, make(assignment, student))
    feedback.write(assignment, student)
    page = page_of(course, assignment, student)
    assert page == by_nbgrader(course, assignment, student)
    assert page == by_nbgrader(course, assignment, student, markup.FeedbackExporter)


def test_what_a_person_graded_is_on_the_page(course, assignment, feedback):
    keep(course, assignment, right(assignment, "emmy"))
    feedback.write(assignment, "emmy")
    before = page_of(course, assignment, "emmy")
    grade_by_hand(course, assignment, "emmy")
    feedback.write(assignment, "emmy")
    page = page_of(course, assignment, "emmy")
    assert page == by_nbgrader(course, assignment, "emmy")
    assert b"Good, <span" in page
    assert b"Good, <span" not in before


@pytest.mark.parametrize("part", range(4))
def test_the_page_is_the_one_that_nbgrader_makes_whatever_a_student_wrote(course, assignment, feedback, part):
    payloads = list(PAYLOADS.values())[part::4]
    work = wrong(assignment, "eve")
    for payload in payloads:
        code, text = new_code_cell(payload), new_markdown_cell(payload)
        work.notebook.cells += [from_dict({**code, "outputs": shown_by(payload)}), text]
    verdicts = [
        replace(verdict, message=writable("\n\n".join(payloads[place :: len(work.record.verdicts)])))
        for place, verdict in enumerate(work.record.verdicts)
    ]
    keep(course, assignment, replace(work, record=replace(work.record, verdicts=tuple(verdicts))))
    feedback.write(assignment, "eve")
    assert page_of(course, assignment, "eve") == by_nbgrader(course, assignment, "eve")


def test_code_may_be_long_of_another_language_or_empty(course, assignment, feedback):
    work = right(assignment, "long")
    code = [cell for cell in work.notebook.cells if cell.cell_type == "code"]
    code[0].source = "x = 'a' < 1  # &\n" * (markup.CODE_LIMIT // 10)
    code[1].source, code[1].metadata["magics_language"] = "<b onclick='x'>", "html"
    code[2].source = "<b onclick='x'>"
    code[3].source = ""
    code[4].source = " \n\n"
    del work.notebook.metadata["language_info"]
    keep(course, assignment, work)
    feedback.write(assignment, "long")
    assert page_of(course, assignment, "long") == by_nbgrader(course, assignment, "long")


def test_nothing_of_one_student_is_on_the_page_of_the_next(course, assignment, feedback):
    keep(course, assignment, wrong(assignment, "first0student"))
    keep(course, assignment, wrong(assignment, "second"))
    feedback.write(assignment, "first0student")
    feedback.write(assignment, "second")
    assert page_of(course, assignment, "first0student").count(b"first0student") > 10
    assert b"first0student" not in page_of(course, assignment, "second")


def test_a_page_that_cannot_be_made_leaves_nothing_behind_for_the_next(course, assignment, feedback):
    for student in ("lost0student", "next"):
        keep(course, assignment, wrong(assignment, student))
        feedback.write(assignment, student)
    before = page_of(course, assignment, "next")
    (notebook,) = course.folder("autograded", "lost0student", NAME).glob("*.ipynb")
    notebook.write_text(notebook.read_text().replace('"cell_type": "code"', '"cell_type": "none"'))
    with pytest.raises(NbGraderException):
        feedback.write(assignment, "lost0student")
    assert not course.folder("feedback", "lost0student", NAME).exists()
    feedback.write(assignment, "next")
    assert page_of(course, assignment, "next") == before


def test_assignments_may_alternate(course, assignment, feedback):
    other = course.assignment(OTHER)
    for one in (assignment, other):
        for student in ("alternating", "[other]"):
            keep(course, one, broken(one, student))
    for student in ("alternating", "[other]"):
        for one in (assignment, other, assignment):
            feedback.write(one, student)
            assert page_of(course, one, student) == by_nbgrader(course, one, student)
    assert page_of(course, other, "[other]") != page_of(course, assignment, "[other]")


OWN_TEMPLATE = """\
{%- extends 'nbconvert/templates/classic/index.html.j2' -%}
{% block header %}<title>Our own page</title><style>{{ resources.inlining.css[0] }}</style>{{ mathjax() }}{% endblock %}
{% block input %}{{ cell.source | highlight_code(metadata=cell.metadata) }}{% endblock %}
{% block markdowncell %}Text: {{ cell.source | markdown2html | strip_files_prefix }} <i>.</i>{% endblock %}
{% block codecell %}Code: {{ super() }}\
{{ (cell.metadata.nbgrader or {}).comment | default('-', true) | markdown2html }}{% endblock %}
"""


def own_course(folder, course, *lines):
    """Return a course with its own configuration, and the gradebook of another."""
    (folder / "nbgrader_config.py").write_text(
        "from gdhelpers.autograder import markup\nc = get_config()\nmarkup.protect(c)\n"
        f"c.CourseDirectory.db_url = {course.db_url!r}\n" + "\n".join(lines)
    )
    return Course(folder)


@pytest.mark.parametrize(
    ("setting", "shown"),
    [
        ("c.HTMLExporter.template_name = 'own'", b"<title>Our own page</title>"),
        ("c.Highlight2HTML.extra_formatter_options = {'linenos': 'inline'}", b'<span class="linenos">'),
        ("c.CSSHTMLHeaderPreprocessor.style = 'monokai'", b"#272822"),
        ("c.HTMLExporter.exclude_input = True", b"panel"),
    ],
)
def test_a_course_may_have_a_template_or_settings_of_its_own(tmp_path, course, assignment, setting, shown):
    template = tmp_path / "templates" / "own"
    template.mkdir(parents=True)
    (template / "index.html.j2").write_text(OWN_TEMPLATE)
    (template / "conf.json").write_text('{"base_template": "classic", "mimetypes": {"text/html": true}}')
    own = "template_name" in setting
    course = own_course(
        tmp_path, course, setting, f"c.HTMLExporter.extra_template_basedirs = [{str(template.parent)!r}]" * own
    )
    keep(course, assignment, wrong(assignment, "ada"))
    feedback = pages.Feedback(course)
    for _ in range(2):
        feedback.write(assignment, "ada")
        assert page_of(course, assignment, "ada") == by_nbgrader(course, assignment, "ada")
    assert shown in page_of(course, assignment, "ada")


def test_settings_of_nbgrader_for_its_files_hold(tmp_path, course, assignment):
    course = own_course(
        tmp_path,
        course,
        "c.CourseDirectory.feedback_directory = 'pages'",
        "c.CourseDirectory.student_id_exclude = 'guest,tester'",
        "c.GenerateFeedback.permissions = 600",
    )
    for student in ("ada", "tester"):
        keep(course, assignment, broken(assignment, student))
        pages.Feedback(course).write(assignment, student)
    (page,) = (tmp_path / "pages").rglob("*.html")
    assert page.parent == tmp_path / "pages" / "ada" / NAME
    assert page.stat().st_mode & 0o777 == 0o600


class Killed(BaseException):
    """Stands for a signal that nothing can catch."""


def looked_for(folders):
    """Return the files that nbgrader looks for."""
    return [path for folder in folders for path in folder.iterdir() if path.suffix in (".ipynb", ".html")]


@pytest.mark.parametrize("step", ["write_text", "replace"])
def test_whoever_kills_the_command_finds_the_files_as_they_were(course, assignment, feedback, monkeypatch, step):
    def killed(path, *_, **__):
        path.write_bytes(b"half of it")
        raise Killed

    keep(course, assignment, right(assignment, "killed"))
    feedback.write(assignment, "killed")
    folders = [course.folder(name, "killed", NAME) for name in ("autograded", "feedback")]
    before = [path.read_bytes() for path in looked_for(folders)]
    monkeypatch.setattr(receipt.Path, step, killed)
    with pytest.raises(Killed):
        pages.write_autograded(course, assignment, broken(assignment, "killed"))
    with pytest.raises(Killed):
        feedback.write(assignment, "killed")
    monkeypatch.undo()
    assert [path.read_bytes() for path in looked_for(folders)] == before
    pages.write_autograded(course, assignment, right(assignment, "killed"))
    feedback.write(assignment, "killed")
    assert [len(list(folder.iterdir())) for folder in folders] == [1, 1]


def test_nothing_of_an_earlier_attempt_stays_beside_the_page(course, assignment, feedback):
    keep(course, assignment, right(assignment, "again"))
    folder = course.folder("feedback", "again", NAME)
    (folder / "data").mkdir(parents=True)
    for name in ("older.html", "data/x.csv", "timestamp.txt"):
        (folder / name).write_text("old")
    (folder / "link").symlink_to(course.root)
    feedback.write(assignment, "again")
    assert page_of(course, assignment, "again")
    assert course.root.is_dir()


def test_a_notebook_that_cannot_be_written_to_is_replaced(course, assignment):
    work = right(assignment, "stock")
    pages.write_autograded(course, assignment, work)
    (notebook,) = course.folder("autograded", "stock", NAME).iterdir()
    before = notebook.read_bytes()
    notebook.write_text("{}")
    notebook.chmod(0o444)  # as nbgrader leaves it
    pages.write_autograded(course, assignment, work)
    assert notebook.read_bytes() == before


def test_pages_of_a_class_do_not_gather_in_memory(course, assignment, feedback):
    names = [f"pupil{number}" for number in range(12)]
    with gradebook.opened(course) as book:
        for name in names:
            work = broken(assignment, name)
            pages.write_autograded(course, assignment, work)
            gradebook.write(book, course, assignment, work.record, None)
    counts = []
    for name in names:
        feedback.write(assignment, name)
        gc.collect()
        counts.append(len(gc.get_objects()))
    assert counts[-1] - counts[4] < 5, counts
