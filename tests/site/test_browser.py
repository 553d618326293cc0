"""The website in a browser that reaches no network: a page is opened as a file."""

import pytest

LEADS_ON = "index.html"
"""A page that only leads to the first one."""

WINDOWS = {"wide": {"width": 1280, "height": 900}, "narrow": {"width": 390, "height": 844}}
TYPESET = "() => new Promise(done => window.MathJax ? MathJax.Hub.Queue(done) : done())"
FORMULAS = """() => [...document.querySelectorAll('article .math:not(.MathJax *)')].map(formula => ({
    source: formula.textContent, typeset: formula.querySelector('.MathJax .mrow') !== null,
    wrong: formula.querySelector('.MathJax_Error, .merror') !== null}))"""


@pytest.fixture(params=WINDOWS)
def window(request, browser):
    """Open a window in which every request for anything but a file is refused and noted."""
    page = browser.new_page(viewport=WINDOWS[request.param], offline=True)
    page.trouble = []
    page.on("console", lambda said: page.trouble.append(said.text) if said.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: page.trouble.append(str(error)))
    page.on("requestfailed", lambda asked: page.trouble.append(f"could not load {asked.url}"))
    page.on("request", lambda asked: page.trouble.append(asked.url) if not _is_here(asked.url) else None)
    yield page
    page.close()


def _is_here(url):
    return url.startswith(("file:", "data:", "blob:"))


def test_every_page_is_whole_without_a_network(site, window):
    typeset = 0
    for name in site.pages.keys() - {LEADS_ON}:
        window.goto((site.folder / name).as_uri())
        window.evaluate(TYPESET)
        formulas = window.evaluate(FORMULAS)
        bad = [formula for formula in formulas if formula["wrong"] or not formula["typeset"]]
        assert not bad, (name, bad)
        assert window.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} scrolls sideways"
        pictures = window.evaluate("[...document.images].every(image => image.complete && image.naturalWidth > 0)")
        assert pictures, f"{name} lacks a picture"
        assert not window.trouble, (name, window.trouble)
        typeset += len(formulas)
    assert typeset > 100, "the lecture and the exercises hold more formulas than that"


def test_a_word_is_found_without_a_network(site, window):
    window.goto((site.folder / "search.html").as_uri() + "?q=broadcasting")
    window.locator("#search-results li a", has_text="What is different in TensorFlow?").first.wait_for()
    assert not window.trouble


def test_the_folder_opens_on_the_first_page(site, window):
    window.goto((site.folder / LEADS_ON).as_uri())
    window.wait_for_url("**/docs/index.html")
    window.get_by_role("link", name="the first notebook").click()
    window.get_by_role("heading", level=1, name="What is a slope, and how can it be measured?").wait_for()
    assert not window.trouble
