"""The HTML that is made of what a student wrote, sanitised, and the exporter that makes pages of feedback.

Markdown, which may hold HTML, goes through a sanitiser whenever a page is made of it: a page of feedback, or one of the
formgrader. What cells put out is reduced to text and pictures first (`outputs`).
"""

from __future__ import annotations

import html
import re
from typing import Any

import nh3
from jinja2 import DictLoader
from nbconvert.exporters import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbconvert.preprocessors import Preprocessor
from pygments.token import STANDARD_TYPES  # type: ignore[import-untyped]
from traitlets import default
from traitlets.config import Config

from gdhelpers.autograder.outputs import SHOWN, harmless, joined, left_out, plain

MARKDOWN_LIMIT = 20_000
"""Characters that are shown of one written answer; the time to read Markdown may grow with their square."""


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
    text = plain(joined(source))
    if len(text) > MARKDOWN_LIMIT:
        return f"<pre>{html.escape(text[:MARKDOWN_LIMIT])}{left_out(len(text) - MARKDOWN_LIMIT)}</pre>"
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
