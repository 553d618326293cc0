"""The files of a submitted folder, and which of them is graded: what they hold decides, not what they are called."""

from __future__ import annotations

import os
import re
from collections import deque
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import islice
from pathlib import Path

from gdhelpers.autograder import handed_in
from gdhelpers.autograder.assignment import Assignment
from gdhelpers.autograder.outputs import writable
from gdhelpers.autograder.rebuild import Rebuilt, is_of, rebuild
from gdhelpers.autograder.submission import LINK, NOT_SEARCHED, SIZE_LIMIT, Cell, Submission, Unreadable, read_cells

NOT_WORK = {handed_in.NOTE, ".DS_Store"}
"""What the exchange or an operating system puts beside a submission."""

CHECKPOINTS = ".ipynb_checkpoints"
"""Where JupyterLab keeps what a notebook was when it was saved last."""

ENTRY_LIMIT = 100_000
"""Files and folders of a submission beyond which it is not searched."""

PATH_LIMIT = 2000
"""Bytes of a path beyond which it is not followed: the system takes none of more than 4096."""

READ = 20
"""How many files are read to find the one with the answers, those with the closest names first."""

_NOTEBOOK = re.compile(r"\.ipynb\b|\.(json|txt)$", re.IGNORECASE)
"""The names of files that may be notebooks: `.ipynb.txt` is what some browsers and mail programs make of one."""

_COPY = re.compile(r"(?:[ _-]*\((\d+)\)|-Copy(\d*)|[ _-]*copy ?(\d*)|[ _-]+v?(\d+))$", re.IGNORECASE)
"""How the names of copies end; a larger number is a later copy."""


def find(folder: Path, assignment: Assignment, student: str) -> Submission | None:
    """Return what a student submitted in `folder`, or None where there is no notebook.

    The notebook may have another name than the released one. Of several, one of this assignment in which something is
    answered wins over all others; of two with different answers, the later one.
    """
    if folder.is_symlink():
        return Submission(student, LINK.encode())
    files, is_whole = _files(folder)
    oddities = [] if is_whole else ["not all of the submitted folder was searched"]
    _, problem = handed_in.noted(folder, assignment.config)
    oddities += [problem] if problem and files else []
    maybe = [path for path in files if _may_be_notebook(path)]
    named = sorted(maybe, key=lambda path: _distance(path, folder, assignment.file_name))
    notebooks = [path for path in named if CHECKPOINTS not in path.parts] or named
    if not notebooks:
        return _other_file(files, student, oddities, is_whole)
    read = list(_within_limit(notebooks))
    candidates = [_Candidate(path, folder, assignment) for path in read]
    # A text beside a notebook is no notebook that could not be read.
    candidates = [one for one in candidates if ".ipynb" in one.name.lower() or one.cells is not None] or candidates[:1]
    chosen = _chosen(candidates)
    if chosen.name != assignment.file_name:
        oddities.append(f"the notebook is named {chosen.name}, not {assignment.file_name}")
    left = [f"{one.name} ({_why_left(one, chosen)})" for one in candidates if one is not chosen]
    left += [f"{len(notebooks) - len(read)} more (not read)"] if len(notebooks) > len(read) else []
    if left:
        oddities.append(f"{chosen.name} was graded; left were {', '.join(left)}")
    return Submission(student, _content(chosen.path), tuple(oddities), chosen.name, tuple(left))


class _Candidate:
    """A file that may be the notebook, and what it holds of the assignment."""

    def __init__(self, path: Path, folder: Path, assignment: Assignment) -> None:
        self.path, self._assignment = path, assignment
        self.name = writable(path.relative_to(folder).as_posix())

    @cached_property
    def cells(self) -> list[Cell] | None:
        """The cells, or None where the file is no notebook."""
        try:
            return read_cells(_content(self.path))
        except Unreadable:
            return None

    @cached_property
    def belongs(self) -> bool:
        """Whether this is a notebook of the assignment."""
        return self.cells is not None and is_of(self._assignment, self.cells)

    @cached_property
    def answers(self) -> dict[str, str]:
        """What the student wrote: answers that differ from what was released, and extra cells, by their ids."""
        rebuilt: Rebuilt = rebuild(self._assignment, self.cells or [])
        released = {cell.id: cell.source for cell in self._assignment.stub.cells}
        return {cell.id: cell.source for cell in rebuilt.notebook.cells if released.get(cell.id) != cell.source}

    @property
    def rank(self) -> tuple[bool, bool, bool]:
        """How much speaks for this file; of the lecture's notebooks something may be defined, too."""
        return bool(self.belongs and self.answers), bool(self.answers), self.belongs

    @property
    def copy(self) -> tuple[str, int]:
        """The name without what copying added, and the number of the copy."""
        stem = re.sub(r"\.ipynb.*", "", self.path.name, flags=re.IGNORECASE)
        found = _COPY.search(stem)
        number = next((int(digits or 1) for digits in found.groups() if digits is not None), 0) if found else 0
        return (stem[: found.start()] if found else stem), number


def _chosen(candidates: Sequence[_Candidate]) -> _Candidate:
    """Return the file to be graded; candidates come in the order in which their names are near."""
    if len(candidates) == 1:
        return candidates[0]
    best = max(one.rank for one in candidates)
    finest = [one for one in candidates if one.rank == best]
    if all(one.answers == finest[0].answers for one in finest):
        return finest[0]
    if len({one.copy[0] for one in finest}) == 1 and len({one.copy[1] for one in finest}) > 1:
        return max(finest, key=lambda one: one.copy[1])
    return max(finest, key=lambda one: one.path.stat().st_mtime)  # of those of one time, the nearest name


def _why_left(one: _Candidate, chosen: _Candidate) -> str:
    if one.cells is None:
        return "it is no notebook that can be read"
    if not one.belongs and chosen.belongs:
        return "it is none of this assignment"
    if not one.answers:
        return "nothing is answered in it"
    same = one.answers == chosen.answers
    return "it has the same answers" if same else "it has other answers, so a person has to see which count"


def _may_be_notebook(path: Path) -> bool:
    return path.name not in NOT_WORK and _NOTEBOOK.search(path.name) is not None


def _within_limit(paths: Sequence[Path]) -> Iterator[Path]:
    """Yield the files that are read: the first, and others that are not too many or too large all together."""
    room = SIZE_LIMIT
    for path in paths[:READ]:
        room -= path.stat().st_size if path != paths[0] else 0
        if room >= 0:
            yield path


def _other_file(files: Sequence[Path], student: str, oddities: Sequence[str], is_whole: bool) -> Submission | None:
    """Return what was handed in where no file is named as a notebook; None where nothing was."""
    others = [path for path in files if path.name not in NOT_WORK]
    if others:
        name = writable(others[0].name)
        return Submission(student, _content(others[0]), (*oddities, f"no notebook, but {name}"), name)
    return Submission(student, NOT_SEARCHED.encode(), tuple(oddities)) if oddities and not is_whole else None


def _files(folder: Path) -> tuple[list[Path], bool]:
    """Return the files in a folder, in order, and whether all of it was searched.

    Links are not followed: what they lead to is read with the grader's rights, and may be another's work.
    """
    files: list[Path] = []
    folders, entries, is_whole = deque([str(folder)] if folder.is_dir() else []), 0, True
    while folders and entries < ENTRY_LIMIT:
        with os.scandir(folders.popleft()) as found:  # the nearest first
            for entry in islice(found, ENTRY_LIMIT - entries):
                entries += 1
                if len(os.fsencode(entry.path)) > PATH_LIMIT:
                    is_whole = False
                elif entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                elif entry.is_file(follow_symlinks=False):
                    files.append(Path(entry.path))
                elif entry.name.endswith(".ipynb"):  # a link
                    is_whole = False
    return sorted(files), is_whole and entries < ENTRY_LIMIT


def _content(path: Path) -> bytes:
    """Read a file as far as is needed to know that it is too large: it may claim any size."""
    with path.open("rb") as file:
        return file.read(SIZE_LIMIT + 1)


def _distance(path: Path, folder: Path, name: str) -> tuple[bool, bool, bool, int, str]:
    depth = len(path.relative_to(folder).parts)
    odd = path.name.startswith(".") or ".ipynb" not in path.name.lower()
    return path.name != name, odd, Path(name).stem not in path.stem, depth, path.name
