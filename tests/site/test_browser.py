"""The website in a browser that reaches no network: a page is opened as a file."""

import pytest
from playwright.sync_api import expect

LEADS_ON = "index.html"
"""A page that only leads to the first one."""

WINDOWS = {"wide": {"width": 1280, "height": 900}, "narrow": {"width": 390, "height": 844}}
TYPESET = "() => new Promise(done => window.MathJax ? MathJax.Hub.Queue(done) : done())"
PARTS = "html, main :has(article), article, article section, .sidebar-secondary-item, .bd-links"
SIDEWAYS = f"""() => [...document.querySelectorAll('{PARTS}')]
    .filter(part => part.scrollWidth > part.clientWidth + 5).map(part => part.tagName + '.' + part.className)"""
"""The page and its larger parts, where they scroll sideways: only a table, code, a figure or a formula may do so.
The frame around a word of code may stand out a little where a line ends."""

OVERFULL = """() => [...document.querySelectorAll('article div.math')]
    .filter(formula => formula.scrollWidth > formula.clientWidth + 1).map(formula => formula.textContent)"""
"""Formulas that are cut off until they are scrolled."""

END = """text => {
    const range = document.createRange()
    range.selectNodeContents(text)
    return range.getBoundingClientRect().right
}"""
"""Where a text ends, also when it leaves its box."""

SCALES = "figures => figures.map(figure => figure.getBoundingClientRect().width / figure.naturalWidth)"
CONTRASTS = """cells => {
    const numbers = colour => colour.match(/[\\d.]+/g).map(Number)
    const luminance = colour => numbers(colour).slice(0, 3)
        .map(c => c / 255).map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
        .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0)
    const behind = element => {
        const colour = getComputedStyle(element).backgroundColor
        return numbers(colour)[3] === 0 ? behind(element.parentElement) : colour
    }
    return cells.map(cell => [getComputedStyle(cell).color, behind(cell)].map(luminance))
        .map(([text, ground]) => (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05))
}"""
"""How much lighter than its ground a text is, or darker, as WCAG 2 defines it."""

FORMULAS = """() => [...document.querySelectorAll('article .math:not(.MathJax *)')].map(formula => ({
    source: formula.textContent, typeset: formula.querySelector('.MathJax .mrow') !== null,
    wrong: formula.querySelector('.MathJax_Error, .merror') !== null}))"""


@pytest.fixture(params=WINDOWS)
def window(request, browser):
    """Open a window in which every request for anything but a file is refused and noted."""
    page = browser.new_page(viewport=WINDOWS[request.param], offline=True)
    # A page is a file: what is not there soon will not come.
    page.set_default_timeout(10_000)
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
        assert not window.evaluate(SIDEWAYS), f"{name} scrolls sideways"
        assert window.viewport_size == WINDOWS["narrow"] or not window.evaluate(OVERFULL), name
        pictures = window.evaluate("[...document.images].every(image => image.complete && image.naturalWidth > 0)")
        assert pictures, f"{name} lacks a picture"
        assert not window.trouble, (name, window.trouble)
        typeset += len(formulas)
    assert typeset > 100, "the lecture and the exercises hold more formulas than that"


def test_a_word_leads_to_where_it_is_taught_before_it_leads_to_functions(site, window):
    window.goto((site.folder / "search.html").as_uri() + "?q=broadcasting")
    results = window.locator("#search-results li a")
    results.filter(has_text="What is different in TensorFlow?").first.wait_for()
    results.filter(has_text="gdhelpers.experiments").first.wait_for()
    assert "/course/" in results.first.evaluate("link => link.href")
    assert not window.trouble


def test_the_name_of_the_course_does_not_lie_on_the_search(site, window):
    window.goto((site.folder / "docs/index.html").as_uri())
    end = window.locator(".navbar-brand .title").evaluate(END)
    buttons = window.locator("header .search-button__button, header .search-button").all()
    starts = [button.bounding_box()["x"] for button in buttons if button.is_visible()]
    assert starts
    assert end < min(starts)


def test_a_solution_opens_with_a_click(site, window):
    window.goto((site.folder / "course/slopes.html").as_uri())
    code = window.get_by_text("# Solution", exact=False)
    expect(code).to_be_hidden()
    window.locator("summary", has_text="Solution").click()
    expect(code).to_be_visible()


def test_figures_keep_a_size_at_which_they_can_be_read(site, window):
    window.goto((site.folder / "course/torch_classification.html").as_uri())
    window.wait_for_load_state()
    scales = window.locator("div.cell_output img").evaluate_all(SCALES)
    assert scales
    assert all(0.55 < scale <= 1 for scale in scales), scales


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_a_check_says_can_be_read_by_day_and_by_night(site, window, scheme):
    window.emulate_media(color_scheme=scheme)
    window.goto((site.folder / "course/slopes.html").as_uri())
    contrasts = window.locator("div.cell_output table :is(th, td)").evaluate_all(CONTRASTS)
    assert contrasts
    assert min(contrasts) >= 4.5


def test_the_folder_opens_on_the_first_page(site, window):
    window.goto((site.folder / LEADS_ON).as_uri())
    window.wait_for_url("**/docs/index.html")
    # Whoever leaves a page breaks off what it was still loading for its formulas.
    window.evaluate(TYPESET)
    window.get_by_role("link", name="the first notebook").click()
    window.get_by_role("heading", level=1, name="What is a slope, and how can it be measured?").wait_for()
    assert not window.trouble
