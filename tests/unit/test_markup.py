"""Nothing that a student wrote runs, loads anything or passes for a part of a page; what is left can be read."""

import base64
import copy
import doctest
import re
import time
from collections import Counter

import nbformat
import pytest
from bleach._vendor import html5lib
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbgrader.apps.api import NbGraderAPI
from nbgrader.server_extensions.formgrader.formgrader import FormgradeExtension
from nbgrader.server_extensions.formgrader.handlers import template_path

from gdhelpers.autograder import gradebook, markup, outputs, pages
from gdhelpers.autograder.course import Course
from gdhelpers.autograder.examination import Examined
from gdhelpers.autograder.outputs import (
    NOTEBOOK_LIMIT,
    OUTPUT_LIMIT,
    PICTURE_LIMIT,
    PICTURES,
    TEXT_LIMIT,
    harmless,
    plain,
)
from gdhelpers.autograder.record import Record, Verdict
from gdhelpers.autograder.settings import Limits, Settings
from gdhelpers.environment import CHECKOUT

NAME, WRITTEN, ANSWER, TEST = "ps3-logistic-regression", "why-a-falling-loss", "sigmoid", "test-sigmoid"
HOST = "evil.example"
PNG = base64.b64encode(PICTURES["image/png"] + b"the rest of a picture").decode()
JPEG = base64.b64encode(PICTURES["image/jpeg"] + b"the rest of a picture").decode()

PAYLOADS = {
    "script": "<script>window.__hit = 1; alert(1)</script>",
    "script in capitals": "<ScRiPt src=//evil.example/x.js></sCrIpT >",
    "script in two parts": "<scr<script>ipt>window.__hit = 1</scr</script>ipt>",
    "onerror": "<img src=x onerror=alert(1)>",
    "onerror without spaces": "<img/src='x'/onerror=alert(1)>",
    "svg onload": "<svg onload=alert(1)><circle r=9></svg>",
    "svg script": "<svg><script href='https://evil.example/x.js'/></svg>",
    "svg use": "<svg><use href='data:image/svg+xml,<svg id=x onload=alert(1)>#x'></use></svg>",
    "iframe": "<iframe src='javascript:window.top.__hit=1'></iframe><iframe srcdoc='<script>alert(1)</script>'>",
    "object": "<object data='https://evil.example/x.swf'><embed src='https://evil.example/x.swf'></object>",
    "javascript link": "<a href='javascript:window.__hit=1'>read</a> <a href='jAvAsCrIpT&#58;window.__hit=1'>read</a>",
    "javascript link with a tab": "<a href='java\tscript:window.__hit=1'>read</a> <a href=' &#1;javascript:x'>read</a>",
    "files link": "<a href='files/javascript:window.__hit=1'>read</a> [read](files/javascript:window.__hit=1)",
    "data link": "<a href='data:text/html,<script>alert(1)</script>'>read</a>",
    "vbscript link": "<a href='vbscript:msgbox(1)'>read</a>",
    "relative link": "<a href='/formgrader/submissions/x/next'>read</a> <a href='//evil.example/'>read</a>",
    "meta refresh": "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "base": "<base href='https://evil.example/'>",
    "form": "<form action='https://evil.example/'><input autofocus onfocus=alert(1)><button>Go</button></form>",
    "style": "<style>@import 'https://evil.example/x.css'; body {background: url(https://evil.example/x)}</style>",
    "style attribute": "<p style=\"background:url('https://evil.example/x');position:fixed;inset:0\">text</p>",
    "style of a cell": "<table><tr><td style='text-align: left; background: url(//evil.example)'>x</td></tr></table>",
    "stylesheet": "<link rel=stylesheet href='https://evil.example/x.css'>",
    "remote picture": "<img src='https://evil.example/x.png' srcset='https://evil.example/y.png 2x' alt='a curve'>",
    "video": "<video autoplay poster='https://evil.example/x' src='https://evil.example/y'><track src=x></video>",
    "markdown picture": "![a curve](https://evil.example/x.png)",
    "markdown attachment": "![a curve](attachment:missing.png)",
    "markdown link": "[read](javascript:window.__hit=1) [read](JaVaScRiPt:alert(1)) <javascript:alert(1)>",
    "markdown reference": "[read][r]\n\n[r]: javascript:window.__hit=1 'x'",
    "markdown breaks out": '[read](https://a.example/"onmouseover="alert(1)) ![x](x"onerror="alert(1))',
    "comment": "<!--><script>window.__hit=1</script>--> <!-- --!><img src=x onerror=alert(1)> -->",
    "noscript": '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "math": '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    "math link": "<math><maction actiontype=statusline xlink:href='javascript:alert(1)'>x</maction></math>",
    "form in math": "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "textarea": "<textarea><img title='</textarea><img src=x onerror=alert(1)>'></textarea>",
    "template": "<template><img src=x onerror=alert(1)></template>",
    "xmp": "<xmp><p title='</xmp><img src=x onerror=alert(1)>'></xmp>",
    "closes the page": "</pre></div></div></div></body></html><script>window.__hit=1</script>",
    "passes for the page": f"<div id='{WRITTEN}' class='panel panel-primary nbgrader_cell'>20 / 20</div>",
    "heading": f"# {WRITTEN}\n\n## <img src=x onerror=alert(1)>",
    "formula": "$\\href{javascript:window.__hit=1}{x}$ $$<img src=x onerror=alert(1)>$$",
    "environment": "\\begin{align}<script>window.__hit=1</script>\\end{align}",
    "code": '```html\n<script>window.__hit=1</script>\n```\n```"onclick=alert(1)\nx\n```\n```mermaid\n<b onclick=x>',
    "entities": "&lt;script&gt;window.__hit=1&lt;/script&gt; &#x3c;img src=x onerror=alert(1)&#x3e;",
    "colours": "\x1b[31m<script>window.__hit=1</script>\x1b[38m\x1b[38;2;1;2;999m\x1b[48;5m\x1b]8;;javascript:x\x07",
    "zero": "<scr\x00ipt>window.__hit=1</scr\x00ipt>",
    "direction": "return \u202e'}' # \u2066 admin",
    "surrogate": "a \ud800 lone \udfff surrogate",
}
"""What students may write, in Markdown, in a message, or from a cell."""


def writable(text):
    return text.encode("utf-8", "replace").decode()


def shown_by(payload):
    """Return the outputs of a cell that puts a payload out in every way."""
    mime = dict.fromkeys(("text/plain", "text/html", "image/svg+xml", "application/javascript"), payload)
    mime |= dict.fromkeys(("text/latex", "text/markdown", "image/png", "application/pdf"), payload)
    mime["application/vnd.jupyter.widget-view+json"] = {"model_id": payload}
    sized = {kind: {"width": "1 onload=alert(1)", "height": payload, "alt": payload} for kind in PICTURES}
    return [
        {"output_type": "stream", "name": "stdout", "text": payload},
        {"output_type": "stream", "name": payload, "text": [payload, payload]},
        {"output_type": "display_data", "data": mime, "metadata": {"text/html": {"isolated": True}, "filenames": mime}},
        {"output_type": "display_data", "data": {"image/png": PNG}, "metadata": sized},
        {"output_type": "display_data", "data": {"image/png": payload, "image/jpeg": JPEG}, "metadata": sized},
        {"output_type": "execute_result", "data": {"text/html": payload}, "metadata": {}, "execution_count": payload},
        {"output_type": "error", "ename": payload, "evalue": payload, "traceback": [payload, "\x1b[1m" + payload]},
    ]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return Course(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="module")
def assignment(course):
    return course.assignment(NAME)


def well_typed(notebook):
    """Return a notebook as stock nbgrader writes it: no better, but of the types that nbformat wants."""
    notebook = copy.deepcopy(notebook)
    for cell in notebook.cells:
        cell.source = writable(cell.source)
        if cell.cell_type == "code":
            cell.execution_count = None
        for output in cell.get("outputs", []):
            if "execution_count" in output:
                output["execution_count"] = 1
            if output.output_type == "stream":
                output.text = "".join(output.text)
                output.name = "stdout"
    return notebook


def handed_in(assignment, payload):
    """Return the released notebook with a payload wherever a student or their code could have put one."""
    notebook = copy.deepcopy(assignment.stub)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == WRITTEN:
            cell.source = f"{payload}\n\n![{payload}](attachment:{payload})"
            cell.attachments = nbformat.from_dict({payload: {"image/png": payload, payload: payload}})
        elif cell.metadata.get("nbgrader", {}).get("grade_id") == ANSWER:
            cell.update(source=f"{cell.source}\n{payload}", outputs=shown_by(payload), execution_count=payload)
    notebook.cells.append(nbformat.from_dict({**new_code_cell(payload, id="extra"), "outputs": shown_by(payload)}))
    notebook.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {payload: payload}}}
    notebook.metadata["title"] = payload
    return notebook


def examined(assignment, notebook, student, message):
    """Return what an examination gave, with a message for every graded cell."""
    said = writable(message)  # as the wire hands messages on
    verdicts = tuple(
        Verdict(cell.grade_id, cell.function, 0.0, cell.points, "error", f"{cell.grade_id} raised {said}.")
        for cell in assignment.graded
    )
    record = Record(student, "graded", assignment.max_score, verdicts)
    return Examined(record, notebook, 1, Settings(Limits()))


def feedback(course, assignment, student, payload):
    """Return the page of feedback that a student gets whose work holds a payload wherever it can."""
    work = examined(assignment, handed_in(assignment, payload), student, payload)
    pages.write_autograded(course, assignment, work)
    with gradebook.opened(course) as book:
        gradebook.register(book, course, assignment)
        gradebook.write(book, course, assignment, work.record, None)
    pages.Feedback(course).write(assignment, student)
    (page,) = course.folder("feedback", student, NAME).iterdir()
    return page.read_text(encoding="utf-8")


def formgrader(course, notebook, name):
    """Return the page that the formgrader shows of a notebook, as its handler makes it."""
    config = copy.deepcopy(course.config)
    config.HTMLExporter.template_name = "formgrade"
    config.HTMLExporter.extra_template_basedirs = [template_path]
    names = {"student": name, "last_name": name, "first_name": name, "notebook_path": name}
    fixed = {"assignment_id": NAME, "notebook_id": "n", "submission_id": "s", "index": 0, "total": 1, "base_url": ""}
    page, _ = HTMLExporter(config=config).from_notebook_node(notebook, resources=names | fixed)
    return page


LOADS = {"src", "href", "srcset", "action", "formaction", "data", "poster", "background", "style", "srcdoc", "content"}
FREE = {"div", "span", "pre", "p", "a", "img", "code", "table", "tbody", "thead", "tr", "td", "th", "em", "strong"}
FREE |= {"ol", "ul", "li", "br", "h1", "h2", "blockquote", "b"}


def inventory(page):
    """Count what a browser would make of a page that acts, loads, or can be found by a script."""
    found = Counter()
    for element in html5lib.parse(page, namespaceHTMLElements=False).iter():
        if not isinstance(element.tag, str):
            continue  # a comment
        if element.tag not in FREE:
            found[element.tag, (element.text or "")[:200]] += 1
        for name, value in element.attrib.items():
            acts = name.startswith(("on", "data-", "{")) and name != "data-link"  # that one holds a student's name
            if acts or name in LOADS or name in ("id", "name"):
                found[element.tag, name, value] += 1
        if element.tag == "a" and element.get("href", "").startswith(("http", "mailto")):
            assert element.get("rel") == "noopener noreferrer nofollow"
        if element.get("class") and element.tag in ("div", "span", "a"):
            found[
                "class", re.sub(r"\b(highlight|formula|ansi-[a-z-]+|[a-z]{1,3}[0-9]?|)\b", "", element.get("class"))
            ] += 1
    return found


ALLOWED = (
    ("a", "href", r"https?://[^\s\"<>]+"),
    ("img", "src", r"data:image/(png|jpeg);base64,[A-Za-z0-9+/=]+"),
    ("span", "style", r"(background-)?color: rgb\([0-9]+,[0-9]+,[0-9]+\)"),
)


def forbidden(page, empty):
    """List what a page has more than one whose student wrote nothing, and is not allowed."""
    more = inventory(page) - empty
    return [
        thing
        for thing in more
        if not any(thing[:2] == (tag, name) and re.fullmatch(form, thing[2]) for tag, name, form in ALLOWED)
        and not (thing[0] == "class" and thing[1].strip() in KNOWN)
    ]


PYTHON = {"name": "python3", "display_name": "Python 3"}
KNOWN = {"", "hl-ipython", "output_area", "output_subarea"}


@pytest.fixture(scope="module")
def empty(course, assignment):
    """The inventories of a page of feedback and of the formgrader, of a student who wrote one word."""
    page = feedback(course, assignment, "nobody", "nothing")
    return inventory(page), inventory(formgrader(course, well_typed(handed_in(assignment, "nothing")), "nobody"))


@pytest.mark.parametrize("kind", PAYLOADS)
def test_nothing_of_a_student_acts_on_a_page_of_feedback(course, assignment, empty, kind):
    page = feedback(course, assignment, "student", PAYLOADS[kind])
    assert not forbidden(page, empty[0])
    assert "<script" not in page


@pytest.mark.parametrize("kind", PAYLOADS)
def test_nothing_of_a_student_acts_on_a_page_of_the_formgrader(course, assignment, empty, kind):
    page = formgrader(course, well_typed(handed_in(assignment, PAYLOADS[kind])), PAYLOADS[kind])
    assert not forbidden(page, empty[1])


@pytest.mark.parametrize("kind", PAYLOADS)
def test_the_sanitiser_alone_lets_nothing_through(kind):
    page = f"<!DOCTYPE html><html><head></head><body><p>{markup.clean_html(writable(PAYLOADS[kind]))}</p></body></html>"
    assert not forbidden(page, inventory("<!DOCTYPE html><html><head></head><body><p></p></body></html>"))


def test_what_a_student_wrote_can_still_be_read(course, assignment):
    written = "A **wrong** step, $b = 0$, see [this](https://a.example/) and [me](mailto:a@b.example).\n\n"
    page = feedback(
        course, assignment, "reader", f"{written}|a|b|\n|:-:|--:|\n|1|2|\n\n![a curve](https://a.example/x)"
    )
    assert "A <strong>wrong</strong> step" in page
    assert "$b = 0$" in page
    assert '<a href="https://a.example/" rel="noopener noreferrer nofollow">this</a>' in page
    assert 'href="mailto:a@b.example"' in page
    assert '<td style="text-align:right">2</td>' in page
    assert ">[a curve]</a>" in page
    assert f'<img alt="No description has been provided for this image" src="data:image/png;base64,{PNG}"/>' in page


def test_a_picture_in_an_answer_is_on_both_pages(course, assignment):
    notebook = handed_in(assignment, "")
    answer = next(cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == WRITTEN)
    answer.source = f"![a *curve*](attachment:my%20plot.png) ![another](data:image/png;base64,{PNG})"
    answer.attachments = {"my plot.png": {"image/png": PNG}}
    work = examined(assignment, notebook, "painter", "")
    pages.write_autograded(course, assignment, work)
    with gradebook.opened(course) as book:
        gradebook.write(book, course, assignment, work.record, None)
    pages.Feedback(course).write(assignment, "painter")
    (page,) = course.folder("feedback", "painter", NAME).iterdir()
    kept = nbformat.read(course.folder("autograded", "painter", NAME) / assignment.file_name, as_version=4)
    for shown in (page.read_text(encoding="utf-8"), formgrader(course, kept, "painter")):
        for description in ("a curve", "another"):
            assert f'<img alt="{description}" src="data:image/png;base64,{PNG}"' in shown


def test_a_page_of_feedback_asks_nobody_for_anything(course, assignment):
    page = feedback(course, assignment, "offline", "$x$")
    loads = [thing for thing in inventory(page) if thing[1] in LOADS and not thing[2].startswith(("data:image/", "#"))]
    assert {thing[:2] for thing in loads} <= {("meta", "content")}
    assert "default-src 'none'" in page
    assert "MathJax" not in page


def test_a_name_may_look_like_a_pattern_or_like_markup(course, assignment):
    for name in ("[x]", "a*", "b?c", "<img src=x onerror=alert(1)>"):
        assert "Comments:" in feedback(course, assignment, name, "nothing")


def test_a_course_that_shows_html_of_its_own_does_not_show_that_of_students(assignment, tmp_path):
    (tmp_path / "nbgrader_config.py").write_text(
        "c = get_config()\nc.HTMLExporter.sanitize_html = False\n"
        "c.HTMLExporter.filters = {'markdown2html': 'builtins.repr'}\n"
        "c.WidgetsDataTypeFilter.display_data_priority = ['text/html']\n"
    )
    page = feedback(Course(tmp_path), assignment, "student", PAYLOADS["script"])
    assert "<script" not in page
    assert "CourseDirectory" not in page


def only(*outputs):
    """Return what is left of the outputs of a cell."""
    notebook = new_notebook()
    notebook.cells = [nbformat.from_dict({**new_code_cell(""), "outputs": list(outputs)})]
    notebook = harmless(notebook)
    nbformat.validate(notebook)
    return notebook.cells[0].outputs


def data(**types):
    kinds = {"text": "text/plain", "png": "image/png", "jpeg": "image/jpeg", "html": "text/html"}
    shown = only({"output_type": "display_data", "data": {kinds[kind]: value for kind, value in types.items()}})
    return shown[0]["data"]


def test_of_several_representations_text_and_a_picture_stay():
    assert data(html="<b>1</b>", text="1", png=PNG) == {"image/png": PNG, "text/plain": "1"}
    assert data(jpeg=[JPEG[:8], "\n", JPEG[8:]]) == {"image/jpeg": JPEG}
    assert data(html="<b>1</b>") == {"text/plain": "[An output that is neither text nor a picture is left out.]"}
    assert data(text=["1\n", 2, "3"]) == {"text/plain": "1\n3"}


@pytest.mark.parametrize(
    "picture", [JPEG, "", "x", "\ud800", "%", 5, None, {}, b"", base64.b64encode(b"<svg>").decode()]
)
def test_a_picture_that_is_none_is_said_to_be_none(picture):
    assert data(png=picture, text="1") == {
        "text/plain": "1\n[What is said to be a picture (image/png) is none, and is left out.]"
    }


@pytest.mark.parametrize(
    "output",
    [
        None,
        5,
        {},
        {"output_type": 5},
        {"output_type": "widget"},
        {"output_type": "update_display_data", "data": {}},
        {"output_type": "stream"},
        {"output_type": "stream", "text": {"a": 1}, "name": 5},
        {"output_type": "display_data"},
        {"output_type": "display_data", "data": 5},
        {"output_type": "display_data", "data": {"text/plain": 5, 7: 8}, "metadata": 9},
        {"output_type": "execute_result", "data": {"text/plain": "1"}, "execution_count": True},
        {"output_type": "execute_result", "data": [], "execution_count": "<b>"},
        {"output_type": "error"},
        {"output_type": "error", "ename": 1, "evalue": None, "traceback": "no list"},
        {"output_type": "error", "ename": ["a"], "evalue": {}, "traceback": [1, None, ["a"]]},
    ],
)
def test_what_is_ill_typed_does_no_harm(output, assignment, course):
    assert len(only(output)) <= 1
    notebook = handed_in(assignment, "x")
    notebook.cells[-1].outputs = nbformat.from_dict([output])
    work = examined(assignment, notebook, "ill-typed", "x")
    pages.write_autograded(course, assignment, work)


@pytest.mark.parametrize("outputs", [None, 5, {}, "text"])
def test_outputs_may_be_no_list(outputs):
    notebook = new_notebook(cells=[new_code_cell("1")])
    notebook.cells[0]["outputs"] = outputs
    assert harmless(notebook).cells[0].outputs == []


def test_what_is_cut_is_said_to_be_cut():
    (stream,) = only({"output_type": "stream", "name": "stdout", "text": "x" * (TEXT_LIMIT + 1234)})
    assert stream.text == "x" * TEXT_LIMIT + "\n[1,234 more characters are left out.]"
    error = {"output_type": "error", "ename": "E", "evalue": "x", "traceback": ["x" * TEXT_LIMIT, "y" * 9]}
    assert only(error)[0].traceback[-1] == "[10 more characters are left out.]"
    outputs = only(*[{"output_type": "stream", "name": "stdout", "text": "x"}] * (OUTPUT_LIMIT + 7))
    assert (len(outputs), outputs[-1].text) == (
        OUTPUT_LIMIT + 1,
        "[7 more outputs of this cell are left out.]\n",
    )
    large = base64.b64encode(PICTURES["image/png"] + bytes(PICTURE_LIMIT)).decode()
    assert data(png=large) == {"text/plain": "[A picture of more than 2 MiB is left out.]"}


def test_a_notebook_is_bounded_as_a_whole():
    large = base64.b64encode(PICTURES["image/png"] + bytes(PICTURE_LIMIT - 8)).decode()
    picture = {"output_type": "display_data", "data": {"image/png": large}, "metadata": {}}
    text = {"output_type": "stream", "name": "stdout", "text": "x" * TEXT_LIMIT}
    cells = [nbformat.from_dict({**new_code_cell(""), "outputs": [picture] * 5 + [text]}) for _ in range(10)]
    notebook = harmless(new_notebook(cells=cells))
    assert len(nbformat.writes(notebook)) < NOTEBOOK_LIMIT * 1.01
    assert notebook.cells[-1].outputs[0]["data"] == {
        "text/plain": "[A picture is left out: the notebook shows too much.]"
    }


def test_attachments_metadata_and_counts_of_students_are_dropped_and_the_rest_is_as_it_was():
    cells = [new_markdown_cell("# a", attachments={"x.svg": {"image/svg+xml": "<svg/>"}}), new_code_cell("1")]
    cells[1].outputs = [
        new_output("display_data", {"text/plain": "1"}, metadata={"image/png": {"width": "1 onload=x"}})
    ]
    cells[1].execution_count = "<b>"
    notebook = new_notebook(metadata={"widgets": {}, "kernelspec": PYTHON})
    notebook.cells = cells
    before = copy.deepcopy(notebook)
    after = harmless(notebook)
    assert notebook == before
    assert "attachments" not in after.cells[0]
    assert after.cells[1].outputs[0].metadata == {}
    assert after.cells[1].execution_count is None
    assert after.metadata == {"kernelspec": PYTHON}
    assert harmless(after) == after


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\tb\nc", "a\tb\nc"),
        ("\x1b[1;31mred\x1b[0m \x1b[38;5;12mblue\x1b[48;2;1;2;3;4mx\x1b[m", None),
        ("\x1b[38m\x1b[38;5m\x1b[38;2;1;2m\x1b[38;2;1;2;999m\x1b[999mx\x1b[31", "x31"),
        ("\x1b[2J\x1b[1;1H\x1b[?25lx\x1bcy\x1b(Bz", "xyz"),
        ("\x1b]8;;javascript:alert(1)\x07link\x1b]8;;\x1b\\ \x1b]0;title", "link 0;title"),
        ("\x00\x07\x08\x0b\x0c\x7f\x85\x9b31mx", "31mx"),
        ("10 %\r 50 %\r100 %\r\nnext\r", "100 %\nnext"),
        ("if a \u202e= b\u2066:", "if a [U+202E]= b[U+2066]:"),
        ("\ud83d\ude00 \ud800", "?? ?"),
        ("Gr\u00fc\u00dfe \u05e9\u05dc\u05d5\u05dd \U0001f600", None),
    ],
)
def test_text_is_what_can_be_seen(text, shown):
    assert plain(text) == (text if shown is None else shown)


@pytest.mark.parametrize("unit", ["[", "![", ">", "`a", "$", "$a ", "\\begin{a}", "<div>", "<!--", "**a", "\\\\[", "&"])
def test_no_text_keeps_the_grader_busy(unit):
    began = time.process_time()
    markup.html_of(unit * (markup.MARKDOWN_LIMIT // len(unit)))
    assert time.process_time() - began < 20


def test_a_text_that_cannot_be_read_as_markdown_is_shown_as_it_is(monkeypatch):
    long = markup.html_of("<b>" * markup.MARKDOWN_LIMIT)
    assert long.startswith("<pre>&lt;b&gt;")
    assert long.endswith("more characters are left out.]</pre>")
    monkeypatch.setattr(markup, "MarkdownWithMath", None)
    assert markup.html_of("<b>x</b>") == "<pre>&lt;b&gt;x&lt;/b&gt;</pre>"


def test_the_filter_for_html_takes_what_nbconvert_hands_it():
    assert markup.clean_html(b"<b onclick=x>\xff</b>") == "<b>\ufffd</b>"
    assert markup.clean_html(5) == "5"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("in <module> of <lambda>, not <class 'int'>", "in &lt;module&gt; of &lt;lambda&gt;, not &lt;class 'int'&gt;"),
        ("<script>\nf()\n</script>", "&lt;script&gt;\nf()\n&lt;/script&gt;"),
        ("<object object> has no len", "&lt;object object&gt; has no len"),
        ("x <svg onload=f()> y", "x &lt;svg onload=f()&gt; y"),
        ("a <!-- note --> b", "a  b"),
        ("<details><summary>Why</summary>**Because**</details>", "<details><summary>Why</summary>"),
        ('see <img src="https://a.example/x" alt="a &lt;b&gt; curve">', "see [a &lt;b&gt; curve]"),
        ("see <img src=x>", "see [picture]"),
        ("`<b>` and a < b", "<code>&lt;b&gt;</code> and a &lt; b"),
    ],
)
def test_what_is_no_markup_is_shown_as_it_was_written(written, shown):
    assert shown in markup.html_of(written)


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
def test_no_setting_of_the_course_is_unknown_to_the_formgrader(tmp_path, monkeypatch):
    for name in ("nbgrader_config.py", "source"):
        (tmp_path / name).symlink_to(CHECKOUT / name)
    monkeypatch.chdir(tmp_path)
    app = FormgradeExtension()
    app.root_dir = str(tmp_path)
    app.initialize([], root=str(tmp_path))
    done = NbGraderAPI(app.coursedir, app.authenticator, parent=app).generate_assignment(NAME)
    assert done["success"], done
    assert "not recognized" not in done["log"]


def test_the_examples_run():
    assert doctest.testmod(outputs).failed == 0


def test_an_end_of_line_may_be_long():
    assert plain("\r" * 10**6 + "x") == "x"  # with a step for each pair of them this would take hours
    assert plain("a\r" + "\r" * 10**6 + "\nb") == "a\nb"


@pytest.mark.parametrize(
    "space", [" \n", "\n", "\t\n", " ", "\t", "\x0c", "\u2028", "\r\n", "\xa0\n ", "\x0b\n", "\x85"]
)
def test_code_on_a_page_has_no_vast_space_that_pygments_looks_over_again_and_again(space):
    shown = markup.legible(f"a{space * 8000}b")
    assert (shown[0], shown[-1]) == ("a", "b")
    assert len(re.search(r"\s*", shown[1:])[0]) <= 210
    assert markup.legible(shown) == shown


def test_ordinary_code_is_shown_as_it_was_written(assignment):
    for cell in assignment.notebook.cells:
        assert markup.legible(cell.source) == cell.source


def sources(course, *cells):
    """Return the sources that a page shows of cells, and those that the autograded notebook keeps."""
    notebook = new_notebook(cells=list(cells))
    shown, _ = markup.Harmless().preprocess(notebook, {})
    return [cell.source for cell in shown.cells], [cell.source for cell in harmless(notebook).cells]


def test_long_code_is_cut_on_pages_and_kept_in_the_notebook(course):
    limit = markup.CODE_LIMIT
    code = "x" * (limit + 1234)
    shown, kept = sources(course, new_code_cell(code), new_code_cell("y"), new_markdown_cell(code))
    assert shown == ["x" * limit + "\n[1,234 more characters are left out.]", "y", code]
    assert kept == [code, "y", code]


def test_cells_without_end_are_cut_as_a_whole(course):
    limit, each = markup.SOURCES_LIMIT, markup.CODE_LIMIT
    shown, _ = sources(course, *[new_code_cell("x" * each) for _ in range(limit // each + 9)])
    assert sum(map(len, shown)) < limit + 9 * 100
    assert shown[-1] == f"\n[{each:,} more characters are left out.]"


def test_the_formgrader_and_the_page_of_feedback_cut_code(course, assignment):
    notebook = well_typed(handed_in(assignment, "nothing"))
    notebook.cells.append(new_code_cell("x" * (markup.CODE_LIMIT + 7)))
    assert "[7 more characters are left out.]" in re.sub("<[^>]*>", "", formgrader(course, notebook, "ada"))
    work = examined(assignment, notebook, "cutter", "x")
    pages.write_autograded(course, assignment, work)
    with gradebook.opened(course) as book:
        gradebook.register(book, course, assignment)
        gradebook.write(book, course, assignment, work.record, None)
    pages.Feedback(course).write(assignment, "cutter")
    (page,) = course.folder("feedback", "cutter", NAME).iterdir()
    assert "[7 more characters are left out.]" in re.sub("<[^>]*>", "", page.read_text(encoding="utf-8"))
