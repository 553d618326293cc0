"""The data are those that the course was written for, wherever they are loaded from, and the cards tell the truth."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest
from hatchling.build import build_wheel

from gdhelpers import data
from gdhelpers.data import DataError, load_classification, load_regression

ROOT = Path(__file__).parents[2]
LOADERS = {"regression.csv": load_regression, "classification.csv": load_classification}
NAMES = sorted(LOADERS)


@pytest.fixture
def no_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let the package lie in a folder of its own, without data, and work in an empty folder beside it."""
    (tmp_path / "site").mkdir()
    (tmp_path / "work").mkdir()
    monkeypatch.setattr(data, "PACKAGE", tmp_path / "site" / "gdhelpers")
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path


def put(folder: Path, *, altered: bool = False) -> Path:
    folder.mkdir(parents=True)
    for name in NAMES:
        content = (ROOT / "data" / name).read_bytes()
        (folder / name).write_bytes(content.replace(b"\n", b"\r\n") if altered else content)
    return folder


# The files


@pytest.mark.parametrize("name", NAMES)
def test_checksum(name: str) -> None:
    assert hashlib.sha256((ROOT / "data" / name).read_bytes()).hexdigest() == data.SHA256[name]


def test_every_file_has_a_loader_and_a_card() -> None:
    assert {path.name for path in (ROOT / "data").glob("*.csv")} == set(data.SHA256) == set(LOADERS)
    assert {path.stem for path in (ROOT / "data").glob("*.csv")} | {"README"} == {
        path.stem for path in (ROOT / "data").glob("*.md")
    }


def test_regression() -> None:
    cars = load_regression()
    assert cars.shape == (398, 8)
    assert set(cars.dtypes) == {pd.api.types.pandas_dtype("float64")}
    assert cars.isna().sum().sum() == cars["horsepower"].isna().sum() == 6
    assert len(cars.dropna()) == 392
    assert cars.iloc[0].tolist() == [18.0, 8.0, 307.0, 130.0, 3504.0, 12.0, 70.0, 1.0]


def test_classification() -> None:
    women = load_classification()
    assert women.shape == (768, 9)
    floats = {"BMI", "Diabetes_func"}
    assert {name: str(dtype) for name, dtype in women.dtypes.items()} == {
        name: "float64" if name in floats else "int64" for name in women.columns
    }
    assert not women.isna().any().any()
    assert women["Class"].value_counts().to_dict() == {0: 500, 1: 268}
    measured = women[["Plasma_glucose", "Blood_pres", "Skin_thick", "Serum_insu", "BMI"]]
    assert (measured == 0).sum().tolist() == [5, 35, 227, 374, 11]
    assert (measured == 0).any(axis=1).sum() == 376


def test_numbers_are_read_to_the_last_bit() -> None:
    lines = (ROOT / "data" / "regression.csv").read_text().splitlines()[1:]
    expected = pd.DataFrame([[float(field or "nan") for field in line.split(",")] for line in lines])
    assert (load_regression().to_numpy(na_value=-1.0) == expected.fillna(-1.0).to_numpy()).all()


def test_each_call_gives_a_frame_of_its_own() -> None:
    cars = load_regression()
    cars["mpg"] = 0.0
    assert load_regression()["mpg"].min() == 9.0


# The cards


def rows_of(card: str) -> Iterator[list[str]]:
    for line in card.splitlines():
        if line.startswith("|"):
            yield [field.strip() for field in line.strip("|").split("|")]


def missing(frame: pd.DataFrame) -> pd.Series:
    """Count the missing values as the cards define them."""
    zeros = (frame == 0).sum()
    stored_as_zero = ["Plasma_glucose", "Blood_pres", "Skin_thick", "Serum_insu", "BMI"]
    return frame.isna().sum() + zeros.where(zeros.index.isin(stored_as_zero), 0)


@pytest.mark.parametrize("name", NAMES)
def test_card(name: str) -> None:
    frame = LOADERS[name]()
    rows = list(rows_of((ROOT / "data" / name).with_suffix(".md").read_text()))
    facts = {row[0]: row[1] for row in rows if len(row) == 2}
    assert facts["SHA-256"] == f"`{data.SHA256[name]}`"
    assert (facts["Rows"], facts["Columns"]) == (str(len(frame)), str(len(frame.columns)))
    columns = {row[0].strip("`"): [float(number) for number in row[2:]] for row in rows if row[0].startswith("`")}
    assert list(columns) == list(frame.columns)
    for column, gaps in missing(frame).items():
        assert columns[str(column)] == [frame[column].min(), frame[column].max(), gaps], column
    complete = ~(frame.isna() | (frame.eq(0) & missing(frame).gt(0))).any(axis=1)
    assert facts["Complete rows"] == str(complete.sum())


def test_counts_in_the_prose_of_the_cards() -> None:
    women, cars = load_classification(), load_regression()
    card = " ".join((ROOT / "data" / "classification.md").read_text().split())
    for column, gaps in missing(women)[lambda counts: counts > 0].items():
        assert re.search(rf"`{column}` in {gaps}\b", card)
    zeros, ones = women["Class"].value_counts().sort_index()
    assert f"Rows by `Class`: {zeros} with 0, {ones} with 1." in card
    assert f"`No_pregnant` ({(women['No_pregnant'] == 0).sum()} rows)" in card
    assert f"{len(women) - 392} rows have at least one" in card
    usa, europe, japan = cars["origin"].value_counts().sort_index()
    assert f"Rows by `origin`: {usa}, {europe} and {japan}." in (ROOT / "data" / "regression.md").read_text()


def test_index() -> None:
    rows = {row[0].strip("`"): row[2] for row in rows_of((ROOT / "data" / "README.md").read_text()) if "csv" in row[0]}
    assert rows == {name: str(len(load())) for name, load in LOADERS.items()}


# Where they are found


@pytest.mark.parametrize("name", NAMES)
def test_from_any_working_directory(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "data", altered=True)
    monkeypatch.chdir(tmp_path)
    assert len(LOADERS[name]()) > 0, "a file that happens to lie in the working directory was taken for the course's"


@pytest.mark.parametrize("below", [".", "ps2-linear-regression", "release/ps2-linear-regression"])
@pytest.mark.parametrize("name", NAMES)
def test_beside_a_notebook(name: str, below: str, no_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(no_data / "work" / "data")
    notebook = no_data / "work" / below
    notebook.mkdir(parents=True, exist_ok=True)
    monkeypatch.chdir(notebook)
    assert len(LOADERS[name]()) > 0


def test_the_package_comes_before_the_checkout_and_that_before_the_working_directory(no_data: Path) -> None:
    put(no_data / "work" / "data", altered=True)
    with pytest.raises(DataError, match="unpack"):
        load_regression()
    (no_data / "site" / "pyproject.toml").touch()
    put(no_data / "site" / "data")
    load_regression()
    put(no_data / "site" / "gdhelpers" / "_data", altered=True)
    with pytest.raises(DataError, match="reinstall"):
        load_regression()


def test_from_a_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    wheel = build_wheel(str(tmp_path))
    with zipfile.ZipFile(tmp_path / wheel) as archive:
        archive.extractall(tmp_path / "site")
    (tmp_path / "elsewhere").mkdir()
    code = (
        "from gdhelpers import data; import sys; "
        "print(data.__file__, len(data.load_regression()), len(data.load_classification())); "
        "print(sorted({'torch', 'tensorflow'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path / "elsewhere",
        env={**os.environ, "PYTHONPATH": str(tmp_path / "site")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == [f"{tmp_path / 'site' / 'gdhelpers' / 'data.py'} 398 768", "[]"]


# What is said when they are not


def checkout(root: Path) -> Path:
    (root / "site" / "pyproject.toml").touch()
    return root / "site" / "data"


def wheel(root: Path) -> Path:
    return root / "site" / "gdhelpers" / "_data"


def notebook(root: Path) -> Path:
    return root / "work" / "data"


REMEDIES = [
    (checkout, "git checkout -- data/{name}"),
    (wheel, "reinstall gdhelpers"),
    (notebook, "unpack the course's zip again"),
]


@pytest.mark.parametrize(("place", "remedy"), REMEDIES)
@pytest.mark.parametrize("name", NAMES)
def test_altered(name: str, place: Callable[[Path], Path], remedy: str, no_data: Path) -> None:
    file = put(place(no_data), altered=True) / name
    with pytest.raises(DataError) as caught:
        LOADERS[name]()
    came = hashlib.sha256(file.read_bytes()).hexdigest()
    for part in (str(file), data.SHA256[name], came, remedy.format(name=name)):
        assert part in str(caught.value)


@pytest.mark.parametrize(("place", "remedy"), REMEDIES)
@pytest.mark.parametrize("name", NAMES)
def test_missing(name: str, place: Callable[[Path], Path], remedy: str, no_data: Path) -> None:
    folder = put(place(no_data))
    (folder / name).unlink()
    with pytest.raises(DataError) as caught:
        LOADERS[name]()
    for part in (name, str(folder), data.SHA256[name], remedy.format(name=name)):
        assert part in str(caught.value)


def test_a_folder_in_the_place_of_a_file_is_no_file(no_data: Path) -> None:
    folder = put(no_data / "work" / "data")
    (folder / "regression.csv").unlink()
    (folder / "regression.csv").mkdir()
    with pytest.raises(DataError, match=r"is in none"):
        load_regression()


def test_what_git_says_brings_the_file_back(no_data: Path) -> None:
    """The command in the message is run, in a small repository of its own."""
    git = shutil.which("git")
    if git is None:
        pytest.skip("git is not installed")
    file = put(checkout(no_data)) / "regression.csv"

    def run(*arguments: str) -> None:
        options = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
        options += ["-c", "core.autocrlf=false"]
        subprocess.run([git, *options, *arguments], cwd=no_data / "site", check=True, capture_output=True)

    run("init")
    run("add", ".")
    run("commit", "--message", "data")
    file.write_text("mpg\n")
    with pytest.raises(DataError) as caught:
        load_regression()
    command = re.search(r"`git (.+?)`", str(caught.value))
    assert command is not None
    run(*command[1].split())
    assert len(load_regression()) == 398


def test_notebooks_show_the_message_alone() -> None:
    error = DataError("regression.csv is missing.")
    assert isinstance(error, OSError)
    assert error._render_traceback_() == ["DataError: regression.csv is missing."]
