"""The wheel for students: the safe modules and the data, under the name of the whole package."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.wheel import WheelBuilder

from gdhelpers.kit.project import Project

LABEL = "student"
"""The local label of the version: `pip list` tells the two packages apart."""


def build(project: Project) -> tuple[str, bytes]:
    """Return the name and the content of the wheel; it depends on the safe modules, the data and the licences alone."""
    with TemporaryDirectory(prefix="gd-kit-") as folder:
        root, out = Path(folder) / "project", Path(folder) / "out"
        for name, content in _tree(project).items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        builder = WheelBuilder(str(root), config=_description(project))
        (wheel,) = builder.build(directory=str(out), versions=["standard"])
        return Path(wheel).name, Path(wheel).read_bytes()


def _tree(project: Project) -> dict[str, bytes]:
    """Return the files that the wheel is built from."""
    files = {inside: (project.root / outside).read_bytes() for outside, inside in project.data.items()}
    return files | project.code | {name: (project.root / name).read_bytes() for name in project.licences}


def _description(project: Project) -> dict[str, Any]:
    """Return what a pyproject.toml of the students' package would say."""
    whole = project.table["project"]
    kept = ("name", "requires-python", "license", "license-files", "scripts")
    return {
        "build-system": project.table["build-system"],
        "project": {
            **{key: whole[key] for key in kept},
            "version": f"{whole['version']}+{LABEL}",
            "description": "Checks, figures and data for the notebooks of a course on computing gradients",
            "dependencies": project.needed_by_code(),
        },
        "tool": {"hatch": {"build": {"ignore-vcs": True, "targets": {"wheel": {"packages": [whole["name"]]}}}}},
    }
