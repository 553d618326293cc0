"""Making the course's commands work without activating its environment."""

import os
import sys
from pathlib import Path

from gdhelpers.trouble import Trouble

CHECKOUT = Path(__file__).parents[1]
"""The repository that this package was installed from; a wheel has none."""


def activate() -> None:
    """Put the folder of this interpreter on PATH: nbgrader runs `alembic` by name.

    Also keep TensorFlow's log out of the notebooks, where stock nbgrader takes it for a failed test.
    """
    folder = str(Path(sys.executable).parent)
    path = os.environ.get("PATH", "")
    if folder not in path.split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([folder, path])
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


def home(name: str, root: Path, otherwise: str = "") -> Path:
    """Return the folder that holds a file of a course: its own, or else the checkout.

    Raises `Trouble` where neither holds it; its message ends with what else may be done.
    """
    for folder in (root, CHECKOUT):
        if (folder / name).exists():
            return folder
    raise Trouble(
        f"{name} is neither in {root} nor beside the gdhelpers package. "
        f"Run the command in the course's repository, or name it with --course{otherwise}."
    )
