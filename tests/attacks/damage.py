"""Damage to the file: what text editors, synchronised folders, version control and uploads do to it."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable

from gdhelpers.autograder.assignment import Assignment
from tests.attacks.attack import PS1, Attack, deserved
from tests.attacks.handin import Build, Notebook, answers, changed, find, rewritten, solved, written


def _readable(name: str, what: str, build: Build, *lost: str, says: str | None = None) -> Attack:
    """Damage after which right answers can still be read, all but those of the `lost` functions."""
    return Attack(name, "damage", PS1, what, build, deserved(PS1, *lost), says=says)


def _broken(name: str, what: str, build: Build, says: str | None = None) -> Attack:
    """Damage after which nothing can be read."""
    return Attack(name, "damage", PS1, what, build, {}, status="broken", says=says)


def _bytes(content: bytes) -> Build:
    return lambda _: content


def _zipped(text: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("autograd.ipynb", text)
    return file.getvalue()


def _conflict(text: str) -> str:
    half = text.index('"metadata"', len(text) // 2)
    return f"{text[:half]}<<<<<<< HEAD\n=======\n>>>>>>> theirs\n{text[half:]}"


def _cells(value: object) -> Callable[[Notebook], object]:
    return lambda notebook: notebook.update(cells=value)


def _deep(text: str) -> str:
    return text.replace('"cells"', f'"deep": {"[" * 200_000}{"]" * 200_000}, "cells"', 1)


def _listed(assignment: Assignment) -> bytes:
    return written([solved(assignment)])


def _compact(assignment: Assignment) -> bytes:
    return json.dumps(solved(assignment), ensure_ascii=False, separators=(",", ":")).encode()


def _escaped(text: str) -> str:
    """Write every character that can be escaped as an escape, as some exporters do."""
    return text.replace("def derivative(", "def d\\u0065rivative(")


UNREADABLE = (
    _broken("empty", "The file is empty.", _bytes(b""), "empty"),
    _broken("white-space", "The file holds white space.", _bytes(b" \n\n"), "empty"),
    _broken("nul-bytes", "A disk left NUL bytes.", _bytes(b"\0" * 4096)),
    _broken("random-bytes", "The file holds bytes of no text.", _bytes(bytes(range(256)) * 16), "UTF-8"),
    _broken("truncated", "The upload stopped half-way.", rewritten(lambda text: text[: len(text) // 2]), "not JSON"),
    _broken("truncated-by-a-line", "The last brace is missing.", rewritten(lambda text: text.rstrip()[:-1]), "JSON"),
    _broken("twice-in-a-row", "The file was appended to itself.", rewritten(lambda text: text + text), "JSON"),
    _broken("trailing-comma", "An editor left a comma.", rewritten(lambda t: t.replace("\n}", ",\n}", 1)), "JSON"),
    _broken("single-quotes", "It is Python's way to write a dict.", rewritten(lambda t: str(json.loads(t))), "JSON"),
    _broken("merge-conflict", "The marks of a merge conflict are in it.", rewritten(_conflict), "JSON"),
    _broken("utf-16", "An editor wrote UTF-16.", rewritten(lambda text: text.encode("utf-16"))),
    _broken("latin-1", "An editor wrote Latin-1.",
            rewritten(lambda text: text.replace("Problem", "Übung", 1).encode("latin-1")), "UTF-8"),
    _broken("html-export", "The HTML export was handed in.", _bytes(b"<!DOCTYPE html><html></html>"), "JSON"),
    _broken("python-export", "The script was handed in.", _bytes(b"# coding: utf-8\nimport torch\n"), "JSON"),
    _broken("zipped", "A zip was renamed.", rewritten(_zipped)),
    _broken("pdf", "A PDF was renamed.", _bytes(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n")),
    _broken("link", "A pointer of Git LFS was handed in.",
            _bytes(b"version https://git-lfs.github.com/spec/v1\n"), "JSON"),
    _broken("json-list", "The notebook is wrapped in a list.", _listed, "no list of cells"),
    _broken("json-number", "The file holds a number.", _bytes(b"42"), "no list of cells"),
    _broken("json-null", "The file holds null.", _bytes(b"null"), "no list of cells"),
    _broken("json-string", "The file holds a string.", rewritten(json.dumps), "no list of cells"),
    _broken("no-cells", "There is no list of cells.", changed(lambda n: n.pop("cells")), "no list of cells"),
    _broken("cells-null", "The list of cells is null.", changed(_cells(None)), "no list of cells"),
    _broken("cells-a-dict", "The cells are no list.", changed(_cells({"0": {}})), "no list of cells"),
    _broken("deeply-nested", "The JSON is nested 200 000 deep.", rewritten(_deep), "deeply"),
    _broken("very-long-number", "A number has a million digits.",
            rewritten(lambda text: text.replace('"nbformat": 4', f'"nbformat": {"9" * 10**6}', 1)), "number"),
    _broken("sixty-megabytes", "The file is larger than what is read.",
            rewritten(lambda text: text + " " * (60 * 2**20)), "larger"),
)  # fmt: skip

EMPTY = (
    _readable("no-cell-at-all", "The list of cells is empty.", changed(_cells([])), *(
        "derivative", "accumulated_grad", "descend", "minimise"), says="not answered"),
    _readable("cells-of-strings", "The cells are strings.", changed(_cells(["def derivative(f, x): ..."])), *(
        "derivative", "accumulated_grad", "descend", "minimise"), says="not answered"),
    _readable("cells-twice", "The key `cells` comes twice, and the second list is empty.",
              rewritten(lambda text: text.rstrip()[:-1].rstrip() + ',\n "cells": []\n}\n'), *(
        "derivative", "accumulated_grad", "descend", "minimise"), says="not answered"),
)  # fmt: skip

TEXT = (
    _readable("byte-order-mark", "An editor wrote a byte order mark.", rewritten(lambda text: "\ufeff" + text)),
    _readable("carriage-returns-in-the-file", "Windows line ends.", rewritten(lambda text: text.replace("\n", "\r\n"))),
    _readable("one-line", "The file is one line.", _compact),
    _readable("characters-escaped", "Letters are written as escapes.", rewritten(_escaped)),
    _readable("nan-in-metadata", "The metadata hold NaN and infinities.", changed(
        lambda n: n["metadata"].update(a=float("nan"), b=float("-inf"), c=1e308))),
    _readable("number-too-large", "The format's number is out of range.",
              rewritten(lambda text: text.replace('"nbformat": 4', '"nbformat": 1e999', 1))),
    _readable("newer-nbformat", "The notebook says that it is of nbformat 5.", changed(lambda n: n.update(nbformat=5))),
    _readable("no-nbformat", "The notebook does not say its format.", changed(lambda n: n.pop("nbformat"))),
    _readable("nested-metadata", "Metadata are nested 300 deep.", changed(
        lambda n: n["metadata"].update(deep=json.loads("[" * 300 + "]" * 300)))),
    _readable("surrogate", "A comment holds half of an emoji.", changed(
        lambda n: find(n, "derivative").update(source=find(n, "derivative")["source"] + "\n# \ud83d"))),
    _readable("surrogate-in-metadata", "The metadata hold half of an emoji.", changed(
        lambda n: n["metadata"].update({"\ud83d": "\ude00"}))),
    _readable("nul-in-a-comment", "A comment holds a NUL, which Python does not read.", changed(
        lambda n: find(n, "derivative").update(source="# \0\n" + find(n, "derivative")["source"])),
        "derivative"),
    _readable("carriage-returns-in-cells", "Cells have Windows line ends.", changed(
        lambda n: [cell.update(source=cell["source"].replace("\n", "\r\n")) for cell in n["cells"]])),
    _readable("old-mac-line-ends", "Cells have the line ends of old Macs.", changed(
        lambda n: [cell.update(source=cell["source"].replace("\n", "\r")) for cell in answers(n)])),
    _readable("tabs", "An editor made tabs of spaces.", changed(
        lambda n: [cell.update(source=cell["source"].replace("    ", "\t")) for cell in answers(n)])),
    _readable("trailing-white-space", "Lines end in spaces.", changed(
        lambda n: [cell.update(source=cell["source"].replace("\n", "  \n") + "  \n\n\n") for cell in n["cells"]])),
    _readable("quotes-made-pretty", "An editor made quotes pretty, so that one cell is no Python.", changed(
        lambda n: find(n, "derivative").update(source=find(n, "derivative")["source"].replace('"', "\u201d"))),
        "derivative", says="not defined"),
    _readable("hard-spaces", "Spaces are hard ones, so that one cell is no Python.", changed(
        lambda n: find(n, "derivative").update(source=find(n, "derivative")["source"].replace("    ", "\u00a0" * 4))),
        "derivative", says="not defined"),
    _readable("form-feeds", "A form feed and a line separator stand in a comment.", changed(
        lambda n: find(n, "derivative").update(source=find(n, "derivative")["source"] + "\n# a\u2028b\n\x0c\n"))),
)  # fmt: skip

ATTACKS = UNREADABLE + EMPTY + TEXT
