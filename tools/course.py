"""Run the notebooks of course/ and keep what they print and draw, and nothing that depends on the machine."""

import sys
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

ROOT = Path(__file__).parents[1]
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


def run(path: Path) -> None:
    """Run one notebook from its first cell to its last and save it with its outputs."""
    notebook = nbformat.read(path, as_version=4)
    resources = {"metadata": {"path": str(path.parent)}}
    client = NotebookClient(notebook, timeout=300, record_timing=False, resources=resources)
    client.extra_arguments = ["--log-level=ERROR"]  # without it the kernel warns that it talks to this machine in clear
    client.execute()
    notebook.metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = _joined(cell.outputs)
    path.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")


def _joined(outputs: list[Any]) -> list[Any]:
    """Join what was printed in several pieces: where the pieces end is a matter of chance."""
    joined: list[Any] = []
    for output in outputs:
        if output.output_type == "stream" and joined and joined[-1].get("name") == output.name:
            joined[-1].text += output.text
        else:
            joined.append(output)
    return joined


def main() -> int:
    """Run the notebooks that are named, or all."""
    paths = [Path(name) for name in sys.argv[1:]] or sorted((ROOT / "course").glob("*.ipynb"))
    for path in paths:
        try:
            run(path)
        except CellExecutionError as error:
            print(f"{path.name} was not saved: {error.ename}: {error.evalue}", file=sys.stderr)
            return 1
        print(f"{path.name}: saved with its outputs")
    return 0


if __name__ == "__main__":
    sys.exit(main())
