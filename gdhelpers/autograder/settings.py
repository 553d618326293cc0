"""What the course's configuration says about grading: limits for a submission, and layers that may be missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

from traitlets import Dict, List
from traitlets.config import Config, Configurable

from gdhelpers import sandbox
from gdhelpers.trouble import Trouble

MIB = 2**20


@dataclass(frozen=True)
class Limits:
    """What one submission may use; the configuration sets each by its name."""

    cell_seconds: float = 60.0
    """Seconds of computing time for a cell of the student's own: training on real data may take longer than a test."""
    test_seconds: float = 20.0
    """Seconds of computing time for a test cell: what the contract of the exercises allows."""
    wall_seconds: float = 300.0
    """Seconds on the clock for either, however busy the machine is."""
    idle_seconds: float = 60.0
    """Seconds on the clock in which next to nothing is computed: what waits so long waits for ever."""
    submission_seconds: float = 1800.0
    """Seconds on the clock after which extra cells of the student's are left out, and nothing is tried again."""
    memory_mib: int = 4096
    """Memory of a process."""
    processes: int = 512
    """Processes and threads together."""
    file_mib: int = 64
    """Size of a file."""
    open_files: int = 1024
    """Files that a process holds open."""
    disk_mib: int = 256
    """Size of all files together."""
    output_mib: float = 8.0
    """What the cells may show, all together; what comes after that is cut."""

    def of_sandbox(self, cells: int) -> sandbox.Limits:
        """Return what the kernel's own limits are for a notebook of so many cells."""
        return sandbox.Limits(
            memory=self.memory_mib * MIB,
            processes=self.processes,
            file_size=self.file_mib * MIB,
            open_files=self.open_files,
            disk=self.disk_mib * MIB,
            cpu=int((cells + 1) * max(self.cell_seconds, self.test_seconds)),
        )


class Examiner(Configurable):  # type: ignore[misc]
    """The part `c.Examiner` of `nbgrader_config.py`."""

    limits = Dict(help="Limits for every submission; see gdhelpers.autograder.settings.Limits").tag(config=True)
    limits_of = Dict(help="Limits for the submissions of single assignments, by their names").tag(config=True)
    do_without = List(help="Layers of the sandbox that this system may lack").tag(config=True)


@dataclass(frozen=True)
class Settings:
    """The settings that hold for one assignment."""

    limits: Limits
    layers: tuple[str, ...] = sandbox.LAYERS

    @classmethod
    def of(cls, config: Config, assignment: str) -> Settings:
        """Read the settings; raises `Trouble` for a limit or a layer that does not exist, or is no number."""
        examiner = Examiner(config=config)
        limits = _limits({**examiner.limits, **examiner.limits_of.get(assignment, {})})
        unknown = sorted(set(examiner.do_without) - set(sandbox.LAYERS))
        if unknown:
            raise Trouble(
                f"c.Examiner.do_without in nbgrader_config.py names {', '.join(unknown)}. "
                f"The layers of the sandbox are: {', '.join(sandbox.LAYERS)}."
            )
        missing = _missing()
        refused = {layer: why for layer, why in missing.items() if layer not in examiner.do_without}
        if refused:
            reasons = "; ".join(f"{layer} ({why})" for layer, why in refused.items())
            raise Trouble(
                f"This system lacks a part of the sandbox that submissions are run in: {reasons}. Mend that, or allow "
                f"the weaker sandbox (profile {sandbox.profile()}, see docs/security.md) in nbgrader_config.py: "
                f"c.Examiner.do_without = {sorted(refused)}"
            )
        profile = sandbox.PROFILES[sandbox.profile()]
        return cls(limits, tuple(layer for layer in profile if layer not in missing))


@lru_cache
def _missing() -> dict[str, str]:
    """Return the layers that this system lacks; finding out takes a while."""
    return sandbox.missing()


def _limits(values: Mapping[str, Any]) -> Limits:
    known = {field.name for field in fields(Limits)}
    for name, value in values.items():
        if name not in known:
            raise Trouble(f"There is no limit {name!r} (nbgrader_config.py). Limits are: {', '.join(sorted(known))}.")
        if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
            raise Trouble(f"The limit {name} in nbgrader_config.py should be a number above zero, not {value!r}.")
    return Limits(**values)
