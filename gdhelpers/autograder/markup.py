"""The HTML that is made of what a student wrote, sanitised, and the exporter that makes pages of feedback.

Markdown, which may hold HTML, goes through a sanitiser whenever a page is made of it: a page of feedback, or one of the
formgrader. What cells put out is reduced to text and pictures first (`outputs`).
"""

from __future__ import annotations

import html
import re
import secrets
from collections.abc import Iterator
from functools import lru_cache, partial
from typing import Any
from urllib.parse import unquote

import nh3
from bs4 import BeautifulSoup
from jinja2 import DictLoader, pass_context
from jinja2.runtime import Context
from nbconvert.exporters import HTMLExporter
from nbconvert.filters import Highlight2HTML, strip_files_prefix
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbconvert.preprocessors import Preprocessor
from pygments.token import STANDARD_TYPES  # type: ignore[import-untyped]
from traitlets import default
from traitlets.config import Config

from gdhelpers.autograder.outputs import ATTACHED, SHOWN, harmless, joined, left_out, plain

MARKDOWN_LIMIT = 20_000
"""Characters that are shown of one written answer; the time to read Markdown may grow with their square."""

CODE_LIMIT = 10_000
"""Characters that are shown of one cell of code; the time to colour it may grow with their square."""

SOURCES_LIMIT = 100_000
"""Characters that are shown of all cells of a notebook together."""

KEPT = 128
"""Cells whose HTML is kept for the next page: there is room for those that all students have, and many more."""


def protect(config: Config) -> None:
    """Let every page that is made under a configuration of nbgrader show what students wrote through this module."""
    config.HTMLExporter.sanitize_html = True
    config.HTMLExporter.filters = {name: f"{__name__}.{name}" for name in ("markdown2html", "clean_html")}
    config.HTMLExporter.preprocessors = [f"{__name__}.{Harmless.__name__}"]
    config.WidgetsDataTypeFilter.display_data_priority = list(SHOWN)
    config.GenerateFeedback.exporter_class = f"{__name__}.{FeedbackExporter.__name__}"


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
    "img": {"alt", "src"},
    "ol": {"start"},
    "td": {"colspan", "rowspan", "style"},
    "th": {"colspan", "rowspan", "style"},
}


_ATTACHED = "attachment:"


def _attribute(tag: str, name: str, value: str) -> str | None:
    """Keep of a style nothing but how a column of a table is aligned; only a picture leads to what is attached."""
    if name in ("href", "src") and (tag == "img") != value.startswith(_ATTACHED):
        return None
    return value if name != "style" or re.fullmatch(r"text-align: ?(left|right|center);?", value) else None


_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    clean_content_tags={"script", "style"},
    attributes=_ATTRIBUTES,
    attribute_filter=_attribute,
    allowed_classes={"div": {"highlight"}, "span": {"formula", *filter(None, STANDARD_TYPES.values())}},
    link_rel="noopener noreferrer nofollow",
    url_schemes={"attachment", "http", "https", "mailto"},
    # `files/javascript:...` would be one: nbconvert's templates strip `files/` from what has been sanitised.
    url_relative="deny",
)


_IMG = re.compile('<img(?P<attributes>(?: [a-z]+="[^"]*")*)>')
"""How the sanitiser writes a picture."""


def clean_html(element: Any) -> str:
    """Return HTML of which nothing runs, loads anything or passes for a part of the page.

    Stands for nbconvert's filter of this name. Links lead to the web or to a mail program; of a picture its description
    is left.
    """
    return _without_pictures(_clean(element))


def _clean(element: Any) -> str:
    """Sanitise HTML; pictures that lead to an attachment stay."""
    return str(_CLEANER.clean(element.decode("utf-8", "replace") if isinstance(element, bytes) else str(element)))


def _without_pictures(cleaned: str, attachments: Any = None) -> str:
    """Put the pictures that are attached into sanitised HTML, and a description in place of any other."""
    attached = attachments if isinstance(attachments, dict) else {}
    shown: list[str] = []

    def put(found: re.Match[str]) -> str:
        attributes = dict(re.findall(r' ([a-z]+)="([^"]*)"', found["attributes"]))
        alt, name = attributes.get("alt", ""), unquote(html.unescape(attributes.get("src", "")))
        bundle = attached.get(name.removeprefix(_ATTACHED)) if name.startswith(_ATTACHED) else None
        for kind, content in bundle.items() if isinstance(bundle, dict) else ():
            picture = joined(content)
            # What it holds was looked at when the notebook was made harmless.
            if kind in ATTACHED and re.fullmatch("[A-Za-z0-9+/=]+", picture):
                shown.append(f'<img alt="{alt}" src="data:{kind};base64,{picture}">')
                return f"{_MARK}{len(shown) - 1};"
        return f"[{alt or 'picture'}]"

    # What is put together from parts is cleaned again.
    again = str(_CLEANER.clean(_IMG.sub(put, cleaned.replace(_MARK, ""))))
    return re.sub(f"{_MARK}([0-9]+);", lambda found: shown[int(found[1])] if int(found[1]) < len(shown) else "", again)


_MARK = f"picture-{secrets.token_hex(16)}-"
"""What stands for a picture meanwhile; nobody can know it who writes a notebook."""


@pass_context
def markdown2html(context: Context, source: Any) -> str:
    """Return the HTML of the text of a cell, sanitised; stands for nbconvert's filter of this name."""
    cell = context.get("cell")
    return html_of(source, cell.get("attachments") if isinstance(cell, dict) else None)


def html_of(source: Any, attachments: Any = None) -> str:
    """Return the HTML of a Markdown text, sanitised, with the pictures that are attached to its cell.

    Formulas stay as they were written, for MathJax or for a person to read. A text that cannot be read as Markdown is
    shown as it is.
    """
    text = plain(joined(source))
    if len(text) > MARKDOWN_LIMIT:
        return f"<pre>{html.escape(cut(text, MARKDOWN_LIMIT))}</pre>"
    return _without_pictures(_rendered(text), attachments)


@lru_cache(KEPT)
def _rendered(text: str) -> str:
    try:
        return _clean(MarkdownWithMath(renderer=_Renderer(escape=False, exclude_anchor_links=True)).render(text))
    except Exception:
        return f"<pre>{html.escape(text)}</pre>"


class _Renderer(IPythonRenderer):  # type: ignore[misc]
    """nbconvert's renderer of Markdown, which marks formulas, and neither loads pictures nor hides unknown tags."""

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """Render a picture that is attached, and a link to any other."""
        del title
        if url.startswith(_ATTACHED):
            alt = re.sub("<[^<>]*>", "", text)
            return f'<img alt="{html.escape(html.unescape(alt))}" src="{html.escape(url)}">'
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


_SPACE = re.compile(r"(?<![^\S\n])[^\S\n]++(?=\n|\Z)")
_EMPTY = re.compile(r"\n{4,}")
_INDENT = re.compile(r"[^\S\n]{200,}")


def legible(source: str) -> str:
    r"""Return code as a page shows it: without space at ends of lines, many empty lines, and vast indents.

    Pygments looks from each of them over all that follow.

    >>> legible("a  \n" + " \n" * 1000 + "b")
    'a\n\n\nb'
    """
    return _INDENT.sub(" " * 200, _EMPTY.sub("\n\n\n", _SPACE.sub("", plain(source))))


def cut(text: str, limit: int) -> str:
    """Return a text up to a limit, and say what is left out."""
    return text[:limit] + left_out(len(text) - limit) if len(text) > limit else text


class Harmless(Preprocessor):  # type: ignore[misc]
    """Makes a notebook harmless whenever a page is made of it, whoever wrote the file."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Return the notebook with harmless outputs and visible text; names that templates print are escaped."""
        nb = harmless(nb)
        room = SOURCES_LIMIT
        for cell in nb.cells:
            shown = legible if cell.cell_type == "code" else plain
            cell.source = cut(shown(cell.source), min(room, CODE_LIMIT if cell.cell_type == "code" else room))
            room -= min(room, len(cell.source))
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
    """Makes pages of feedback that need no network and run no script; one thread at a time may use it.

    nbgrader's template asks the network for MathJax, and for nothing else. Here formulas are shown as they were
    written, and the page itself forbids whatever might get past the sanitiser.

    At last nbconvert reads every page with BeautifulSoup and writes it anew, which takes longer than all the rest. Here
    a mark stands for each text and for the code of each cell meanwhile. They are read alone, and those that all
    notebooks of an assignment have are read once.
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._coloured = lru_cache(KEPT)(self._colour)
        self._secret = secrets.token_hex()  # no notebook can hold a mark, and no page shows one
        self._marks = re.compile(f"<!--{self._secret} ([0-9]+)-->")

    @default("extra_loaders")  # type: ignore[untyped-decorator]
    def _own_head(self) -> list[DictLoader]:
        return [DictLoader({"mathjax.html.j2": _HEAD})]

    def default_filters(self) -> Iterator[tuple[str, Any]]:
        """Yield nbconvert's filters, but for the last one that nbgrader's template puts a text through."""
        yield from super().default_filters()
        yield "strip_files_prefix", lambda text: self._mark(strip_files_prefix(text))

    def register_filter(self, name: str, jinja_filter: Any) -> Any:
        """Register a filter; nbconvert registers its own for code with every page."""
        if name == "highlight_code" and type(jinja_filter) is Highlight2HTML:
            jinja_filter = partial(self._marked_code, jinja_filter.pygments_lexer)
        return super().register_filter(name, jinja_filter)

    def from_notebook_node(self, nb: Any, resources: Any = None, **named: Any) -> tuple[str, Any]:
        """Return the page of a notebook, and the resources that came of making it."""
        self._nb_metadata: dict[str, Any] = {}  # nbconvert would keep those of all notebooks
        self._marked: list[str] = []
        page, resources = super().from_notebook_node(nb, resources, **named)
        return self._marks.sub(lambda found: self._marked[int(found[1])], page), resources

    def _mark(self, part: str) -> str:
        """Return a mark that stands for a part of the page, or the part where nbconvert has to see it itself."""
        elements = part.rstrip()  # BeautifulSoup joins space, and text, with what stands beside it
        if not (elements.startswith("<") and elements.endswith(">")) or "<img" in elements:
            return part
        self._marked.append(_rewritten(elements))
        return f"<!--{self._secret} {len(self._marked) - 1}-->{part[len(elements) :]}"

    def _marked_code(self, lexer: str, source: str, metadata: Any = None) -> str:
        """Return what stands for the code of a cell."""
        language = (metadata or {}).get("magics_language")
        if len(source) > CODE_LIMIT:
            return self._colour(lexer, source, language)
        return self._mark(self._coloured(lexer, source, language))

    def _colour(self, lexer: str, source: str, language: str | None) -> str:
        metadata = None if language is None else {"magics_language": language}
        return str(Highlight2HTML(pygments_lexer=lexer, parent=self)(source, metadata=metadata))


@lru_cache(KEPT)
def _rewritten(elements: str) -> str:
    """Return HTML as BeautifulSoup writes it."""
    return str(BeautifulSoup(elements, features="html.parser"))
