"""What students get: the instructor's notebook without its solutions, hidden tests and outputs.

The steps are those of `nbgrader generate_assignment`, in the order of the course's configuration; only what it saves in
a gradebook is left out, so that the result depends on `source/` alone.
"""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.converters import GenerateAssignment
from nbgrader.preprocessors import ClearSolutions, SaveCells
from traitlets.config import Config


class ClearSolutionsInstead(ClearSolutions):  # type: ignore[misc]
    """nbgrader's ClearSolutions, in which a solution region may bring its own stub.

    What stands between `### INSTEAD` and `### END SOLUTION`, commented out, is what the released cell holds in place of
    the region: a starter that the student has to repair.
    """

    def _replace_solution_region(self, cell: Any, language: str) -> bool:
        region = re.compile(
            rf"^(?P<indent> *)[^\n]*{self.begin_solution_delimeter}.*?\n *### INSTEAD\n(?P<instead>.*?)\n"
            rf"[^\n]*{self.end_solution_delimeter}[^\n]*$",
            re.MULTILINE | re.DOTALL,
        )
        found = region.search(cell.source)
        if found is None:
            return bool(super()._replace_solution_region(cell, language))
        starter = re.sub(rf"^{found['indent']}# ?", found["indent"], found["instead"], flags=re.MULTILINE)
        starter = re.sub(r"[ ]+$", "", starter, flags=re.MULTILINE)
        cell.source = cell.source[: found.start()] + starter + cell.source[found.end() :]
        return True


def released(notebook: Any, config: Config) -> Any:
    """Return the notebook that students get, made from a copy of the instructor's."""
    notebook = copy.deepcopy(notebook)
    resources: dict[str, Any] = {"nbgrader": {}}
    for preprocessor in GenerateAssignment(config=config).preprocessors:
        if preprocessor is not SaveCells:
            notebook, resources = preprocessor(config=config).preprocess(notebook, resources)
    return notebook


def release_files(source: Path, config: Config) -> dict[str, bytes]:
    """Return the files of one released assignment by name: its notebooks and whatever lies beside them."""
    files = {}
    for path in sorted(source.rglob("*")):
        name = path.relative_to(source)
        if not path.is_file() or any(part.startswith(".") for part in name.parts):
            continue
        if path.suffix == ".ipynb":
            notebook = released(nbformat.read(path, as_version=4), config)
            files[str(name)] = (nbformat.writes(notebook) + "\n").encode()
        else:
            files[str(name)] = path.read_bytes()
    return files


def differences(files: dict[str, bytes], folder: Path) -> list[str]:
    """Name the files of a released assignment that are not what `source/` gives, the missing ones and the strays."""
    present = {
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and ".ipynb_checkpoints" not in path.parts
    }
    differing = {name for name, content in files.items() if name in present and (folder / name).read_bytes() != content}
    return sorted(differing | (present ^ set(files)))


def write(files: dict[str, bytes], folder: Path) -> None:
    """Make a folder of `release/` hold exactly the given files."""
    for name in differences(files, folder):
        path = folder / name
        if name in files:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(files[name])
        else:
            path.unlink()
