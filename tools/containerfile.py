"""The instructions of a Containerfile, and what a build with it may copy.

Only what our own file uses is understood; everything else is refused, so that no step is left out without a word.
"""

import json
import re
import shlex
import string
from dataclasses import dataclass
from pathlib import Path

KNOWN = ("FROM", "ARG", "RUN", "COPY", "ENV", "USER", "WORKDIR", "ENTRYPOINT", "CMD", "EXPOSE")
PLAIN = ("RUN", "ENTRYPOINT", "CMD")
"""Instructions whose variables a shell fills in, if anything does."""


class RefusalError(Exception):
    """The file holds what is not understood; the text says what and where."""


@dataclass(frozen=True)
class Instruction:
    """One instruction: its keyword, and its text or, if it is written as a list, its words."""

    keyword: str
    value: str | list[str]
    line: int

    def __str__(self) -> str:
        return f"{self.keyword} {self.value if isinstance(self.value, str) else json.dumps(self.value)}"


def instructions(text: str) -> list[Instruction]:
    """Return the instructions of a Containerfile."""
    found, start, pending = [], 0, ""
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        start = start if pending else number
        pending += line.strip()
        if pending.endswith("\\"):
            pending = pending[:-1]
            continue
        found.append(_instruction(pending, start))
        pending = ""
    if pending:
        raise RefusalError(f"Line {start}: the instruction has no end.")
    return found


def _instruction(text: str, line: int) -> Instruction:
    keyword, _, rest = text.partition(" ")
    keyword, rest = keyword.upper(), rest.strip()
    if keyword not in KNOWN:
        raise RefusalError(f"Line {line}: {keyword} is not understood here; {', '.join(KNOWN)} are.")
    if rest.startswith("--"):
        raise RefusalError(f"Line {line}: options of {keyword} are not understood here: {rest.split()[0]}")
    if not rest:
        raise RefusalError(f"Line {line}: {keyword} says nothing.")
    if rest.startswith("["):
        return Instruction(keyword, json.loads(rest), line)
    return Instruction(keyword, rest, line)


def filled_in(instruction: Instruction, variables: dict[str, str]) -> str:
    """Return the text of an instruction with the variables put in that are known by then."""
    if not isinstance(instruction.value, str):
        raise RefusalError(f"Line {instruction.line}: {instruction.keyword} is not understood as a list.")
    try:
        return string.Template(instruction.value).substitute(variables)
    except (KeyError, ValueError) as error:
        raise RefusalError(f"Line {instruction.line}: a variable has no value: {error}") from error


def assignments(text: str) -> dict[str, str]:
    """Return what `ENV A=1 B=2` or `ARG A=1` sets; an argument without a value sets nothing."""
    return dict(word.split("=", 1) for word in shlex.split(text) if "=" in word)


@dataclass(frozen=True)
class Context:
    """What a build may copy: what .dockerignore names, out of a folder of which it takes nothing else."""

    folder: Path
    names: tuple[str, ...]
    nowhere: tuple[str, ...]
    """Names that are left out wherever they stand."""

    @classmethod
    def of(cls, folder: Path) -> "Context":
        """Read .dockerignore, which has to begin with `*`, then `!name` and `**/name` lines."""
        lines = (folder / ".dockerignore").read_text(encoding="utf-8").splitlines()
        rules = [line for line in lines if line and not line.startswith("#")]
        if rules[:1] != ["*"]:
            raise RefusalError(".dockerignore has to take everything out first, with a line `*`.")
        for rule in rules[1:]:
            if not re.fullmatch(r"(!|\*\*/)[\w.-]+", rule):
                raise RefusalError(f".dockerignore: {rule!r} is not understood here; `!name` and `**/name` are.")
        names = tuple(rule[1:] for rule in rules[1:] if rule.startswith("!"))
        return cls(folder, names, tuple(rule[3:] for rule in rules[1:] if rule.startswith("**/")))
