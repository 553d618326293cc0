"""The kit: what an instructor hands to students who have no access to the course's repository, as one zip file."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from gdhelpers.autograder.assignment import Assignment
from gdhelpers.autograder.course import Course
from gdhelpers.autograder.release import release_files
from gdhelpers.kit import lecture, readme, wheel
from gdhelpers.kit.project import FRAMEWORKS, Project, imported
from gdhelpers.trouble import Trouble

TIME = (2020, 2, 2, 0, 0, 0)
"""When every file of a kit was changed last, as far as the zip says: the same input gives the same bytes."""

INSTALL = Path(__file__).with_name("install.py")
"""What installs the course's repository, and a kit."""

REQUIREMENTS = """\
# What this kit needs, in the versions that it was tested with; install.py installs it.
# requires-python = "{pythons}"
--constraint constraints.txt
"""


def kit_files(course: Course, project: Project, names: Sequence[str], *, with_lecture: bool) -> dict[str, bytes]:
    """Return the files of a kit by name; raises `Trouble` when one of them holds what is for instructors only."""
    assignments = [course.assignment(name) for name in names]
    lectures = lecture.notebooks(project.root) if with_lecture else {}
    notebooks: dict[str, bytes] = {}
    for assignment in assignments:
        notebooks |= _notebook(assignment)
    wheel_name, wheel_content = wheel.build(project)
    stubs = [*lectures.values(), *(assignment.stub for assignment in assignments)]
    uses = imported("\n".join(code for stub in stubs for code in _code(stub)))
    needed = sorted({*project.needed_by_code(), *project.dependencies(uses)})
    lines = [f"./{wheel_name}", *project.pins(needed)]
    requirements = REQUIREMENTS.format(pythons=project.pythons) + "".join(f"{line}\n" for line in lines)
    copied = [*project.licences, *_data(project)]
    files = {
        **notebooks,
        **{name: lecture.content(notebook) for name, notebook in lectures.items()},
        **{name: (project.root / name).read_bytes() for name in copied},
        wheel_name: wheel_content,
        "README.md": readme.text(assignments, lectures, project, uses & FRAMEWORKS).encode(),
        "install.py": INSTALL.read_bytes(),
        "student.md": (project.root / "docs" / "student.md").read_bytes(),
        "requirements.txt": requirements.encode(),
        "constraints.txt": project.constraints().encode(),
    }
    _refuse_what_is_not_for_students(files, project)
    return files


def _notebook(assignment: Assignment) -> dict[str, bytes]:
    """Return the released notebook, made from the instructor's; whatever else lies beside that is refused."""
    try:
        files = release_files(assignment.path.parent, assignment.config)
    except RuntimeError as error:  # nbgrader's way to say that a region has no end, or stands in the wrong cell
        raise Trouble(f"{assignment.path} cannot be released: {error}") from error
    others = sorted(set(files) - {assignment.file_name})
    if others:
        raise Trouble(
            f"{', '.join(others)} in {assignment.path.parent} would be handed out as it is. "
            "A kit holds notebooks alone: put it elsewhere."
        )
    return {f"{assignment.name}/{name}": content for name, content in files.items()}


def _code(notebook: Any) -> Iterator[str]:
    for cell in notebook.cells:
        if cell.cell_type == "code":
            yield cell.source


def _data(project: Project) -> list[str]:
    """Return the names of the data files, of their cards and of the list of them."""
    cards = [str(Path(name).with_suffix(".md").as_posix()) for name in project.data]
    return ["data/README.md", *project.data, *cards]


def _refuse_what_is_not_for_students(files: Mapping[str, bytes], project: Project) -> None:
    """Look at every byte once more: the last guard against a slip anywhere before."""
    modules = "|".join(module.removeprefix("gdhelpers.") for module in project.contract["forbidden_modules"])
    marks = r"(?:BEGIN|END) (?:SOLUTION|HIDDEN TESTS|MARK SCHEME)|hidden_tests"
    secret = re.compile(rf"{marks}|(?:from|import) gdhelpers(?:\.| import )(?:{modules})\b".encode())
    for name, content in _opened(files):
        found = secret.search(content)
        if found:
            raise Trouble(
                f"{name} holds {found[0].decode()!r}, which is not for students: no kit was made. "
                "Take it out of the file that this one is made from."
            )


def _opened(files: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """Yield every file, and in place of a wheel every file in it."""
    for name, content in files.items():
        if name.endswith(".whl"):
            with zipfile.ZipFile(io.BytesIO(content)) as opened:
                yield from ((f"{name}/{inner}", opened.read(inner)) for inner in opened.namelist())
        else:
            yield name, content


def archive(files: Mapping[str, bytes], folder: str) -> bytes:
    """Return a zip of these files in one folder; the same files give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name in sorted(files):
            entry = zipfile.ZipInfo(f"{folder}/{name}", TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o100644 << 16
            made.writestr(entry, files[name])
    return buffer.getvalue()


def write(content: bytes, path: Path) -> None:
    """Write the zip, whole or not at all, over one that is there."""
    with TemporaryDirectory(dir=path.absolute().parent, prefix=".gd-kit-") as folder:
        made = Path(folder) / path.name
        made.write_bytes(content)
        made.replace(path)
