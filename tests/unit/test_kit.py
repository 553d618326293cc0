"""A kit holds what students may have and nothing else, and the same input gives the same bytes."""

import ast
import io
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from pathlib import Path

import nbformat
import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from gdhelpers import kit
from gdhelpers.autograder.course import Course
from gdhelpers.cli import main
from gdhelpers.kit import lecture
from gdhelpers.kit.project import CONTRACT, Project, imported
from gdhelpers.trouble import Trouble

ROOT = Path(__file__).parents[2]
NOTEBOOKS = {
    "ps1-autograd": "autograd.ipynb",
    "ps2-linear-regression": "linear_regression.ipynb",
    "ps3-logistic-regression": "logistic_regression.ipynb",
}
WHEEL = f"gdhelpers-{tomllib.loads((ROOT / 'pyproject.toml').read_text())['project']['version']}+student"

# Written out a second time on purpose: whoever widens the contract has to widen this, and thinks twice.
MODULES = {
    "checks", "figures", "experiments", "data", "import_order", "quiet", "environment", "system", "trouble", "cli",
    "commands", "commands.lab", "lab",
}  # fmt: skip
PACKAGES = {"checks", "experiments", "figures"}
INSTRUCTORS = {
    "autograder", "cell", "hidden_tests", "kernels", "kit", "misconceptions", "mutants", "reference", "sandbox",
    "spellings", "wire",
}  # fmt: skip
BESIDE = {
    "README.md", "install.py", "student.md", "requirements.txt", "constraints.txt",
    "LICENSE", "LICENSE-DATA", "LICENSE-TEXT",
    "data/README.md", "data/regression.csv", "data/regression.md", "data/classification.csv", "data/classification.md",
    f"{WHEEL}-py3-none-any.whl",
}  # fmt: skip
METADATA = {"METADATA", "WHEEL", "RECORD", "entry_points.txt"} | {
    f"licenses/{name}" for name in ("LICENSE", "LICENSE-DATA", "LICENSE-TEXT")
}


def made(*names: str, root: Path = ROOT) -> dict[str, bytes]:
    return kit.kit_files(Course(root), Project(ROOT), names or tuple(NOTEBOOKS), with_lecture=not names)


def unpacked(files: dict[str, bytes]) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(files[f"{WHEEL}-py3-none-any.whl"])) as wheel:
        return {name: wheel.read(name) for name in wheel.namelist()}


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return made()


@pytest.fixture(scope="module")
def wheel(files: dict[str, bytes]) -> dict[str, bytes]:
    return unpacked(files)


@pytest.fixture(scope="module")
def texts(files: dict[str, bytes], wheel: dict[str, bytes]) -> dict[str, str]:
    """Everything that can be read in the kit; of a notebook, what its cells say."""
    found = {name: content.decode() for name, content in {**files, **wheel}.items() if not name.endswith(".whl")}
    for name, text in found.items():
        if name.endswith(".ipynb"):
            found[name] = "\n".join(cell["source"] for cell in nbformat.reads(text, as_version=4).cells)
    return found


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course directory with a source/ of its own, to be damaged."""
    shutil.copytree(ROOT / "source", tmp_path / "source")
    return tmp_path


def edited(course: Path, name: str, change) -> Path:
    path = course / "source" / name / NOTEBOOKS[name]
    notebook = nbformat.read(path, as_version=4)
    change({cell.id: cell for cell in notebook.cells}, notebook)
    nbformat.write(notebook, path)
    return path


# What is in it


def test_every_file_is_one_that_students_may_have(files):
    lecture = {f"course/{path.name}" for path in (ROOT / "course").glob("*.ipynb")}
    assert set(files) == BESIDE | lecture | {f"{name}/{notebook}" for name, notebook in NOTEBOOKS.items()}
    assert set(made("ps1-autograd")) == BESIDE | {"ps1-autograd/autograd.ipynb"}


def test_every_file_of_the_wheel_is_one_that_students_may_have(wheel):
    modules = set()
    for name in wheel:
        if name.startswith(f"{WHEEL}.dist-info/"):
            assert name.removeprefix(f"{WHEEL}.dist-info/") in METADATA
        elif name.startswith("gdhelpers/_data/"):
            assert (ROOT / "data" / name.removeprefix("gdhelpers/_data/")).read_bytes() == wheel[name]
        else:
            assert (ROOT / name).read_bytes() == wheel[name]
            assert name.endswith(".py")
            modules.add(name.removesuffix(".py").removesuffix("/__init__").replace("/", "."))
    within = {module.removeprefix("gdhelpers.") for module in modules - {"gdhelpers"}}
    assert {module for module in within if module.split(".")[0] not in PACKAGES} == MODULES - PACKAGES
    assert within >= PACKAGES


def test_every_module_is_either_for_students_or_for_instructors_only():
    contract = Project(ROOT).contract
    assert {*contract["source_modules"], "gdhelpers.commands"} == {f"gdhelpers.{module}" for module in MODULES}
    assert set(contract["forbidden_modules"]) == {f"gdhelpers.{module}" for module in INSTRUCTORS}
    there = {path.stem for path in (ROOT / "gdhelpers").iterdir() if path.suffix == ".py" or path.is_dir()}
    assert there - {"__init__", "__pycache__"} == {module for module in MODULES if "." not in module} | INSTRUCTORS


def test_what_a_module_of_the_wheel_imports_is_in_the_wheel(wheel):
    for name, content in wheel.items():
        if not name.endswith(".py"):
            continue
        for node in ast.walk(ast.parse(content)):
            if isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{name}: imports are written out in this project"
                wanted = [node.module]
            elif isinstance(node, ast.Import):
                wanted = [alias.name for alias in node.names]
            else:
                continue
            for module in wanted:
                path = module.replace(".", "/")
                inside = f"{path}.py" in wheel or f"{path}/__init__.py" in wheel
                assert inside or not module.startswith("gdhelpers"), f"{name} imports {module}"


def source_of_instructors():
    for module in sorted(INSTRUCTORS - {"kit"}):  # what a kit says stands in it word for word
        path = ROOT / "gdhelpers" / module
        yield from path.rglob("*.py") if path.is_dir() else [path.with_suffix(".py")]
    yield from (path for path in (ROOT / "gdhelpers" / "commands").glob("*.py") if path.stem not in ("__init__", "lab"))


def starters():
    """The lines that a notebook hands out in place of a solution: a wrong answer that the student has to repair."""
    for path in (ROOT / "source").rglob("*.ipynb"):
        for cell in nbformat.read(path, as_version=4).cells:
            for starter in re.findall(r"### INSTEAD\n(.*?)\n *### END SOLUTION", cell.source, re.DOTALL):
                yield from (line.strip().removeprefix("# ").strip() for line in starter.splitlines())


def shown():
    """The lines of code that the lecture shows to everybody."""
    for path in (ROOT / "course").glob("*.ipynb"):
        for cell in nbformat.read(path, as_version=4).cells:
            yield from (line.strip() for line in cell.source.splitlines() if cell.cell_type == "code")


def test_no_line_of_what_is_for_instructors_only_is_in_it(texts):
    lines = {line.strip() for path in source_of_instructors() for line in path.read_text().splitlines()}
    lines = {line for line in lines if len(line) >= 60 and not line.startswith(("from ", "import ", '"""Return '))}
    lines -= {*starters(), *shown()}
    assert len(lines) > 500
    for name, text in texts.items():
        assert not sorted(lines & {line.strip() for line in text.splitlines()}), name


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_no_solution_and_no_hidden_test_is_in_it(name, texts):
    source = nbformat.read(ROOT / "source" / name / NOTEBOOKS[name], as_version=4)
    secrets = []
    for cell in source.cells:
        secrets += re.findall(r"### BEGIN SOLUTION\n(.*?)\n *### (?:INSTEAD|END SOLUTION)", cell.source, re.DOTALL)
        secrets += re.findall(r"### BEGIN HIDDEN TESTS\n(.*?)\n *### END HIDDEN TESTS", cell.source, re.DOTALL)
        if cell.metadata.get("nbgrader", {}).get("solution"):
            secrets.append(cell.source)
    assert len(secrets) > 10
    for where, text in texts.items():
        for secret in secrets:
            assert secret.strip() not in text, where


def test_the_notebooks_are_those_of_the_release(files):
    for name, notebook in NOTEBOOKS.items():
        assert files[f"{name}/{notebook}"] == (ROOT / "release" / name / notebook).read_bytes()


def test_the_lecture_has_no_outputs_and_is_otherwise_the_courses(files):
    assert {f"{name}.ipynb" for name in lecture.ORDER} == {path.name for path in (ROOT / "course").glob("*.ipynb")}
    for name in lecture.ORDER:
        given, own = (
            nbformat.reads(text, as_version=4)
            for text in (files[f"course/{name}.ipynb"].decode(), (ROOT / "course" / f"{name}.ipynb").read_text())
        )
        assert [(cell.id, cell.source, cell.metadata) for cell in given.cells] == [
            (cell.id, cell.source, cell.metadata) for cell in own.cells
        ]
        for cell in given.cells:
            assert cell.cell_type == "markdown" or (cell.outputs, cell.execution_count) == ([], None)


@pytest.mark.parametrize(("path", "link"), [("README.md", r"`(\w+)`"), ("docs/index.md", r"^\.\./course/(\w+)$")])
def test_the_order_of_the_lecture_is_everywhere_the_same(path, link):
    names = re.findall(link, (ROOT / path).read_text(), re.MULTILINE)
    assert [name for name in names if name in lecture.ORDER] == list(lecture.ORDER)


def test_a_stale_release_is_not_handed_out(course, files):
    (course / "release" / "ps1-autograd").mkdir(parents=True)
    (course / "release" / "ps1-autograd" / "autograd.ipynb").write_text("{}")
    (course / "release" / "ps1-autograd" / "solution.ipynb").write_text("{}")
    assert made(root=course) == files


# That it works


def test_the_wheel_works_without_the_rest_of_the_package(wheel, tmp_path):
    for name, content in wheel.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    names = [name.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for name in wheel if ".py" in name]
    code = (
        "import importlib, importlib.util, json, sys\n"
        f"sys.path[:0] = [{str(tmp_path)!r}]\n"
        f"sys.path.append({sysconfig.get_path('purelib')!r})\n"
        f"modules = [importlib.import_module(name) for name in {names!r}]\n"
        f"assert all(module.__file__.startswith({str(tmp_path)!r}) for module in modules)\n"
        "from gdhelpers import commands, data\n"
        "print(json.dumps([\n"
        f"    [name for name in {sorted(INSTRUCTORS)!r} if importlib.util.find_spec('gdhelpers.' + name)],\n"
        "    [module.__name__ for module in commands.found()],\n"
        "    sorted({'torch', 'tensorflow'} & set(sys.modules)),\n"
        "    [len(data.load_regression()), len(data.load_classification())],\n"
        "]))"
    )
    # -S keeps out the .pth file by which this environment finds the checkout.
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [[], ["gdhelpers.commands.lab"], [], [398, 768]]


FRAMEWORKS = {
    "ps1-autograd": {"torch"},
    "ps2-linear-regression": {"torch", "tensorflow"},
    "ps3-logistic-regression": {"tensorflow"},
}


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_requirements_are_pinned_and_no_more_than_what_is_used(name):
    files = made(name)
    option, wheel, *pins = [line for line in files["requirements.txt"].decode().splitlines() if line[0] != "#"]
    assert option == "--constraint constraints.txt"
    assert wheel.removeprefix("./") in files
    known = (ROOT / "constraints.txt").read_text().splitlines()
    assert files["constraints.txt"].decode().splitlines() == [line for line in known if line[0] != "#"]
    assert set(pins) < set(known)
    code = {"ipykernel", "ipython", "jupyterlab", "matplotlib", "nbgrader", "numpy", "pandas"}
    assert {Requirement(pin).name for pin in pins} == code | FRAMEWORKS[name]
    needed = re.findall(r"Requires-Dist: ([\w-]+)", unpacked(files)[f"{WHEEL}.dist-info/METADATA"].decode())
    assert set(needed) == code, "a framework that the notebooks do without would be installed with the wheel"


def test_the_wheel_is_the_same_for_every_assignment(files):
    name = f"{WHEEL}-py3-none-any.whl"
    assert made("ps1-autograd")[name] == made("ps3-logistic-regression")[name] == files[name]


def test_what_is_imported_is_required(texts, files):
    pinned = {Requirement(line).name for line in files["requirements.txt"].decode().splitlines() if "==" in line}
    for name, text in texts.items():
        if name.endswith((".py", ".ipynb")):
            outside = imported(text) - sys.stdlib_module_names - {"gdhelpers"}
            assert {module.replace("_", "-").lower() for module in outside} <= pinned, name


def test_the_readme_tells_the_truth(texts):
    readme = texts["README.md"]
    for name, points in zip(NOTEBOOKS, (10, 15, 20), strict=True):
        assert re.search(rf"^\| `{name}/{NOTEBOOKS[name]}` \| Problem set \d: .+ \| {points} \|$", readme, re.MULTILINE)
    named = re.findall(r"^\| `course/(\w+)\.ipynb` \| (?:.+\?) \|$", readme, re.MULTILINE)
    assert named == list(lecture.ORDER), "each with its question"
    pythons = SpecifierSet(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"])
    named = re.search(r"Python (3\.\d+), (3\.\d+) or (3\.\d+);", readme)
    assert named is not None
    assert list(named.groups()) == [f"3.{minor}" for minor in range(30) if f"3.{minor}" in pythons]
    for name in ("README.md", "student.md"):
        assert all(link in texts for link in re.findall(r"\]\((?!http)([^)]+)\)", texts[name])), name
    assert "{" not in readme


def test_a_kit_without_pytorch_says_nothing_about_it():
    assert "PyTorch" not in made("ps3-logistic-regression")["README.md"].decode()
    assert "<the CPU index" not in made("ps1-autograd")["README.md"].decode()


# The command


def test_the_same_input_gives_the_same_bytes(tmp_path):
    contents = []
    for seed in ("1", "2"):
        out = tmp_path / seed
        out.mkdir()
        command = [sys.executable, "-m", "gdhelpers.cli", "kit", "ps2-linear-regression", "ps1-autograd"]
        done = subprocess.run(
            command, cwd=out, env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert "gradients-kit.zip: ps1-autograd, ps2-linear-regression; " in done.stdout
        assert [path.name for path in out.iterdir()] == ["gradients-kit.zip"], "it leaves nothing else behind"
        contents.append((out / "gradients-kit.zip").read_bytes())
    assert contents[0] == contents[1]


def test_the_zip_has_one_folder_and_replaces_what_was_there(tmp_path, files, capsys):
    out = tmp_path / "kit.zip"
    out.write_text("an older kit")
    assert main(["kit", "--out", str(out)]) == 0
    capsys.readouterr()
    with zipfile.ZipFile(out) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {
            f"gradients/{name}": content for name, content in files.items()
        }
        assert archive.namelist() == sorted(archive.namelist())
        assert {entry.date_time for entry in archive.infolist()} == {kit.TIME}
        assert {entry.external_attr >> 16 for entry in archive.infolist()} == {0o100644}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["ps9"], "Known assignments: ps1-autograd, ps2-linear-regression, ps3-logistic-regression"),
        (["--out", "{there}/nowhere/kit.zip"], "is in no folder that exists"),
        (["--out", "{there}"], "is a folder"),
        (["--course", "{there}/nowhere"], "There is no folder"),
    ],
)
def test_a_wrong_call_is_answered_in_one_line(arguments, words, tmp_path, capsys):
    assert main(["kit", *(argument.format(there=tmp_path) for argument in arguments)]) == 2
    said = capsys.readouterr().err
    assert words in said
    assert len(said.splitlines()) == 1
    assert not list(tmp_path.iterdir())


def test_without_a_checkout_it_says_what_is_missing(tmp_path):
    (tmp_path / "pyproject.toml").touch()
    with pytest.raises(Trouble, match=r"it lacks constraints\.txt"):
        Project(tmp_path)


# The last guard


def leave_a_beginning(cells, notebook):
    cells["derivative-solution"].source = cells["derivative-solution"].source.replace("### END SOLUTION", "")


def leave_a_hidden_test(cells, notebook):
    cells["setup"].source += "\nfrom gdhelpers.hidden_tests import autograd"


def leave_the_reference(cells, notebook):
    cells["setup"].source += "\nfrom gdhelpers import reference"


@pytest.mark.parametrize("change", [leave_a_beginning, leave_a_hidden_test, leave_the_reference])
def test_what_is_for_instructors_only_stops_the_kit(change, course, tmp_path, capsys):
    path = edited(course, "ps1-autograd", change)
    out = tmp_path / "kit.zip"
    assert main(["kit", "--course", str(course), "--out", str(out)]) == 3
    said = capsys.readouterr().err
    assert path.name in said
    assert "defect" not in said
    assert not out.exists()


SECRETS = [
    "### BEGIN SOLUTION", "### END SOLUTION", "### BEGIN HIDDEN TESTS", "### END MARK SCHEME",
    "from gdhelpers.hidden_tests import autograd", "import gdhelpers.reference", "from gdhelpers import spellings",
    "    from gdhelpers.misconceptions.mse import no_mean", "import gdhelpers.autograder.grading as grading",
]  # fmt: skip


@pytest.mark.parametrize("inside", [True, False], ids=["in the wheel", "beside it"])
@pytest.mark.parametrize("secret", SECRETS)
def test_it_looks_at_every_line_of_every_file(secret, inside):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.py", f"x = 1\n{secret if inside else ''}\n")
    files = {"b.txt": b"" if inside else secret.encode(), "c.whl": buffer.getvalue()}
    with pytest.raises(Trouble, match=r"^c\.whl/a\.py holds" if inside else r"^b\.txt holds"):
        kit._refuse_what_is_not_for_students(files, Project(ROOT))


@pytest.mark.parametrize("stray", ["solution.py", "notes.ipynb", "pictures/slope.png"])
def test_whatever_lies_beside_a_notebook_is_refused(stray, course):
    path = course / "source" / "ps1-autograd" / stray
    path.parent.mkdir(exist_ok=True)
    path.write_bytes((ROOT / "source" / "ps1-autograd" / "autograd.ipynb").read_bytes())
    with pytest.raises(Trouble, match=stray if stray != "notes.ipynb" else "exactly one notebook"):
        made("ps1-autograd", root=course)


def test_the_contract_is_found_by_its_name():
    assert Project(ROOT).contract["name"] == CONTRACT
