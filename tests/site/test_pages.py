"""What is on the website, and that nothing of it lies elsewhere."""

import re
import warnings
from collections import Counter
from urllib.parse import unquote, urlsplit

import nbformat
import pytest

from gdhelpers import checks, data, figures, reference
from gdhelpers.experiments import descent, mutants_of_gradients
from tests.site.conftest import ROOT

SHOWN = ("course/*.ipynb", "release/*/*.ipynb", "docs/*.md", "data/*.md", "CONTRIBUTING.md")
SOURCES = sorted(path.relative_to(ROOT) for pattern in SHOWN for path in ROOT.glob(pattern))
NOTEBOOKS = [path for path in SOURCES if path.suffix == ".ipynb"]
FETCHED = {"script": "src", "link": "href", "img": "src", "iframe": "src", "source": "src", "object": "data"}
"""What a browser fetches to show a page, by the attribute that names it."""


def page_of(site, source):
    return site.pages[source.with_suffix(".html").as_posix()]


def test_every_notebook_and_every_guide_has_a_page_that_the_sidebar_lists(site):
    listed = {urlsplit(link["href"]).path for link in site.pages["docs/index.html"].select(".bd-sidebar-primary a")}
    for source in SOURCES:
        page = page_of(site, source)
        path = source.relative_to("docs") if source.parts[0] == "docs" else f"../{source.as_posix()}"
        title = page.h1.get_text()
        assert title, source
        assert source.name == "index.md" or str(path).replace(source.suffix, ".html") in listed, title


def test_the_first_page_leads_to_every_notebook(site):
    links = {link["href"] for link in site.pages["docs/index.html"].select("article a")}
    assert {f"../{notebook.with_suffix('.html').as_posix()}" for notebook in NOTEBOOKS} <= links


def test_the_first_page_calls_every_notebook_by_its_title(site):
    called = {link["href"]: link.get_text() for link in site.pages["docs/index.html"].select("article table a")}
    for notebook in NOTEBOOKS:
        title = page_of(site, notebook).h1.get_text().removesuffix("#")
        assert called[f"../{notebook.with_suffix('.html').as_posix()}"] == title


def test_the_first_prediction_comes_true(capsys):
    text = (ROOT / "docs/index.md").read_text()
    [code], [answer, *_] = (
        re.findall(r"```python\n(.*?)```", text, re.DOTALL),
        re.findall(r"^`(tensor.*?)`", text, re.MULTILINE),
    )
    with warnings.catch_warnings(action="error"):
        exec(code, {})
    assert capsys.readouterr().out.strip() == answer


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=str)
def test_a_page_shows_the_outputs_that_the_notebook_holds(site, notebook):
    page = page_of(site, notebook)
    cells = [cell for cell in nbformat.read(ROOT / notebook, as_version=4).cells if cell.cell_type == "code"]
    outputs = [output for cell in cells for output in cell.outputs]
    assert len(page.select("div.cell_input")) == len([cell for cell in cells if cell.source.strip()])
    assert len(page.select("div.cell_output img")) == sum("image/png" in output.get("data", {}) for output in outputs)
    printed = Counter(line for output in outputs for line in output.get("text", "").splitlines())
    assert not printed - Counter(
        line for shown in page.select("div.cell_output pre") for line in shown.text.splitlines()
    )


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=str)
def test_a_cell_that_jupyterlab_folds_is_folded_on_its_page(site, notebook):
    cells = [cell for cell in nbformat.read(ROOT / notebook, as_version=4).cells if cell.cell_type == "code"]
    folded = [cell for cell in cells if cell.metadata.get("jupyter", {}).get("source_hidden")]
    lines = [shown.get_text() for shown in page_of(site, notebook).select("div.cell details")]
    for cell in folded:
        assert any(cell.source in text for text in lines), f"{cell.id} needs the tag hide-input or hide-cell"


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=str)
def test_what_is_folded_is_a_solution_and_is_called_so(site, notebook):
    for fold in page_of(site, notebook).select("div.cell details"):
        assert fold.pre.get_text().startswith("# Solution")
        assert {name.get_text() for name in fold.select("summary p")} == {"Solution"}


def test_a_picture_has_a_text_for_who_does_not_see_it(site):
    pictures = [
        (name, picture) for name, page in site.pages.items() for picture in page.select("article img:not(.toggler)")
    ]
    assert len(pictures) > 20
    for name, picture in pictures:
        assert " " in picture.get("alt", ""), (name, picture)


def test_no_markup_is_left_in_a_text(site):
    for name, page in site.pages.items():
        texts = [text for text in page.select("article :is(p, li, td, th, h1, h2, h3)") if not text.find_parent("dl")]
        for text in texts:
            words = "".join(text.find_all(string=lambda words: not words.find_parent(["code", "pre", "span"])))
            assert not re.search(r"\*\*|\]\(|`|\$", words), (name, words)


MODULES = [checks, data, figures, reference, descent, mutants_of_gradients]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_the_reference_describes_every_public_name(site, module):
    described = {
        term.get("id") for term in site.pages[f"docs/api/{module.__name__.split('.')[1]}.html"].select("dt.sig")
    }
    made_here = [name for name, value in vars(module).items() if getattr(value, "__module__", "") == module.__name__]
    public = getattr(module, "__all__", [name for name in made_here if not name.startswith("_")])
    assert public
    assert {f"{module.__name__}.{name}" for name in public} <= described


def test_no_page_shows_what_only_instructors_may_see(site):
    for path in site.folder.rglob("*"):
        if path.suffix in {".html", ".ipynb", ".md", ".rst"} and "_static" not in path.parts:
            assert not re.search("BEGIN (SOLUTION|HIDDEN TESTS)\n", path.read_text()), path


def test_links_within_the_site_lead_somewhere(site):
    anchors = {name: {tag["id"] for tag in page.select("[id]")} for name, page in site.pages.items()}
    broken = []
    for name, page in site.pages.items():
        for tag in page.select("[href], [src]"):
            target = urlsplit(tag.get("href") or tag["src"])
            if target.scheme or target.netloc:
                continue
            path = (site.folder / name).parent / unquote(target.path) if target.path else site.folder / name
            there = path.resolve()
            within = there.relative_to(site.folder).as_posix()
            if not there.is_file() or (target.fragment and unquote(target.fragment) not in anchors[within]):
                broken.append((name, target.geturl()))
    assert not broken


@pytest.mark.parametrize("guide", [path for path in SOURCES if path.parts[0] == "docs"], ids=str)
def test_a_link_of_a_guide_says_what_it_leads_to(site, guide):
    for link in page_of(site, guide).select("article a"):
        assert not re.search(r"\.(md|ipynb|html)$", link.get_text()), link


def test_no_page_and_no_style_sheet_fetches_from_another_host(site):
    elsewhere = r"\s*(https?:)?//"
    for name, page in site.pages.items():
        for tag in page.find_all(list(FETCHED)):
            assert not re.match(elsewhere, tag.get(FETCHED[tag.name], "")), (name, tag)
    for path in site.folder.rglob("*.css"):
        assert not re.search(rf"(url\(|@import)\s*['\"]?{elsewhere}", path.read_text()), path


@pytest.mark.parametrize("guide", [path for path in SOURCES if path.suffix == ".md"], ids=str)
def test_links_of_a_guide_work_in_the_repository_too(guide):
    for link in re.findall(r"\]\(([^)\s]+)\)", (ROOT / guide).read_text()):
        target = urlsplit(link)
        if not target.scheme and target.path:
            assert ((ROOT / guide).parent / target.path).exists(), link
