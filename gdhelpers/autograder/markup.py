"""What a student wrote and what their code put out, made harmless before anyone looks at it in a browser.

Outputs are reduced to text and pictures when the notebook is kept. Markdown, which may hold HTML, goes through a
sanitiser whenever a page is made of it: a page of feedback, or one of the formgrader.
"""

from __future__ import annotations

import base64
import binascii
import copy
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import nh3
from jinja2 import DictLoader
from nbconvert.exporters import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbconvert.preprocessors import Preprocessor
from nbformat import from_dict
from pygments.token import STANDARD_TYPES  # type: ignore[import-untyped]
from traitlets import default
from traitlets.config import Config

TEXT_LIMIT = 50_000
"""Characters of text that are shown of one cell's outputs."""

MARKDOWN_LIMIT = 20_000
"""Characters that are shown of one written answer; the time to read Markdown may grow with their square."""

PICTURE_LIMIT = 2 * 2**20
"""Bytes that one picture may have."""

OUTPUT_LIMIT = 100
"""Outputs that are shown of one cell."""

NOTEBOOK_LIMIT = 16 * 2**20
"""Bytes of text and pictures that are shown of a whole notebook."""

PICTURES = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
"""The types of pictures that are shown, and how such a file begins."""

SHOWN = (*PICTURES, "text/plain")


def protect(config: Config) -> None:
    """Let every page that is made under a configuration of nbgrader show what students wrote through this module."""
    config.HTMLExporter.sanitize_html = True
    config.HTMLExporter.filters = {name: f"{__name__}.{name}" for name in ("markdown2html", "clean_html")}
    config.HTMLExporter.preprocessors = [f"{__name__}.{Harmless.__name__}"]
    config.WidgetsDataTypeFilter.display_data_priority = list(SHOWN)
    config.GenerateFeedback.exporter_class = f"{__name__}.{FeedbackExporter.__name__}"


# Outputs


def harmless(notebook: Any) -> Any:
    """Return a notebook of which outputs hold nothing but bounded text and pictures.

    Attachments, metadata of outputs and whatever is ill-typed are dropped; a sentence stands for what was cut.
    """
    notebook = copy.deepcopy(notebook)
    for name in notebook.metadata.keys() - {"kernelspec", "language_info"}:
        del notebook.metadata[name]
    if "language_info" in notebook.metadata:  # what a kernel said of itself
        notebook.metadata.language_info = from_dict({"name": "python", "pygments_lexer": "ipython3"})
    room = NOTEBOOK_LIMIT
    for cell in notebook.cells:
        cell.pop("attachments", None)
        cell.source = _writable(_joined(cell.source))
        if cell.cell_type == "code":
            cell.execution_count = _count(cell.get("execution_count"))
            shown = _Shown(min(room, TEXT_LIMIT), room)
            cell.outputs = list(shown.outputs(cell.get("outputs")))
            room = shown.room
    return notebook


@dataclass
class _Shown:
    """The outputs of one cell, as far as there is room for them: `text` characters, and `room` bytes in all."""

    text: int
    room: int

    def outputs(self, outputs: Any) -> Iterator[Any]:
        """Yield what is shown of the outputs of a cell."""
        outputs = [output for output in outputs if isinstance(output, dict)] if isinstance(outputs, list) else []
        for output in outputs[:OUTPUT_LIMIT]:
            yield from self._output(output)
        if len(outputs) > OUTPUT_LIMIT:
            yield _said(f"{len(outputs) - OUTPUT_LIMIT} more outputs of this cell are left out.")

    def _output(self, output: Any) -> Iterator[Any]:
        kind = output.get("output_type")
        if kind == "stream":
            name = "stderr" if output.get("name") == "stderr" else "stdout"
            yield _node("stream", name=name, text=self._text(output.get("text")))
        elif kind == "error":
            trace = output.get("traceback")
            lines = self._text("\n".join(_joined(line) for line in trace) if isinstance(trace, list) else "")
            evalue = plain(_joined(output.get("evalue")))[:TEXT_LIMIT]
            name = plain(_joined(output.get("ename")))[:TEXT_LIMIT]
            yield _node("error", ename=name, evalue=evalue, traceback=lines.split("\n") if lines else [])
        elif kind in ("display_data", "execute_result"):
            data = output.get("data")
            shown = dict(self._data(data if isinstance(data, dict) else {}))
            more = {"execution_count": _count(output.get("execution_count"))} if kind == "execute_result" else {}
            yield _node(kind, data=shown or {"text/plain": _NOTHING}, metadata={}, **more)

    def _data(self, data: dict[str, Any]) -> Iterator[tuple[str, str]]:
        said = ""
        for kind in PICTURES:
            if kind in data:
                picture, problem = _picture(kind, data[kind], self.room)
                self.room -= len(picture)
                said = said or problem
                if picture:
                    yield kind, picture
                    said = ""
                    break
        if isinstance(data.get("text/plain"), str | list) or said:
            text = self._text(data.get("text/plain"))
            yield "text/plain", "\n".join(filter(None, (text, said)))

    def _text(self, value: Any) -> str:
        """Return a text as far as there is room for it."""
        text = _joined(value)
        cut = max(len(text) - self.text, 0)
        shown = text[: self.text]
        self.text -= len(shown)
        self.room -= len(shown)
        return plain(shown) + (_left_out(cut) if cut else "")


def _node(kind: str, **parts: Any) -> Any:
    return from_dict({"output_type": kind, **parts})


def _said(sentence: str) -> Any:
    return _node("stream", name="stderr", text=f"[{sentence}]\n")


def _left_out(characters: int) -> str:
    return f"\n[{characters:,} more characters are left out.]"


def _joined(value: Any) -> str:
    """Return a text that a notebook may hold as a list of lines; anything else is no text."""
    if isinstance(value, list):
        return "".join(part for part in value if isinstance(part, str))
    return value if isinstance(value, str) else ""


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9 else None


def _picture(kind: str, value: Any, room: int) -> tuple[str, str]:
    """Return a picture in base64 and nothing, or nothing and a sentence that says what is the matter with it."""
    text = "".join(_joined(value).split())
    if len(text) > PICTURE_LIMIT * 4 // 3 + 4:
        return "", f"[A picture of more than {PICTURE_LIMIT // 2**20} MiB is left out.]"
    try:
        content = base64.b64decode(text.encode("utf-8", "replace"), validate=True)
    except binascii.Error:
        content = b""
    if not content.startswith(PICTURES[kind]):
        return "", f"[What is said to be a picture ({kind}) is none, and is left out.]"
    if len(text) > room:
        return "", "[A picture is left out: the notebook shows too much.]"
    return base64.b64encode(content).decode(), ""


_NOTHING = "[An output that is neither text nor a picture is left out.]"

# Text

_BYTE = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[0-9]{1,2})"
_COLOUR = re.compile(
    rf"\x1b\[(?:(?:[34]8;(?:5;{_BYTE}|2;{_BYTE};{_BYTE};{_BYTE})|(?![34]8)[0-9]{{1,2}}|10[0-7])(?:;(?!m)|(?=m)))*m"
)
"""A sequence of the terminal that sets colours, in the forms that nbconvert's `ansi2html` reads without an error."""

_CONTROL = re.compile(
    r"\x1b(?:\[[0-?]{0,64}[ -/]{0,8}[@-~]|\][^\x07\x1b\n]{0,2000}(?:\x07|\x1b\\)|[ -/]{0,8}[0-~])?"
    r"|[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f]"
)
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")


def plain(text: str) -> str:
    r"""Return a text without control characters, but for line ends, tabs and colours.

    Of a line that was written over, as a progress bar is, the last state is kept. What changes the direction of writing
    is made visible, and lone surrogates are replaced.

    >>> plain("10 %\r100 %\n\x1b[31mred\x1b[0m\x07 \u202ecba")
    '100 %\n\x1b[31mred\x1b[0m [U+202E]cba'
    """
    text = re.sub(r"\r+(?=\n|\Z)", "", text)
    text = re.sub(r"(?m)^[^\n]*\r", "", text) if "\r" in text else text
    text = _CONTROL.sub(lambda found: found[0] if _COLOUR.fullmatch(found[0]) else "", text)
    return _writable(_DIRECTION.sub(lambda found: f"[U+{ord(found[0]):04X}]", text))


def _writable(text: str) -> str:
    """Replace lone surrogates, which no file can hold."""
    return text.encode("utf-8", "replace").decode()


# Markdown and HTML

_TAGS = set(
    """
    a abbr b blockquote br code dd del details div dl dt em h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp
    small span strong sub summary sup table tbody td tfoot th thead tr u ul var
    """.split()  # noqa: SIM905
)
_NO_TAG = re.compile(rf"<(?!!--|/?(?:{'|'.join(sorted(_TAGS))})(?![\w-]))", re.IGNORECASE)
"""Where a tag begins that is shown as it was written: `<script>`, but `<module>` of a message, too."""

_ATTRIBUTES = {
    "a": {"href", "title"},
    "abbr": {"title"},
    "details": {"open"},
    "img": {"alt"},
    "ol": {"start"},
    "td": {"colspan", "rowspan", "style"},
    "th": {"colspan", "rowspan", "style"},
}


def _attribute(tag: str, name: str, value: str) -> str | None:
    """Keep of a style nothing but how a column of a table is aligned."""
    del tag
    return value if name != "style" or re.fullmatch(r"text-align: ?(left|right|center);?", value) else None


_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    clean_content_tags={"script", "style"},
    attributes=_ATTRIBUTES,
    attribute_filter=_attribute,
    allowed_classes={"div": {"highlight"}, "span": {"formula", *filter(None, STANDARD_TYPES.values())}},
    link_rel="noopener noreferrer nofollow",
    url_schemes={"http", "https", "mailto"},
    # `files/javascript:...` would be one: nbconvert's templates strip `files/` from what has been sanitised.
    url_relative="deny",
)


_PICTURE = re.compile('<img(?: alt="([^"]*)")?>')


def clean_html(element: Any) -> str:
    """Return HTML of which nothing runs, loads anything or passes for a part of the page.

    Stands for nbconvert's filter of this name. Links lead to the web or to a mail program; of a picture its description
    is left.
    """
    cleaned = _CLEANER.clean(element.decode("utf-8", "replace") if isinstance(element, bytes) else str(element))
    # What is put together from parts is cleaned again.
    return _CLEANER.clean(_PICTURE.sub(lambda found: f"[{found[1] or 'picture'}]", cleaned))


def markdown2html(source: Any) -> str:
    """Return the HTML of a Markdown text, sanitised; stands for nbconvert's filter of this name.

    Formulas stay as they were written, for MathJax or for a person to read. A text that cannot be read as Markdown is
    shown as it is.
    """
    text = plain(_joined(source))
    if len(text) > MARKDOWN_LIMIT:
        return f"<pre>{html.escape(text[:MARKDOWN_LIMIT])}{_left_out(len(text) - MARKDOWN_LIMIT)}</pre>"
    try:
        return clean_html(MarkdownWithMath(renderer=_Renderer(escape=False, exclude_anchor_links=True)).render(text))
    except Exception:
        return f"<pre>{html.escape(text)}</pre>"


class _Renderer(IPythonRenderer):  # type: ignore[misc]
    """nbconvert's renderer of Markdown, which marks formulas, and neither loads pictures nor hides unknown tags."""

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """Render a link to a picture."""
        del title
        return f'<a href="{html.escape(url)}">[{text or "picture"}]</a>'

    def inline_html(self, html: str) -> str:
        """Render the HTML in a line."""
        return str(super().inline_html(_NO_TAG.sub("&lt;", html)))

    def block_html(self, html: str) -> str:
        """Render the HTML that stands by itself."""
        return str(super().block_html(_NO_TAG.sub("&lt;", html)))

    def inline_math(self, body: str) -> str:
        """Render a formula in a line."""
        return f'<span class="formula">{super().inline_math(body)}</span>'

    def block_math(self, body: str) -> str:
        """Render a formula that stands by itself."""
        return f'<span class="formula">{super().block_math(body)}</span>'


# Pages


class Harmless(Preprocessor):  # type: ignore[misc]
    """Makes a notebook harmless whenever a page is made of it, whoever wrote the file."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Return the notebook with harmless outputs and visible text; names that templates print are escaped."""
        nb = harmless(nb)
        for cell in nb.cells:
            cell.source = plain(cell.source)
        for name in ("student", "first_name", "last_name", "notebook_path"):
            if isinstance(resources.get(name), str):
                resources[name] = html.escape(plain(resources[name]))
        return nb, resources


_HEAD = """\
{%- macro mathjax() -%}
<meta http-equiv="Content-Security-Policy"
  content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'" />
<style>
.formula { font-family: "STIX Two Math", "Cambria Math", Georgia, serif; white-space: pre-wrap; }
.rendered_html td, .rendered_html th { padding: 0.1em 0.7em; border-bottom: 1px solid #ddd; }
.rendered_html table { margin-bottom: 1em; }
</style>
{%- endmacro %}
"""


class FeedbackExporter(HTMLExporter):  # type: ignore[misc]
    """Makes a page of feedback that needs no network and runs no script.

    nbgrader's template asks the network for MathJax, and for nothing else. Here formulas are shown as they were
    written, and the page itself forbids whatever might get past the sanitiser.
    """

    @default("extra_loaders")  # type: ignore[untyped-decorator]
    def _own_head(self) -> list[DictLoader]:
        return [DictLoader({"mathjax.html.j2": _HEAD})]
