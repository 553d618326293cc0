"""The checkout that a kit is made from: what in it is safe for students, and which packages that needs."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from gdhelpers.trouble import Trouble

CONTRACT = "What students get imports nothing that is for instructors only"
"""The import contract in pyproject.toml that names the safe modules and the others; `make lint` holds them to it."""

TOOLS = frozenset({"ipykernel", "jupyterlab", "nbgrader"})
"""What students start and nothing imports: JupyterLab, its Python, and Validate."""

FRAMEWORKS = frozenset({"tensorflow", "torch"})
"""What only the notebooks decide: gigabytes that a kit without them can do without."""


@dataclass(frozen=True)
class Project:
    """A checkout of the course; raises `Trouble` where there is none."""

    root: Path

    def __post_init__(self) -> None:
        missing = [name for name in ("pyproject.toml", "constraints.txt") if not (self.root / name).is_file()]
        if missing:
            raise Trouble(
                f"A kit is made from a checkout of the course, and {self.root} is none: it lacks "
                f"{' and '.join(missing)}. Clone the repository and run its own `gd kit`."
            )

    @cached_property
    def table(self) -> dict[str, Any]:
        """What pyproject.toml says."""
        return tomllib.loads((self.root / "pyproject.toml").read_text(encoding="utf-8"))

    @property
    def pythons(self) -> str:
        """The Pythons that are supported, as in ">=3.11,<3.14"."""
        return str(self.table["project"]["requires-python"])

    @cached_property
    def contract(self) -> dict[str, Any]:
        """The import contract on what students get."""
        contracts = self.table["tool"]["importlinter"]["contracts"]
        return next(contract for contract in contracts if contract["name"] == CONTRACT)

    @cached_property
    def code(self) -> dict[str, bytes]:
        """The safe modules, and the `__init__.py` of the packages around them, by their paths in the wheel."""
        paths = set()
        for module in self.contract["source_modules"]:
            *packages, name = module.split(".")
            paths |= {Path(*packages[: depth + 1], "__init__.py") for depth in range(len(packages))}
            here = Path(*packages, name)
            inside = (self.root / here).rglob("*.py")
            paths |= {path.relative_to(self.root) for path in inside} or {here.with_suffix(".py")}
        return {path.as_posix(): (self.root / path).read_bytes() for path in sorted(paths)}

    @cached_property
    def data(self) -> dict[str, str]:
        """The data files: where each lies in the checkout, and where in the wheel."""
        return dict(self.table["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"])

    @cached_property
    def licences(self) -> tuple[str, ...]:
        """The names of the licence files."""
        return tuple(self.table["project"]["license-files"])

    def dependencies(self, names: Iterable[str]) -> list[str]:
        """Return the named ones of the project's dependencies."""
        wanted = {canonicalize_name(name) for name in names}
        return [
            dependency
            for dependency in self.table["project"]["dependencies"]
            if canonicalize_name(Requirement(dependency).name) in wanted
        ]

    def needed_by_code(self) -> list[str]:
        """Return the dependencies of the safe modules, whatever the notebooks are."""
        names = imported(b"\n".join(self.code.values()).decode())
        return self.dependencies((TOOLS | names) - FRAMEWORKS)

    def pins(self, dependencies: Iterable[str]) -> list[str]:
        """Return the lines of constraints.txt on these dependencies; one may have several, with a marker each."""
        wanted = {canonicalize_name(Requirement(dependency).name) for dependency in dependencies}
        lines = self.constraints().splitlines()
        return [line for line in lines if canonicalize_name(Requirement(line).name) in wanted]

    def constraints(self) -> str:
        """Return constraints.txt without its comments, which are for whoever makes it."""
        lines = (self.root / "constraints.txt").read_text(encoding="utf-8").splitlines()
        return "".join(f"{line}\n" for line in lines if not line.startswith("#"))


def imported(source: str) -> frozenset[str]:
    """Return the top-level packages that lines of Python import, wherever they stand in it.

    >>> sorted(imported("import numpy as np") | imported("    from torch.nn import functional"))
    ['numpy', 'torch']
    """
    return frozenset(re.findall(r"^[ \t]*(?:import|from)[ \t]+(\w+)", source, re.MULTILINE))
