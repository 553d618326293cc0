"""A student unpacks the kit, does what its README says and gets to work, in an environment that holds nothing else."""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
ASSIGNMENTS = ("ps1-autograd", "ps2-linear-regression", "ps3-logistic-regression")
INSTRUCTORS = (
    "autograder",
    "cell",
    "hidden_tests",
    "kit",
    "misconceptions",
    "reference",
    "spellings",
    "commands.grade",
)
SETTINGS = ("CONDA", "IPYTHON", "JUPYTER", "KERAS", "MPL", "NBGRADER", "PYTHON", "TF_", "VIRTUAL_ENV")


@dataclass(frozen=True)
class Student:
    """Somebody at a computer: the folder of the unpacked kit, and a home that no program has written to."""

    folder: Path
    home: Path

    def environment(self, home):
        """Neither this test's settings nor its environment is a student's; Python 3.11 is."""
        own = {name: value for name, value in os.environ.items() if not name.startswith(SETTINGS)}
        return own | {"HOME": str(home), "PATH": os.pathsep.join([str(Path(sys.base_prefix) / "bin"), os.defpath])}

    def run(self, *command, home=None, check=True):
        done = subprocess.run(
            [str(part) for part in command],
            cwd=self.folder,
            env=self.environment(home or self.home),
            capture_output=True,
            text=True,
            timeout=1800,
            check=False,
        )
        if check:
            assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        return done


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    folder = tmp_path_factory.mktemp("student")
    made = subprocess.run(
        [Path(sys.executable).parent / "gd", "kit"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert (made.returncode, made.stderr) == (0, "")
    (archive,) = folder.iterdir()
    with zipfile.ZipFile(archive) as kit:
        kit.extractall(folder)
    archive.unlink()
    (inside,) = folder.iterdir()
    return Student(inside, tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def commands(unpacked):
    """What the README tells to type on Linux."""
    readme = (unpacked.folder / "README.md").read_text()
    found = re.search(r"^\*\*macOS and Linux\*\*:\n\n```sh\n(.*?)\n```$", readme, re.DOTALL | re.MULTILINE)
    assert found is not None
    return [shlex.split(line) for line in found[1].splitlines()]


@pytest.fixture(scope="module")
def student(unpacked, commands):
    install, start = commands
    assert install == ["python3", "install.py"]
    assert start == [".venv/bin/gd", "lab"]
    # With the home of this machine: its pip knows where packages come from, and keeps those that came before. With the
    # Python of these tests: others may get another build of PyTorch.
    unpacked.run(*install, "--python", sys.executable, home=Path.home())
    yield unpacked
    # pytest keeps the folders of its last runs, and this is gigabytes.
    shutil.rmtree(unpacked.folder / ".venv")


@pytest.fixture(scope="module", params=ASSIGNMENTS)
def assignment(request, student):
    """The folder of an assignment; beside the notebook, `solved.ipynb` holds the right answers."""
    folder = student.folder / request.param
    (released,) = (path for path in folder.glob("*.ipynb") if path.name != "solved.ipynb")
    notebook = nbformat.read(released, as_version=4)
    answers = {cell.id: cell.source for cell in nbformat.read(ROOT / "source" / folder.name / released.name, 4).cells}
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = answers[cell.id]
    nbformat.write(notebook, folder / "solved.ipynb")
    return released


def test_it_installs_what_was_tested(student):
    packages = json.loads(student.run(".venv/bin/python", "-m", "pip", "list", "--format", "json").stdout)
    versions = {package["name"].lower().replace("_", "-"): package["version"].split("+")[0] for package in packages}
    own = {package["version"] for package in packages if package["name"] == "gdhelpers"}
    assert [version.partition("+")[2] for version in own] == ["student"]
    pins = {}
    for line in (student.folder / "constraints.txt").read_text().splitlines():
        name, version = line.partition(" ;")[0].split("==")
        pins.setdefault(name, set()).add(version)
    others = set(versions) - {"gdhelpers", "pip", "setuptools"}
    assert not [name for name in others if versions[name] not in pins.get(name, ())]
    assert others < set(pins)
    student.run(".venv/bin/python", "-m", "pip", "check")


@pytest.mark.parametrize("python", ["3.11", "3.13"])
@pytest.mark.parametrize(
    "platform",
    ["x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu", "x86_64-pc-windows-msvc", "aarch64-apple-darwin"],
)
def test_every_package_of_the_kit_is_built_for_every_platform(unpacked, platform, python):
    """As far as an index tells: nobody has installed it there."""
    index = subprocess.run(
        [sys.executable, "-m", "pip", "config", "get", "global.index-url"], capture_output=True, text=True, check=False
    ).stdout.strip()
    uv = Path(sys.executable).with_name("uv")
    where = ["--python-platform", platform, "--python-version", python]
    done = subprocess.run(
        [uv, "pip", "compile", "--no-annotate", "--quiet", *where, "--only-binary=:all:", "requirements.txt"],
        cwd=unpacked.folder,
        env=os.environ | {"MACOSX_DEPLOYMENT_TARGET": "14.0"} | ({"UV_DEFAULT_INDEX": index} if index else {}),
        capture_output=True,
        text=True,
        check=False,
    )
    if "Failed to fetch" in done.stderr:
        pytest.skip(f"uv cannot reach a package index: {done.stderr}")
    assert done.returncode == 0, done.stderr
    assert {"jupyterlab", "tensorflow", "torch"} <= {line.partition("==")[0] for line in done.stdout.splitlines()}


def test_nothing_for_instructors_only_can_be_imported(student):
    code = (
        "import gdhelpers\n"
        "from importlib.util import find_spec\n"
        f"print([name for name in {INSTRUCTORS!r} if find_spec('gdhelpers.' + name)], gdhelpers.__file__)"
    )
    found, _, path = student.run(".venv/bin/python", "-c", code).stdout.strip().partition(" ")
    assert found == "[]"
    assert Path(path).is_relative_to(student.folder / ".venv")
    for name in INSTRUCTORS:
        done = student.run(".venv/bin/python", "-c", f"import gdhelpers.{name}", check=False)
        assert f"No module named 'gdhelpers.{name}'" in done.stderr


def test_gd_has_the_one_command_that_is_for_students(student):
    listed = student.run(".venv/bin/gd", "--help").stdout.partition("COMMAND\n")[2]
    assert [line.split()[0] for line in listed.splitlines() if re.match(r" {4}\S", line)] == ["lab"]


def test_the_right_answers_pass_the_visible_checks(student, assignment):
    solved = assignment.with_name("solved.ipynb")
    student.run(".venv/bin/jupyter", "execute", "--inplace", "--timeout=600", solved)
    cells = [cell for cell in nbformat.read(solved, as_version=4).cells if cell.cell_type == "code"]
    outputs = [output for cell in cells for output in cell.outputs]
    assert [output for output in outputs if output.output_type == "error" or output.get("name") == "stderr"] == []
    tests = [cell for cell in cells if cell.metadata.get("nbgrader", {}).get("grade")]
    for cell in tests:
        text = "".join(output.get("text", output.get("data", {}).get("text/plain", "")) for output in cell.outputs)
        assert "agrees with the example worked by hand" in text, cell.source
        assert "More checks run at grading" in text, cell.source
    assert len(tests) >= 4


@pytest.mark.parametrize("name", ["torch_classification", "gradient_tape"])
def test_the_lecture_runs(student, name):
    path = student.folder / "course" / f"{name}.ipynb"
    student.run(".venv/bin/jupyter", "execute", "--output", student.folder / "ran", "--timeout=600", path)
    ran = nbformat.read(student.folder / "ran.ipynb", as_version=4)
    (student.folder / "ran.ipynb").unlink()
    outputs = [output for cell in ran.cells if cell.cell_type == "code" for output in cell.outputs]
    assert any("image/png" in output.get("data", {}) for output in outputs)
    assert not [output for output in outputs if output.output_type == "error"]


def test_validate_tells_right_from_unanswered(student, assignment):
    validate = [".venv/bin/nbgrader", "validate", "--Execute.timeout=600"]
    solved, untouched = (student.run(*validate, path) for path in (assignment.with_name("solved.ipynb"), assignment))
    assert "Success" in solved.stdout
    assert "VALIDATION FAILED" in untouched.stdout


def opened(url, token):
    try:
        with urllib.request.urlopen(f"{url}?token={token}", timeout=60) as answer:  # noqa: S310 - a server of this test
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, ""


def test_the_last_command_opens_jupyterlab_on_the_notebooks(student, commands, tmp_path):
    root = ["--allow-root"] if os.geteuid() == 0 else []
    lab = subprocess.Popen(
        [*commands[-1], "--", "--no-browser", "--ServerApp.port=0", *root],
        cwd=student.folder,
        env=student.environment(student.home) | {"JUPYTER_RUNTIME_DIR": str(tmp_path)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 120
        while not (found := list(tmp_path.glob("jpserver-*.json"))):
            assert lab.poll() is None, "JupyterLab ended"
            assert time.monotonic() < deadline, "JupyterLab did not begin"
            time.sleep(0.2)
        server = json.loads(found[0].read_text())
        url, token = server["url"], server["token"]
        assert opened(f"{url}lab", token)[0] == 200
        listed = {entry["name"] for entry in json.loads(opened(f"{url}api/contents", token)[1])["content"]}
        assert {*ASSIGNMENTS, "README.md", "data"} <= listed
        assert opened(f"{url}formgrader", token)[0] == 404
    finally:
        lab.send_signal(signal.SIGINT)
        assert lab.wait(timeout=60) == 0
