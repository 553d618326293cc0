"""Looking at the installation: what is there, what is missing, what the sandbox holds, and what to do about it."""

from __future__ import annotations

import platform
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, metadata, requires, version

from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from gdhelpers import system
from gdhelpers.autograder import first_kernel
from gdhelpers.autograder.course import Course
from gdhelpers.autograder.surroundings import hidden, root_folder
from gdhelpers.environment import CHECKOUT, activate
from gdhelpers.kernels import preload
from gdhelpers.sandbox.trial import Trial, trials
from gdhelpers.trouble import Trouble

REINSTALL = "If the machine is not just busy, install again: make clean demo"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; `remedy` says what to do where it is not as it should be."""

    what: str
    state: str
    remedy: str | None = None

    def __str__(self) -> str:
        line = f"[{'miss' if self.remedy else ' ok '}] {self.what}: {self.state}"
        return f"{line}\n       -> {self.remedy}" if self.remedy else line


def examine_installation() -> int:
    """Print what was found; return 1 when something is missing."""
    activate()
    looks = LOOKS
    if not system.lacking():
        first_kernel.warm()  # imports while the rest is looked at
        looks += (_first_kernel, _sandbox)
    findings = [finding for look in looks for finding in look()]
    for finding in findings:
        print(finding)
    missing = sum(finding.remedy is not None for finding in findings)
    print(f"{missing} of {len(findings)} things are missing." if missing else "All is in place.")
    return 1 if missing else 0


def _python() -> Iterator[Finding]:
    fitting = metadata("gdhelpers")["Requires-Python"]
    good = SpecifierSet(fitting).contains(platform.python_version(), prereleases=True)
    remedy = (
        f"Remove .venv and run: make demo. It takes the newest Python that fits ({fitting}), or says how to get one"
    )
    yield Finding("Python", platform.python_version(), None if good else remedy)


def _packages() -> Iterator[Finding]:
    for line in requires("gdhelpers") or []:
        requirement = Requirement(line)
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
            continue
        remedy = f"Run: {sys.executable} -m pip install -c constraints.txt '{requirement}'"
        try:
            installed = version(requirement.name)
        except PackageNotFoundError:
            yield Finding(requirement.name, "not installed", remedy)
            continue
        suits = requirement.specifier.contains(installed, prereleases=True)
        yield Finding(
            requirement.name,
            installed if suits else f"{installed}, but {requirement.specifier} is needed",
            None if suits else remedy,
        )
    if re.search(r"\+cu|^(?!.*\+)", version("torch")) and system.LINUX:
        yield Finding("torch's build", "may bring CUDA, which the course does not use and which takes gigabytes")


def _commands() -> Iterator[Finding]:
    for command in ("alembic", "jupyter", "nbgrader"):
        found = shutil.which(command)
        yield Finding(
            f"the command {command}",
            "found" if found else "not found",
            None if found else "Install the project again: make demo",
        )


def _kernel() -> Iterator[Finding]:
    try:
        spec = KernelSpecManager().get_kernel_spec("python3")
        yield Finding("the kernel python3", spec.display_name)
    except NoSuchKernel:
        yield Finding("the kernel python3", "not found", f"Run: {sys.executable} -m ipykernel install --sys-prefix")


def _data() -> Iterator[Finding]:
    from gdhelpers import data

    for name, load in (("regression", data.load_regression), ("classification", data.load_classification)):
        try:
            yield Finding(f"data: {name}", f"{len(load())} rows, checksum as expected")
        except data.DataError as error:
            yield Finding(f"data: {name}", "missing or altered", str(error))


def _sandbox() -> Iterator[Finding]:
    """Try to break out of each layer of the sandbox, and out of all of them together."""
    from gdhelpers import sandbox

    weaker = "Grading refuses to begin without it, unless nbgrader_config.py allows that: c.Examiner.do_without = {}"
    missing = sandbox.missing()
    for layer, why in missing.items():
        yield Finding(f"sandbox: {layer}", f"not there: {why}", weaker.format(sorted(missing)))
    yield Finding("sandbox: profile", sandbox.profile())
    if sandbox.profile() == "container":
        # It is made now if it is not there; an image of a container can bring it.
        yield Finding("sandbox: root folder", str(root_folder(hidden(CHECKOUT))))
    remedy = "Do not grade submissions here. Please report it, see docs/security.md"
    if not system.LINUX:
        remedy = "Only Linux can refuse all of this: grade there, or nobody's work but that of people you trust"
    tried: dict[str, list[Trial]] = {}
    for trial in trials():
        tried.setdefault(trial.layer, []).append(trial)
    for layer, found in tried.items():
        broken = [f"{trial.what} ({trial.detail})" for trial in found if not trial.holds]
        state = f"holds; it was tried in {len(found)} ways" if not broken else f"does not hold: {'; '.join(broken)}"
        yield Finding(f"sandbox: {layer}", state, remedy if broken else None)


def _course() -> Iterator[Finding]:
    try:
        course = Course(CHECKOUT)
        yield Finding("assignments", ", ".join(course.assignments()))
    except Trouble as error:
        yield Finding("assignments", "not found", str(error))


def _grading() -> Iterator[Finding]:
    try:
        system.demand_grading()
    except Trouble as error:
        yield Finding("grading", "not on this system", str(error))


def _first_kernel() -> Iterator[Finding]:
    """Begin as grading does."""
    kernel = first_kernel.begin(CHECKOUT)
    for name, why in kernel.left_out.items():
        yield Finding(
            f"importing {name} ahead", f"left out, because that {why}; to try it again, remove {preload.FOUND}"
        )
    if kernel.trouble is not None:
        remedy = f"Nothing can be graded before this is mended. {REINSTALL}"
        yield Finding("a kernel for a submission", kernel.trouble, remedy)
        return
    yield Finding("a kernel for a submission", f"forked, and done after {kernel.seconds:.1f} s")
    for name, wrong in kernel.wrong.items():
        state = "a slope, as it should be" if wrong is None else wrong
        yield Finding(f"a slope by {name}", state, None if wrong is None else REINSTALL)


LOOKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    _python, _packages, _commands, _kernel, _data, _course, _grading,
)  # fmt: skip
