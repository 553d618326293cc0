"""A made-up class whose right scores are known: answers from the spellings, mistakes from the misconceptions."""

from __future__ import annotations

import copy
import random
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat

from gdhelpers import misconceptions, spellings
from gdhelpers.autograder.assignment import Assignment
from gdhelpers.autograder.course import Course
from gdhelpers.autograder.grading import grade
from gdhelpers.autograder.progress import Reporter
from gdhelpers.autograder.record import Record
from gdhelpers.autograder.workers import Threads
from gdhelpers.trouble import WrongCall

ASSIGNMENT = "ps3-logistic-regression"
MARKER = ".gd-demo"
NAMES = (
    "abel", "bernoulli", "cauchy", "descartes", "euler", "fermat", "gauss", "hypatia", "ito", "jacobi",
    "kovalevskaya", "lagrange", "mirzakhani", "noether", "ostrogradsky", "pascal", "quetelet", "riemann", "stokes",
    "taylor", "ulam", "vallee", "weierstrass", "young",
)  # fmt: skip


@dataclass(frozen=True)
class Pupil:
    """A made-up student: what they hand in, what kind of work it is, and the score that it deserves."""

    name: str
    work: str
    content: bytes
    score: float


WRITTEN = "A wrong gradient may still point downhill: then the loss falls, more slowly or to another place."
"""What those who answer anything write where words are asked for: a person has to grade it."""

Answers = dict[str, tuple[str, bool]]
"""For each function, the source of a cell and whether it is right."""

Work = Callable[[Assignment, random.Random], Answers]


def made_up_class(assignment: Assignment, size: int, seed: int = 1) -> list[Pupil]:
    """Make up a class of any size; the same size and seed give the same class."""
    pupils = []
    for number in range(size):
        name = NAMES[number % len(NAMES)] + (str(number // len(NAMES) + 1) if number >= len(NAMES) else "")
        kind, work = KINDS[number % len(KINDS)]
        answers = work(assignment, random.Random(f"{seed}-{name}"))  # noqa: S311 - nothing secret is drawn
        pupils.append(Pupil(name, kind, _notebook(assignment, answers), _score(assignment, answers)))
        if kind == "a broken file":
            pupils[-1] = Pupil(name, kind, pupils[-1].content[: len(pupils[-1].content) // 2], 0.0)
    return pupils


def demonstrate(folder: Path, size: int, reporter: Reporter) -> tuple[list[Record], list[str]]:
    """Make a course directory with a made-up class and grade it; return the records and what differs from the plan."""
    _clear(folder)
    course = Course(folder)
    course.trust()
    pupils = made_up_class(course.assignment(ASSIGNMENT), size)
    hand_in(course, course.assignment(ASSIGNMENT), pupils)
    records = grade(course, ASSIGNMENT, workers=Threads(), reporter=reporter).records
    return records, differences(pupils, records)


def hand_in(course: Course, assignment: Assignment, pupils: Sequence[Pupil]) -> None:
    """Put the work of a class where submissions lie."""
    for pupil in pupils:
        folder = course.folder("submitted", pupil.name, assignment.name)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / assignment.file_name).write_bytes(pupil.content)


def differences(pupils: Sequence[Pupil], records: Sequence[Record]) -> list[str]:
    """Say for each pupil whose score is not the one that the work deserves what was expected and what came."""
    scores = {record.student: record.score for record in records}
    return [
        f"{pupil.name} ({pupil.work}): expected {pupil.score:g}, got {scores.get(pupil.name)}"
        for pupil in pupils
        if scores.get(pupil.name) != pupil.score
    ]


def _clear(folder: Path) -> None:
    """Begin with an empty folder; an earlier demonstration goes away, anything else stays."""
    is_earlier = (folder / MARKER).exists()
    if not is_earlier and folder.exists() and any(folder.iterdir()):
        raise WrongCall(f"{folder} is not empty and holds no earlier demonstration. Name another folder with --out.")
    try:
        if is_earlier:
            shutil.rmtree(folder)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / MARKER).touch()
    except OSError as error:
        raise WrongCall(f"{folder} cannot be made: {error.strerror}. Name another folder with --out.") from error


def _functions(assignment: Assignment) -> list[str]:
    return list(dict.fromkeys(cell.function for cell in assignment.graded if cell.function))


def _right(function: str, draw: random.Random) -> tuple[str, bool]:
    return spellings.source(function, draw.choice(spellings.of(function))), True


def _wrong(function: str, draw: random.Random) -> tuple[str, bool]:
    return draw.choice(misconceptions.of(function)).source, False


def _all_right(assignment: Assignment, draw: random.Random) -> Answers:
    return {function: _right(function, draw) for function in _functions(assignment)}


def _mistakes(count: int) -> Work:
    def work(assignment: Assignment, draw: random.Random) -> Answers:
        functions = _functions(assignment)
        wrong = draw.sample(functions, min(count, len(functions)))
        return {function: (_wrong if function in wrong else _right)(function, draw) for function in functions}

    return work


def _half_done(assignment: Assignment, draw: random.Random) -> Answers:
    functions = _functions(assignment)
    return {function: _right(function, draw) for function in functions[: len(functions) // 2]}


def _untouched(assignment: Assignment, draw: random.Random) -> Answers:
    del assignment, draw
    return {}


def _slip(cell: str) -> Work:
    """Everything is right but for one cell, which does not even run."""

    def work(assignment: Assignment, draw: random.Random) -> Answers:
        answers = _all_right(assignment, draw)
        function = draw.choice(sorted(answers))
        return answers | {function: (cell.format(name=function), False)}

    return work


KINDS: tuple[tuple[str, Work], ...] = (
    ("all right", _all_right),
    ("one mistake", _mistakes(1)),
    ("two mistakes", _mistakes(2)),
    ("all right", _all_right),
    ("half done", _half_done),
    ("one mistake", _mistakes(1)),
    ("untouched", _untouched),
    ("a slip of syntax", _slip("def {name}(*arguments)\n    return 0.0")),
    ("three mistakes", _mistakes(3)),
    ("a broken file", _all_right),
    ("a forgotten return", _slip("def {name}(*arguments):\n    0.0")),
    ("a cell that ends Python", _slip("import os\n\nos._exit(1)")),
)


def _notebook(assignment: Assignment, answers: Answers) -> bytes:
    notebook = copy.deepcopy(assignment.stub)
    written = [cell.grade_id for cell in assignment.graded if cell.kind == "manual"] if answers else []
    for cell in notebook.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        if grade_id in answers:
            cell.source = answers[grade_id][0]
        elif grade_id in written:
            cell.source = WRITTEN
    text: str = nbformat.writes(notebook)
    return (text + "\n").encode()


def _score(assignment: Assignment, answers: Answers) -> float:
    return sum(cell.points for cell in assignment.graded if _earned(cell.grade_id, cell.function, answers))


def _earned(grade_id: str, function: str | None, answers: Answers) -> bool:
    """Whether a cell earns its points; the tape point also asks how the gradient was computed."""
    source, right = answers.get(function or "", ("", False))
    return right and (not grade_id.endswith("-tape") or "Tape" in source)
