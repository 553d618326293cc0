"""The two data sets of the course, verified by checksum every time they are loaded.

A course is only as reproducible as its data: a file that was edited, cut short or saved again by a spreadsheet is
refused with a message that says how to get the right one back. What the columns mean, where the rows come from and
what is wrong with them is written in the data cards, `data/regression.md` and `data/classification.md`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pandas as pd

SHA256 = {
    "regression.csv": "0e2f10ade22365fcf74bccf7866d14e20c54a61e4b281d35839cd7ca99862d82",
    "classification.csv": "655a5334874c4675b3f2bb7752daf3da2f5592c76681f4e0973deee539c53855",
}
"""The files, and the SHA-256 of the bytes that the course was written for."""

PACKAGE = Path(__file__).resolve().parent


class DataError(OSError):
    """A data file is missing or is not the one that the course was written for."""

    def _render_traceback_(self) -> list[str]:
        """Tell IPython what to print in place of a traceback."""
        return [f"{type(self).__name__}: {self}"]


def load_regression() -> pd.DataFrame:
    """Return Auto MPG: 398 cars, 8 columns, all float64; `horsepower` is NaN in 6 rows.

    >>> cars = load_regression()
    >>> cars.shape, len(cars.dropna())
    ((398, 8), 392)
    """
    return pd.read_csv(_verified("regression.csv"), dtype="float64")


def load_classification() -> pd.DataFrame:
    """Return Pima Indians diabetes: 768 women, 9 columns; in five of them a zero stands for a missing value.

    >>> women = load_classification()
    >>> women.shape, int(women["Class"].sum())
    ((768, 9), 268)
    """
    return pd.read_csv(_verified("classification.csv"))


def _verified(name: str) -> BytesIO:
    """Return the bytes of the first copy that is found; raise `DataError` where there is none or it was altered."""
    places = []
    for folder, remedy in _places(name):
        places.append((folder, remedy))
        try:
            content = (folder / name).read_bytes()
        except OSError:
            continue
        came = hashlib.sha256(content).hexdigest()
        if came != SHA256[name]:
            raise DataError(
                f"{folder / name} is not the {name} that the course was written for: its SHA-256 should be "
                f"{SHA256[name]} and is {came}. {remedy}"
            )
        return BytesIO(content)
    folders = ", ".join(str(folder) for folder, _ in places)
    raise DataError(
        f"{name} (SHA-256 {SHA256[name]}) should be in one of these folders and is in none: {folders}. {places[0][1]}"
    )


def _places(name: str) -> Iterator[tuple[Path, str]]:
    """Yield the folders that may hold a data file, each with how to get a good copy there."""
    if (PACKAGE / "_data").is_dir():
        yield PACKAGE / "_data", "To get it back, reinstall gdhelpers."
    checkout = PACKAGE.parent
    if (checkout / "pyproject.toml").is_file():
        yield checkout / "data", f"To get it back, run `git checkout -- data/{name}` in {checkout}."
    here = Path.cwd()
    for folder in (here, *here.parents):
        yield folder / "data", "To get it back, unpack the course's zip again, with data/ beside the notebook."
