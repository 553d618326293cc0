"""What a student's code put out and what stands in cells of text, reduced to bounded text and pictures."""

from __future__ import annotations

import base64
import binascii
import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nbformat import from_dict

TEXT_LIMIT = 50_000
"""Characters of text that are shown of one cell's outputs."""

PICTURE_LIMIT = 2 * 2**20
"""Bytes that one picture may have."""

OUTPUT_LIMIT = 100
"""Outputs that are shown of one cell."""

NOTEBOOK_LIMIT = 16 * 2**20
"""Bytes of text and pictures that are shown of a whole notebook."""

PICTURES = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
"""The types of pictures that are shown, and how such a file begins."""

ATTACHED = PICTURES | {"image/gif": b"GIF8"}
"""The types of pictures that a cell of text may hold."""

SHOWN = (*PICTURES, "text/plain")
"""The types of what is shown, the best first."""


def harmless(notebook: Any) -> Any:
    """Return a notebook of which outputs hold nothing but bounded text and pictures.

    Metadata of outputs and whatever is ill-typed are dropped; a sentence stands for what was cut. A picture that is
    written into a text, as a `data:` address, becomes an attachment of its cell.
    """
    notebook = copy.deepcopy(notebook)
    for name in notebook.metadata.keys() - {"kernelspec", "language_info"}:
        del notebook.metadata[name]
    if "language_info" in notebook.metadata:  # what a kernel said of itself
        notebook.metadata.language_info = from_dict({"name": "python", "pygments_lexer": "ipython3"})
    room = NOTEBOOK_LIMIT
    for cell in notebook.cells:
        attachments = cell.pop("attachments", None)
        cell.source = writable(joined(cell.source))
        if cell.cell_type == "markdown":
            room -= _put_pictures(cell, attachments if isinstance(attachments, dict) else {}, room)
        if cell.cell_type == "code":
            cell.execution_count = _count(cell.get("execution_count"))
            shown = _Shown(min(room, TEXT_LIMIT), room)
            cell.outputs = list(shown.outputs(cell.get("outputs")))
            room = shown.room
    return notebook


_WRITTEN = re.compile(r"data:(image/[a-z]{1,10});base64,([A-Za-z0-9+/=]+)")


def _put_pictures(cell: Any, attachments: dict[str, Any], room: int) -> int:
    """Leave of what is attached to a cell of text, or written into it, the pictures; return how much room they take."""
    given = {str(name): bundle for name, bundle in attachments.items() if isinstance(bundle, dict)}

    def attach(found: re.Match[str]) -> str:
        name = f"picture-{len(given)}.{found[1].removeprefix('image/')}"
        given[name] = {found[1]: found[2]}
        return f"attachment:{name}"

    cell.source = _WRITTEN.sub(attach, cell.source)
    kept: dict[str, dict[str, str]] = {}
    taken, problems = 0, []
    for name, bundle in given.items():
        kind = next((kind for kind in ATTACHED if kind in bundle), "")
        picture, problem = _picture(kind, bundle.get(kind), room - taken)
        if picture and len(kept) < OUTPUT_LIMIT:
            kept[writable(name)] = {kind: picture}
            taken += len(picture)
        else:
            problems.append(problem or "[A picture is left out: there are too many.]")
    if kept:
        cell.attachments = from_dict(kept)
    if problems:
        cell.source = "\n\n".join([cell.source, *dict.fromkeys(problems)])
    return taken


@dataclass
class _Shown:
    """The outputs of one cell, as far as there is room for them: `text` characters, and `room` bytes in all."""

    text: int
    room: int

    def outputs(self, outputs: Any) -> Iterator[Any]:
        """Yield what is shown of the outputs of a cell."""
        outputs = [output for output in outputs if isinstance(output, dict)] if isinstance(outputs, list) else []
        for output in outputs[:OUTPUT_LIMIT]:
            yield from self._output(output)
        if len(outputs) > OUTPUT_LIMIT:
            yield _said(f"{len(outputs) - OUTPUT_LIMIT} more outputs of this cell are left out.")

    def _output(self, output: Any) -> Iterator[Any]:
        kind = output.get("output_type")
        if kind == "stream":
            name = "stderr" if output.get("name") == "stderr" else "stdout"
            yield _node("stream", name=name, text=self._text(output.get("text")))
        elif kind == "error":
            trace = output.get("traceback")
            lines = self._text("\n".join(joined(line) for line in trace) if isinstance(trace, list) else "")
            evalue = plain(joined(output.get("evalue")))[:TEXT_LIMIT]
            name = plain(joined(output.get("ename")))[:TEXT_LIMIT]
            yield _node("error", ename=name, evalue=evalue, traceback=lines.split("\n") if lines else [])
        elif kind in ("display_data", "execute_result"):
            data = output.get("data")
            shown = dict(self._data(data if isinstance(data, dict) else {}))
            more = {"execution_count": _count(output.get("execution_count"))} if kind == "execute_result" else {}
            yield _node(kind, data=shown or {"text/plain": _NOTHING}, metadata={}, **more)

    def _data(self, data: dict[str, Any]) -> Iterator[tuple[str, str]]:
        said = ""
        for kind in PICTURES:
            if kind in data:
                picture, problem = _picture(kind, data[kind], self.room)
                self.room -= len(picture)
                said = said or problem
                if picture:
                    yield kind, picture
                    said = ""
                    break
        if isinstance(data.get("text/plain"), str | list) or said:
            text = self._text(data.get("text/plain"))
            yield "text/plain", "\n".join(filter(None, (text, said)))

    def _text(self, value: Any) -> str:
        """Return a text as far as there is room for it."""
        text = joined(value)
        cut = max(len(text) - self.text, 0)
        shown = text[: self.text]
        self.text -= len(shown)
        self.room -= len(shown)
        return plain(shown) + (left_out(cut) if cut else "")


def _node(kind: str, **parts: Any) -> Any:
    return from_dict({"output_type": kind, **parts})


def _said(sentence: str) -> Any:
    return _node("stream", name="stderr", text=f"[{sentence}]\n")


def left_out(characters: int) -> str:
    """Say how much of a text is not shown."""
    return f"\n[{characters:,} more characters are left out.]"


def joined(value: Any) -> str:
    """Return a text that a notebook may hold as a list of lines; anything else is no text."""
    if isinstance(value, list):
        return "".join(part for part in value if isinstance(part, str))
    return value if isinstance(value, str) else ""


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9 else None


def _picture(kind: str, value: Any, room: int) -> tuple[str, str]:
    """Return a picture in base64 and nothing, or nothing and a sentence that says what is the matter with it."""
    text = "".join(joined(value).split())
    if len(text) > PICTURE_LIMIT * 4 // 3 + 4:
        return "", f"[A picture of more than {PICTURE_LIMIT // 2**20} MiB is left out.]"
    try:
        content = base64.b64decode(text.encode("utf-8", "replace"), validate=True)
    except binascii.Error:
        content = b""
    if not (kind and content.startswith(ATTACHED[kind])):
        return "", f"[What is said to be a picture ({kind or 'of another kind'}) is none, and is left out.]"
    if len(text) > room:
        return "", "[A picture is left out: the notebook shows too much.]"
    return base64.b64encode(content).decode(), ""


_NOTHING = "[An output that is neither text nor a picture is left out.]"

# Text

_BYTE = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[0-9]{1,2})"
_COLOUR = re.compile(
    rf"\x1b\[(?:(?:[34]8;(?:5;{_BYTE}|2;{_BYTE};{_BYTE};{_BYTE})|(?![34]8)[0-9]{{1,2}}|10[0-7])(?:;(?!m)|(?=m)))*m"
)
"""A sequence of the terminal that sets colours, in the forms that nbconvert's `ansi2html` reads without an error."""

_CONTROL = re.compile(
    r"\x1b(?:\[[0-?]{0,64}[ -/]{0,8}[@-~]|\][^\x07\x1b\n]{0,2000}(?:\x07|\x1b\\)|[ -/]{0,8}[0-~])?"
    r"|[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f]"
)
_ENDS = re.compile(r"(?<!\r)\r++(?=\n|\Z)")
"""Carriage returns before an end of line: each run of them is looked at once, else the time grows with its square."""

_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")


def plain(text: str) -> str:
    r"""Return a text without control characters, but for line ends, tabs and colours.

    Of a line that was written over, as a progress bar is, the last state is kept. What changes the direction of writing
    is made visible, and lone surrogates are replaced.

    >>> plain("10 %\r100 %\n\x1b[31mred\x1b[0m\x07 \u202ecba")
    '100 %\n\x1b[31mred\x1b[0m [U+202E]cba'
    """
    text = _ENDS.sub("", text)
    text = re.sub(r"(?m)^[^\n]*\r", "", text) if "\r" in text else text
    text = _CONTROL.sub(lambda found: found[0] if _COLOUR.fullmatch(found[0]) else "", text)
    return writable(_DIRECTION.sub(lambda found: f"[U+{ord(found[0]):04X}]", text))


def writable(text: str) -> str:
    """Replace lone surrogates, which no file can hold."""
    return text.encode("utf-8", "replace").decode()
