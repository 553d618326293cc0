"""JupyterLab as the course needs it: its kernel, its extensions and its settings, for one run and nothing else.

Everything lies in a folder that Jupyter reads before the user's own ones and that is gone when JupyterLab ends. So the
user's files stay as they are, and what they hold elsewhere (another kernel `python3`, other courses) does not get in.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from gdhelpers import system
from gdhelpers.environment import activate, home

INSTRUCTORS = ("formgrader", "create-assignment", "menu")
"""The parts of nbgrader's extension that only an instructor uses; Validate is for everybody."""

UNUSED = ("assignment-list", "course-list")
"""The parts that need an exchange directory, which the course does without."""

NBGRADER_CONFIG = "nbgrader_config.py"

STUDENT = ", or open a student's view with --student"


@dataclass(frozen=True)
class Lab:
    """JupyterLab on a folder, for an instructor or for a student."""

    folder: Path
    student: bool

    def run(self, options: Sequence[str] = ()) -> None:
        """Start JupyterLab, with further options of its own, and return when it has ended."""
        from jupyterlab.labapp import LabApp

        activate()
        with TemporaryDirectory(prefix="gd-lab-") as name, chdir(self.folder):
            settings = Path(name)
            self.write_settings(settings)
            _put_first("JUPYTER_CONFIG_PATH", settings)
            _put_first("JUPYTER_PATH", settings)
            LabApp.launch_instance([*self.arguments(settings), *options])

    def arguments(self, settings: Path) -> list[str]:
        """Return the options that JupyterLab is started with."""
        return [
            f"--ServerApp.root_dir={self.folder}",
            *(f"--KernelSpecManager.allowed_kernelspecs={name}" for name in self._kernels()),
            # The layout of other work stays out, and is not overwritten.
            f"--LabApp.workspaces_dir={settings / 'workspaces'}",
            "--LabApp.extension_manager=readonly",
            # Ctrl-C ends it without a question, and the terminal shows little more than the address.
            "--ServerApp.answer_yes=True",
            "--Application.log_level=ERROR",
        ]

    def write_settings(self, settings: Path) -> None:
        """Write the files that Jupyter and nbgrader look for into an empty folder."""
        from ipykernel.kernelspec import write_kernel_spec

        write_kernel_spec(settings / "kernels" / "python3", extra_arguments=["--log-level=ERROR"])
        _write_json(settings / "jupyter_server_config.json", {"ServerApp": {"jpserver_extensions": self._extensions()}})
        _write_json(settings / "labconfig" / "page_config.json", {"disabledExtensions": self._disabled()})
        _write_json(settings / "labconfig" / "default_setting_overrides.json", _PREFERENCES)
        # Importing TensorFlow on a busy machine takes longer than the 30 seconds that nbgrader gives a cell.
        _write_json(settings / "nbgrader_config.json", {"Execute": {"timeout": 120}})
        if not self.student:
            self._write_nbgrader_config(settings / NBGRADER_CONFIG)
            _write(settings / "nbconvert" / "templates" / "base" / "mathjax.html.j2", MATHJAX)

    def _kernels(self) -> list[str]:
        """Name the kernels that may be used; instructors may want one that is forked from a warm parent, at once."""
        return ["python3"] if self.student or system.lacking() else ["python3", "gdhelpers"]

    def _extensions(self) -> dict[str, bool]:
        """Say which extensions of the server are on."""
        return {
            "nbgrader.server_extensions.validate_assignment": True,
            "nbgrader.server_extensions.formgrader": not self.student,
            "nbgrader.server_extensions.assignment_list": False,
            "nbgrader.server_extensions.course_list": False,
            # The other interface to the same files, in which these settings do not hold.
            "notebook": False,
            # It looks for language servers, of which the course has none.
            "jupyter_lsp": False,
        }

    def _disabled(self) -> dict[str, bool]:
        """Say which extensions of the page are off."""
        nbgrader = dict.fromkeys(INSTRUCTORS, self.student) | dict.fromkeys(UNUSED, True)
        disabled = {f"@jupyter/nbgrader:{part}": off for part, off in nbgrader.items()}
        return disabled | {
            "@jupyter/nbgrader:validate-assignment": False,
            "@jupyter-notebook/lab-extension": True,
            "@jupyterlab/extensionmanager-extension": True,
            "@jupyterlab/lsp-extension": True,
        }

    def _write_nbgrader_config(self, path: Path) -> None:
        """Make up for what the folder does not hold itself, `source/` and the configuration, as `gd grade` does."""
        lines = ["c = get_config()"]
        if (configured := home(NBGRADER_CONFIG, self.folder, STUDENT)) != self.folder:
            lines.append(f"load_subconfig({NBGRADER_CONFIG!r}, path={str(configured)!r})")
        lines.append(f"c.CourseDirectory.root = {str(self.folder)!r}")
        lines.append("c.FormgradeExtension.debug = False")  # a panel that lists the configuration
        if (sources := home("source", self.folder, STUDENT)) != self.folder:
            lines.append(f"c.CourseDirectory.source_directory = {str(sources / 'source')!r}")
        _write(path, "\n".join(lines) + "\n")


_PREFERENCES = {
    # No question about news and no look for updates: the course needs no network.
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/docmanager-extension:plugin": {"autosaveInterval": 30},
    # The notebooks are short: all of a notebook is drawn at once, so that scrolling never shows a blank page.
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"},
}
"""What a user has not set otherwise in the settings of JupyterLab."""


MATHJAX = """\
{%- macro mathjax(url="/static/jupyter_server_mathjax/MathJax.js?config=TeX-AMS-MML_HTMLorMML-full,Safe") -%}
<script type="text/x-mathjax-config">
MathJax.Hub.Config({
  tex2jax: {inlineMath: [["$", "$"]], displayMath: [["$$", "$$"]], processEscapes: true, processEnvironments: true},
  "HTML-CSS": {availableFonts: [], preferredFont: null, imageFont: null, webFont: "STIX-Web"},
  messageStyle: "none",
});
</script>
<script src="{{ url }}"></script>
{%- endmacro %}
"""
"""How the formgrader's pages draw formulas: with the MathJax of this server and the one font that it brings.

nbconvert's own template asks the network."""


def _put_first(variable: str, folder: Path) -> None:
    others = os.environ.get(variable)
    os.environ[variable] = os.pathsep.join([str(folder), *([others] if others else [])])


def _write_json(path: Path, value: object) -> None:
    _write(path, json.dumps(value, indent=2) + "\n")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
