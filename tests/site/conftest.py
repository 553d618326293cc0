"""The website, built once as `make site` builds it."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from tests.browser.conftest import browser  # noqa: F401 - a fixture

ROOT = Path(__file__).parents[2]
STRICT = ("-W", "--keep-going", "--fresh-env", "--quiet")


@dataclass(frozen=True)
class Site:
    """The folder that the pages are in, and each page by its path there."""

    folder: Path
    pages: dict[str, BeautifulSoup]


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    folder, doctrees = tmp_path_factory.mktemp("site"), tmp_path_factory.mktemp("doctrees")
    command = [sys.executable, "-m", "sphinx", *STRICT, "-c", "docs", "-d", doctrees, ".", folder]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    paths = sorted(folder.rglob("*.html"))
    static = folder / "_static"
    pages = {path.relative_to(folder).as_posix(): path for path in paths if static not in path.parents}
    return Site(folder, {name: BeautifulSoup(path.read_bytes(), "html.parser") for name, path in pages.items()})
