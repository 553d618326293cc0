"""An instructor grades one submission in the formgrader: the tests with its button, the written answer by hand.

And what the student wrote to do harm does none, there or on the page of feedback.
"""

import csv
import re
import shutil

import pytest
from playwright.sync_api import expect

from gdhelpers.autograder.course import Course
from tests.browser.conftest import ROOT, answer, noisy
from tests.grading.conftest import run
from tests.unit.test_markup import PAYLOADS, feedback

NAME, NOTEBOOK, QUESTION = "ps3-logistic-regression", "logistic_regression", "why-a-falling-loss"
WRITTEN = "A step along a wrong gradient can still lead downhill, as with a bias that never moves: $b = 0$."
HARM = "\n\n".join(PAYLOADS[kind] for kind in ("onerror", "script", "remote picture", "passes for the page", "formula"))
COMMENT = "Name a check, too."


@pytest.fixture
def course(tmp_path, right_answers):
    """A course directory with one submission, and with neither sources nor a configuration of its own."""
    folder = tmp_path / "course"
    submission = folder / "submitted" / "noether" / NAME / f"{NOTEBOOK}.ipynb"
    submission.parent.mkdir(parents=True)
    shutil.copy(ROOT / "release" / NAME / submission.name, submission)
    answer(submission, noisy(right_answers(NAME)) | {QUESTION: f"{WRITTEN}\n\n{HARM}"})
    return folder


def settle(formgrader):
    """Wait until all formulas are drawn and the page has scrolled to the field that is chosen."""
    formgrader.locator("body").evaluate(
        "() => new Promise((done) => MathJax.Hub.Register.StartupHook('End', () => "
        "$('body, html').promise().done(() => done())))"
    )


def test_the_formgrader_grades_by_button_and_by_hand(desk, course):
    instructor = desk("instructor", course)
    instructor.choose("Nbgrader", "Formgrader")
    formgrader = instructor.page.frame_locator("iframe")
    expect(instructor.page.locator(".jp-DirListing-item", has_text="submitted")).to_be_visible()

    expect(formgrader.get_by_role("link", name=NAME, exact=True)).to_be_visible()
    instructor.picture("assignments")
    formgrader.get_by_role("row", name=NAME).locator(".num-submissions a").click()

    row = formgrader.get_by_role("row", name="noether")
    expect(row.locator(".status")).to_have_text("needs autograding")
    instructor.picture("before-autograding")
    row.locator(".autograde a").click()
    done = formgrader.locator(".modal-dialog")
    expect(done).to_contain_text(f"Successfully autograded '{NAME}' for student 'noether'.")
    instructor.picture("autograded")
    done.get_by_role("button", name="Close").last.click()
    expect(formgrader.locator(".modal-dialog, .modal-backdrop")).to_have_count(0)
    expect(row.locator(".status")).to_have_text("needs manual grading")
    expect(row.locator(".score")).to_have_text("18 / 20")
    instructor.picture("score")

    formgrader.get_by_role("link", name="Manual Grading").click()
    formgrader.get_by_role("link", name=NAME, exact=True).click()
    formgrader.get_by_role("link", name=NOTEBOOK, exact=True).click()
    formgrader.get_by_role("link", name="Submission #1").click()
    points = formgrader.locator(f"#{QUESTION}")
    expect(formgrader.locator(".MathJax").first).to_be_visible()
    settle(formgrader)
    points.click()
    settle(formgrader)
    instructor.picture("written-answer")
    assert points.evaluate("() => window.__hit") is None
    expect(formgrader.locator(f"#{QUESTION}")).to_have_count(1)
    points.fill("1.5")
    points.press("Tab")
    expect(formgrader.locator(".score-saved").last).to_be_visible()
    comment = formgrader.locator(f"#{QUESTION}-comment")
    comment.fill(COMMENT)
    comment.press("Tab")
    expect(formgrader.locator(".comment-saved").last).to_be_visible()
    points.click()
    settle(formgrader)
    instructor.picture("graded-by-hand")

    formgrader.get_by_role("link", name="Manual Grading").click()
    total = formgrader.get_by_role("row", name=re.compile(NAME)).locator(".score")
    expect(total).to_have_text("19.5 / 20")
    instructor.picture("both")

    run("nbgrader", "export", cwd=course)
    with (course / "grades.csv").open() as file:
        (grade,) = [row for row in csv.DictReader(file) if (row["student_id"], row["assignment"]) == ("noether", NAME)]
    assert (float(grade["score"]), float(grade["max_score"])) == (19.5, 20)


@pytest.mark.parametrize("guard", ["with its policy", "without its policy"])
def test_a_page_of_feedback_runs_nothing_and_asks_nobody(browser, tmp_path, guard):
    course = Course(tmp_path)
    html = feedback(course, course.assignment(NAME), "mallory", "\n\n".join(PAYLOADS.values()))
    if guard == "without its policy":  # the sanitiser alone has to hold
        html, found = re.subn(r"<meta [^>]*Content-Security-Policy[^>]*>", "", html)
        assert found == 1
    path = tmp_path / "page.html"
    path.write_text(html, encoding="utf-8")
    happened = []
    page = browser.new_page(viewport={"width": 1100, "height": 900})
    try:
        page.on("dialog", lambda dialog: (happened.append(dialog.message), dialog.dismiss()))
        page.on("popup", lambda popup: happened.append(popup.url))
        page.on("pageerror", lambda error: happened.append(str(error)))
        page.on("framenavigated", lambda frame: happened.append(frame.url) if frame.url != path.as_uri() else None)
        page.on("request", lambda request: happened.append(request.url) if request.url[:5] != "file:" else None)
        page.goto(path.as_uri(), wait_until="networkidle")
        page.mouse.move(300, 300)
        for link in page.locator("a[href]").all():
            assert re.match("#|https?://|mailto:", link.get_attribute("href"))
        assert page.evaluate("() => window.__hit") is None
        assert page.evaluate("() => document.scripts.length + document.forms.length + frames.length") == 0
        page.screenshot(path=ROOT / "screenshots" / "feedback-with-harm.png", full_page=True)
    finally:
        page.close()
    assert not happened
