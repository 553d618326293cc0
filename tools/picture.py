"""Draw the picture in the README: the table of scores of a demonstration, as a terminal shows it."""

import re
import tempfile
from pathlib import Path

from rich.console import Console

from gdhelpers.autograder import tables
from gdhelpers.autograder.demonstration import ASSIGNMENT, demonstrate
from gdhelpers.autograder.progress import Reporter

PICTURE = Path(__file__).parents[1] / "docs" / "demo.svg"
SIZE = 24


def main() -> None:
    """Grade a made-up class and save what is printed."""
    with tempfile.TemporaryDirectory() as folder, Reporter() as reporter:
        records, differing = demonstrate(Path(folder) / "demo", SIZE, reporter)
    if differing:
        raise SystemExit("\n".join(differing))
    console = Console(record=True, width=110, force_terminal=True)
    console.print("$ make demo")
    console.print(tables.scores(ASSIGNMENT, records))
    console.print(f"All {len(records)} scores are the known right ones.")
    picture = console.export_svg(title="gd demo")
    # No remote fonts: the picture has to look the same offline.
    picture = re.sub(r"@font-face \{.*?\}\s*", "", picture, flags=re.DOTALL)
    PICTURE.write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    main()
