"""JupyterLab, started by `gd lab` as a user starts it, and a browser to use it with."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import nbformat
import pytest
from playwright.sync_api import expect, sync_playwright

from tests.browser.desk import Desk

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SECONDS = 90
"""How long anything may take; importing TensorFlow on a busy machine takes long."""


@pytest.fixture(scope="session")
def browser():
    """Start the browser that the system brings."""
    chromium = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if chromium is None:
        pytest.skip("there is no Chromium. Install it; on Debian and Ubuntu: sudo apt-get install chromium")
    expect.set_options(timeout=SECONDS * 1000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, headless=True, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def home(tmp_path):
    """Make a user whose Jupyter knows another `python3`, one that does not start."""
    spec = tmp_path / "home" / "elsewhere" / "kernels" / "python3" / "kernel.json"
    spec.parent.mkdir(parents=True)
    spec.write_text('{"argv": ["false"], "display_name": "From elsewhere", "language": "python"}')
    return tmp_path / "home"


@pytest.fixture
def gd_lab(home):
    """Return a function that runs `gd lab` and gives the address that it prints; Ctrl-C ends it after the test."""
    # A kernel that knows itself in a test collects less of what is written to stderr.
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "PYTEST"))}
    path = os.pathsep.join(folder for folder in os.environ["PATH"].split(os.pathsep) if Path(folder) != BIN)
    env = kept | {"HOME": str(home), "JUPYTER_PATH": str(home / "elsewhere"), "PATH": path}
    as_root = ["--allow-root"] if os.geteuid() == 0 else []

    with contextlib.ExitStack() as ending:

        def run(folder, *options):
            process = subprocess.Popen(
                [BIN / "gd", "lab", "--course", folder, *options, "--", "--no-browser", *as_root],
                cwd=home,
                env=env,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            ending.callback(_stop, process)
            return _address(process)

        yield run


def _address(process):
    overdue = threading.Timer(SECONDS, process.kill)
    overdue.start()
    said = []
    for line in process.stdout:
        said.append(line)
        if found := re.search(r"http://127\.0\.0\.1:\S+", line):
            overdue.cancel()
            _answers(urlsplit(found.group()).port, process)
            return found.group()
    raise AssertionError("gd lab ended without an address:\n" + "".join(said))


def _answers(port, process):
    """Wait until the server takes calls: it says its address a moment before it does."""
    while process.poll() is None:
        with contextlib.suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.05)  # between two tries


def _stop(process):
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=SECONDS)
    assert process.returncode == 0, f"Ctrl-C ends gd lab, and that is no error: {said}"


@pytest.fixture
def desk(browser, gd_lab):
    """Return a function that opens JupyterLab on a folder in a window of its own."""
    with contextlib.ExitStack() as closing:

        def sit_down(name, folder, *options):
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.set_default_timeout(SECONDS * 1000)
            desk = Desk(page, ROOT / "screenshots", name)
            closing.callback(desk.leave)
            page.goto(gd_lab(folder, *options))
            return desk

        yield sit_down


def answer(path, answers):
    """Replace solution cells of a released notebook by the source of their answers, and return the notebook."""
    notebook = nbformat.read(path, as_version=4)
    cells = {cell.metadata.get("nbgrader", {}).get("grade_id"): cell for cell in notebook.cells}
    for grade_id, source in answers.items():
        cells[grade_id].source = source
    nbformat.write(notebook, path)
    return notebook


@pytest.fixture
def right_answers():
    """Return a function that gives the instructor's answers of an assignment, without the marks of nbgrader."""

    def read(assignment):
        (path,) = (ROOT / "source" / assignment).glob("*.ipynb")
        answers = {}
        for cell in nbformat.read(path, as_version=4).cells:
            of_nbgrader = cell.metadata.get("nbgrader", {})
            if of_nbgrader.get("solution"):
                source = re.sub(r"\n *### INSTEAD.*?(?=\n *### END)", "", cell.source, flags=re.DOTALL)
                answers[of_nbgrader["grade_id"]] = re.sub(r" *### (BEGIN|END) SOLUTION\n?", "", source).rstrip()
        return answers

    return read


NOISE = """
    import os
    import warnings

    warnings.warn("a warning of Python")
    tf.get_logger().warning("a warning of TensorFlow")
    tf.print("printed by TensorFlow:", p)
    os.write(2, b"written to descriptor 2\\n")
"""


def noisy(answers):
    """Return answers of ps3 of which one writes to stderr in all the ways that TensorFlow does."""
    head, rest = answers["accuracy"].rsplit('"""', 1)
    return answers | {"accuracy": f'{head}"""{NOISE}{rest}'}
