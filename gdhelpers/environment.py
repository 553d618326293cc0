"""Making the course's commands work without activating its environment."""

import os
import sys
from pathlib import Path

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
