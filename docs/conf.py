"""The course as a website, made by Sphinx: `make site`.

The source directory is the root of the repository, so notebooks and guides stay where they are and links between them
work here and there alike. Nothing is executed: pages show the outputs that the notebooks hold. Nothing comes from
another host either: the theme brings its scripts and fonts, and MathJax is the one that JupyterLab's formgrader uses.
"""

import re
import shutil
from pathlib import Path

import jupyter_server_mathjax
from sphinx.application import Sphinx

import gdhelpers

project = "Gradients, by autograd"
author = "The authors of gdhelpers"
version = release = gdhelpers.__version__
copyright = f"{author}. Text: CC BY 4.0, code: BSD 3-Clause"  # noqa: A001 - Sphinx's name

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.mathjax"]
root_doc = "docs/index"
include_patterns = ["docs/**", "course/*.ipynb", "release/*/*.ipynb", "data/*.md", "CONTRIBUTING.md"]
exclude_patterns = ["**/.ipynb_checkpoints"]
templates_path = ["_templates"]

nb_execution_mode = "off"
# A cell that printed in two calls shows one output.
nb_merge_streams = True
# What is folded away on these pages is a solution, and says so.
nb_code_prompt_show = nb_code_prompt_hide = "Solution"
# The cell after a figure describes it, for everyone; an image without a text is read out as the name of its file.
nb_render_image_options = {"alt": "A figure. The text below describes it."}
myst_enable_extensions = ["amsmath", "dollarmath"]
# As on GitHub, a heading has an anchor.
myst_heading_anchors = 3

# Docstrings write code in single backticks; what is documented becomes a link.
default_role = "py:obj"
autodoc_default_options = {"members": True}
autodoc_member_order = "bysource"
autodoc_type_aliases = {"ArrayLike": "ArrayLike", "Array": "Array"}
autodoc_typehints_format = "short"
# Each page and each part is headed by the name of its module.
add_module_names = False
maximum_signature_line_length = 88
toc_object_entries_show_parents = "hide"

html_theme = "pydata_sphinx_theme"
html_title = project
html_static_path = ["_static"]
html_css_files = ["site.css"]
# Nothing leads to an index of all names: the sidebar and the search do.
html_use_index = html_domain_indices = False
html_additional_pages = {"index": "to_index.html"}
html_sidebars = {"**": ["contents.html"]}
html_search_scorer = str(Path(__file__).with_name("scorer.js"))
# The source of a page is offered under its own name: a notebook can be saved and opened.
html_sourcelink_suffix = ""
# Light or dark, as the reader's system is.
html_context = {"default_mode": "auto"}
# A page that is opened as a file may not read others for lines to show.
html_show_search_summary = False
html_theme_options = {
    "navbar_center": [],
    "navbar_end": ["theme-switcher"],
    # There is one level of pages: the way to a page is its title.
    "article_header_start": [],
    "secondary_sidebar_items": ["page-toc", "download.html"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "search_bar_text": "Search the course",
    "show_toc_level": 2,
}

MATHJAX = Path(jupyter_server_mathjax.__file__).with_name("static")
mathjax_path = "mathjax/MathJax.js"
mathjax2_config = {
    "config": ["TeX-AMS-MML_HTMLorMML-full.js"],
    "HTML-CSS": {
        # The font that comes with it, and no other.
        "availableFonts": [],
        "preferredFont": None,
        "webFont": "STIX-Web",
        "imageFont": None,
        "scale": 92,
        # A formula that is wider than the window goes on in the next line.
        "linebreaks": {"automatic": True, "width": "container"},
        # It asks for `about:blank` as a font without glyphs, which browsers refuse and report.
        "styles": {"@font-face": {"font-family": "MathJax_Blank", "src": "local('MathJax_Blank')"}},
    },
    "messageStyle": "none",
    "showMathMenu": False,
    # What a notebook printed stays as it was printed: only formulas are typeset.
    "tex2jax": {"ignoreClass": ".*", "processClass": "math"},
}
# MyST would configure another version of MathJax.
myst_update_mathjax = False


def _bring_mathjax(app: Sphinx) -> None:
    """Copy MathJax beside the pages, in English."""
    there = Path(app.outdir) / "_static" / "mathjax"
    shutil.copytree(MATHJAX, there, ignore=shutil.ignore_patterns("localization", "SVG"), dirs_exist_ok=True)


def _name_aliases(
    _app: Sphinx, _what: str, _name: str, _thing: object, _options: object, *signature: str | None
) -> tuple[str | None, ...]:
    """Say `Array` for an alias that is a part of a type, where Sphinx says how it holds it."""
    return tuple(part and re.sub(r"TypeAliasForwardRef\('(\w+)'\)", r"\1", part) for part in signature)


def setup(app: Sphinx) -> None:
    """Tell Sphinx what else there is to do."""
    app.connect("builder-inited", _bring_mathjax)
    app.connect("autodoc-process-signature", _name_aliases)
