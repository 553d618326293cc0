"""Make constraints.txt from pyproject.toml, or check that it still is what pyproject.toml asks for.

The file pins every transitive dependency for all systems. It holds no local version labels: `torch==2.13.0` is met by
the CPU build and by the CUDA build alike.
"""

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
PINNED = ROOT / "constraints.txt"
HEADER = "# Made from pyproject.toml by: make constraints\n"


def compiled(kept: str | None) -> str:
    """Return the constraints that follow from pyproject.toml; versions in `kept` stay where they still fit."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "constraints.txt"
        if kept is not None:
            output.write_text(kept, encoding="utf-8")
        command = ["uv", "pip", "compile", "pyproject.toml", "--all-extras", "--universal", "--python-version", "3.11"]
        options = ["--no-header", "--no-annotate", "--no-emit-index-url", "--quiet", "--output-file", str(output)]
        subprocess.run([str(Path(sys.executable).parent / command[0]), *command[1:], *options], cwd=ROOT, check=True)
        pins = re.sub(r"(==[^+ \n]+)\+[a-z0-9.]+", r"\1", output.read_text(encoding="utf-8"))
    return HEADER + pins


def main() -> int:
    """Write the file, or check it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="exit with 1 when the file is not up to date")
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions that work together")
    options = parser.parse_args()
    present = PINNED.read_text(encoding="utf-8") if PINNED.exists() else None
    pins = compiled(None if options.upgrade else present)
    if not options.check:
        PINNED.write_text(pins, encoding="utf-8")
    elif pins != present:
        print("constraints.txt is not what pyproject.toml asks for. Run: make constraints", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
