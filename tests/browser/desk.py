"""A window with JupyterLab in it, and what a person does there."""

import re

from playwright.sync_api import expect


class Desk:
    """A window with JupyterLab. Each step leaves a picture, numbered, for a person to look at."""

    def __init__(self, page, pictures, name):
        """Take a page that nothing is in yet."""
        self.page = page
        self._pictures, self._name, self._taken = pictures, name, 0
        self._trouble = []
        page.on("pageerror", lambda error: self._trouble.append(f"error on the page: {error}"))
        page.on("request", self._look_at)
        pictures.mkdir(exist_ok=True)
        for old in pictures.glob(f"{name}-*.png"):
            old.unlink()

    def _look_at(self, request):
        if not re.match(r"(https?|wss?)://(127\.0\.0\.1|localhost)[:/]|about:|data:|blob:", request.url):
            self._trouble.append(f"asked the network for {request.url}")

    def leave(self):
        """Close the window."""
        self.page.close()
        assert not self._trouble, self._trouble

    def picture(self, what):
        """Save a picture of the window, of what fades in as it is in the end."""
        self._taken += 1
        self.page.screenshot(path=self._pictures / f"{self._name}-{self._taken}-{what}.png", animations="disabled")

    def open(self, *names):
        """Open a file by double clicks on its folders and itself."""
        for name in names:
            self.page.locator(".jp-DirListing-item", has_text=name).dblclick()
        self.page.locator(".jp-Notebook").wait_for()
        self.idle()

    def choose(self, *names):
        """Choose an entry of a menu."""
        menu, entry = names
        self.page.get_by_role("menuitem", name=menu, exact=True).click()
        self.page.locator(".lm-Menu").get_by_text(entry, exact=True).click()

    def idle(self):
        """Wait until the kernel has nothing to do."""
        self.page.get_by_text(re.compile(r" \| Idle$")).wait_for()

    def cell(self, text):
        """Find the code cell that holds a text."""
        return self.page.locator(".jp-CodeCell").filter(has=self.page.locator(".cm-content", has_text=text))

    def write(self, text, source):
        """Write a source into the cell that holds a text, in place of what it holds."""
        editor = self.cell(text).locator(".cm-content")
        editor.click()
        editor.press("ControlOrMeta+a")
        self.page.keyboard.insert_text(source)

    def run_all(self):
        """Run all cells and wait until all have run."""
        self.choose("Run", "Run All Cells")
        last = self.page.locator(".jp-Notebook .jp-CodeCell .jp-InputPrompt").last
        expect(last).to_have_text(re.compile(r"\[\d+\]:"))
        self.idle()

    def run_until(self, text):
        """Run all cells and wait for the one that fails, which ends the run, to say so."""
        self.choose("Run", "Run All Cells")
        said = self.page.locator(".jp-OutputArea-output", has_text=text).first
        expect(said).to_be_visible()
        self.idle()
        said.scroll_into_view_if_needed()

    def validate(self):
        """Press Validate and return the dialog that comes up."""
        self.page.get_by_role("button", name="Validate").click()
        dialog = self.page.locator(".jp-Dialog")
        expect(dialog).to_contain_text("Validation Results")
        return dialog

    def agree(self, dialog):
        """Press the button of a dialog."""
        dialog.get_by_role("button", name="Ok").click()
        expect(dialog).to_have_count(0)
