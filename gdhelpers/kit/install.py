"""Set everything up: a Python environment in .venv, with PyTorch's CPU build on Linux unless another one is asked for.

In the course's repository `make` runs this; students run it where they unpacked their kit: python3 install.py. It needs
nothing but some Python, and looks for one that fits. Whatever Python that is has to be able to read this file, to be
told that it does not fit: so there are no f-strings and no annotations here.
"""

from __future__ import print_function

import argparse
import csv
import glob
import io
import os
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
IS_KIT = os.path.exists(os.path.join(HERE, "requirements.txt"))
ROOT = HERE if IS_KIT else os.path.dirname(os.path.dirname(HERE))
ENVIRONMENT = os.path.join(ROOT, ".venv")
READY = os.path.join(ENVIRONMENT, ".ready")
WINDOWS = os.name == "nt"
BIN = os.path.join(ENVIRONMENT, "Scripts" if WINDOWS else "bin")
PYTHON = os.path.join(BIN, "python")
UV = os.path.join(BIN, "uv")

WHAT = ["--requirement", "requirements.txt"] if IS_KIT else ["--editable", ".[dev]"]
AGAIN = "%s install.py" % ("py" if WINDOWS else "python3") if IS_KIT else "make demo"

PROBE = "import sys; print(sys.version_info[1] if sys.version_info[0] == 3 and sys.maxsize > 2**32 else 0)"
"""Prints the minor version of a Python 3 for 64 bits."""

NO_PYTHON = """\
This needs Python {versions}, for 64 bits, and found none. To get one:
  Debian 12, 13      sudo apt install python3 python3-venv
  Ubuntu 24.04       sudo apt install python3 python3-venv
  Fedora             sudo dnf install python3.{newest}
  macOS              brew install python@3.{newest}     (or the installer from python.org)
  Windows            winget install Python.Python.3.{newest}
  anywhere, with uv  uv python install 3.{newest}
Then, in a new terminal: {again}
If it has another name: {named}"""

NO_VENV = """\
{python} is Python 3.{minor}, which fits, but it cannot make environments: Debian and Ubuntu pack that apart.
Run: sudo apt install python3.{minor}-venv
Then: {again}"""


PLATFORM = (
    "import platform, sysconfig; print(sysconfig.get_platform().split('-')[0], sysconfig.get_platform().split('-')[-1],"
    " platform.machine(), (platform.mac_ver()[0] or '0').split('.')[0], sysconfig.get_config_var('SOABI'))"
)
"""Prints the system, what the Python was built for, the processor, the version of macOS, and the C library."""

NO_BUILDS = """\
{python} runs on {system}, for which PyTorch and TensorFlow are not built. They are built for
  Linux    x86_64 and aarch64, with the GNU C library, which most have (Alpine has not)
  macOS    14 or later, on Apple silicon, with a Python that is built for it
  Windows  x86_64"""


class RefusalError(Exception):
    """Nothing can be installed; the text says why and what to do."""


def main():
    """Install, unless all is in place, and say what came."""
    parser = argparse.ArgumentParser(description="Make .venv and install what the course needs.")
    parser.add_argument("--python", help="the Python to use, or its version (default: the newest that fits)")
    parser.add_argument(
        "--torch", help="the build of PyTorch on Linux: cpu (default), cuda, or another that uv has a name for"
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="only say whether what is installed is something else than what is asked for",
    )
    options = parser.parse_args()
    # Whoever can enter this folder may read what is installed in it: root runs submissions under another account.
    os.umask(os.umask(0o022) & 0o022)
    try:
        options.python = options.python and command_of(options.python)
        if not (is_whole(options) or options.check):
            make_environment(options.python or best_python())
        if not options.check:
            install(options.torch or "cpu")
    except RefusalError as refusal:
        print(refusal, file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as error:
        failed = "Installing failed (%s): what it says above tells why. To try again: %s"
        print(failed % (" ".join(map(os.path.basename, error.cmd[:3])), AGAIN), file=sys.stderr)
        return 1
    except EnvironmentError as error:  # the disk is full, the folder may not be written to
        print("Installing failed: %s. To try again: %s" % (error, AGAIN), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. To go on: %s" % AGAIN, file=sys.stderr)
        return 130
    return 0


def install(torch):
    """Install into the environment; while that lasts, it does not count as whole."""
    if os.path.exists(READY):
        os.remove(READY)
    pip = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--constraint", "constraints.txt"]
    pip += [] if sys.stderr.isatty() else ["--quiet"]
    run(pip + ["uv"])
    if try_uv(torch) != 0:
        print("Going on with what the package index gives; its PyTorch may bring gigabytes for graphics cards.")
        sys.stdout.flush()
        run(pip + WHAT)
    spell_path_in_ascii()
    open_checkout()
    with open(READY, "w") as file:
        file.write(torch)
    print(torch_build())


def is_whole(options):
    """Whether an earlier run came to its end, with a Python that still runs; it has to be what is asked for now."""
    if not os.path.exists(READY) or minor(PYTHON) is None:
        return False
    with open(READY) as file:
        torch = file.read().strip() or "cpu"
    other = "What is installed in .venv has %s, not %s. To change that, remove .venv, then run the same command again."
    if options.python is not None and minor(options.python) != minor(PYTHON):
        wanted = "Python 3.%s (%s)" % (minor(options.python), options.python)
        raise RefusalError(other % ("Python 3.%s" % minor(PYTHON), wanted))
    if options.torch is not None and options.torch != torch:
        raise RefusalError(other % ("PyTorch as it comes with TORCH=" + torch, "with TORCH=" + options.torch))
    return True


def make_environment(python):
    """Make .venv with a Python that fits."""
    found = minor(python)
    if found is None or not fits(found):
        raise RefusalError("%s is not a Python that fits.\n\n%s" % (python, no_python()))
    system = unserved(output([python, "-c", PLATFORM]) or "")
    if system:
        raise RefusalError(NO_BUILDS.format(python=python, system=system))
    if not can_make_environments(python):
        raise RefusalError(NO_VENV.format(python=python, minor=found, again=AGAIN))
    if os.path.exists(ENVIRONMENT):
        print("Making .venv again: an earlier try did not come to its end, or its Python is gone.")
        shutil.rmtree(ENVIRONMENT)
    print("Making .venv with Python 3.%s. What it needs is downloaded, which takes minutes." % found)
    sys.stdout.flush()
    run([python, "-m", "venv", ENVIRONMENT])


def command_of(python):
    """Return the command of a Python that may be named by its version alone, such as 3.12."""
    if not re.match(r"3\.\d+$", python):
        return python
    # pyenv keeps off PATH what is not chosen.
    kept = os.path.join(os.environ.get("PYENV_ROOT") or os.path.expanduser("~/.pyenv"), "versions", python + "*")
    for command in list(candidates()) + sorted(glob.glob(os.path.join(kept, "bin", "python"))):
        if "3.%s" % minor(command) == python:
            return command
    raise RefusalError("There is no Python %s.\n\n%s" % (python, no_python()))


def best_python():
    """Return the newest Python that fits and can make environments."""
    found = [(minor(command), command) for command in candidates()]
    fitting = [(number, command) for number, command in found if number is not None and fits(number)]
    # The running one before another of its version; sorting is stable.
    fitting.sort(key=lambda pair: -pair[0])
    able = [command for _, command in fitting if can_make_environments(command)]
    if able:
        return able[0]
    if fitting:
        raise RefusalError(NO_VENV.format(python=fitting[0][1], minor=fitting[0][0], again=AGAIN))
    raise RefusalError(no_python())


def candidates():
    """Yield commands that may be a Python that fits."""
    yield sys.executable
    first, last = supported()
    folders = os.environ.get("PATH", "").split(os.pathsep)
    # Where uv and Homebrew put them, which a terminal may not have been told yet.
    folders += [os.path.expanduser("~/.local/bin"), "/opt/homebrew/bin", "/usr/local/bin"]
    for number in range(last, first - 1, -1):
        for folder in folders:
            for name in ("python3.%d" % number, "python3.%d.exe" % number):
                if os.path.isfile(os.path.join(folder, name)):
                    yield os.path.join(folder, name)
        if WINDOWS:
            place = output(["py", "-3.%d" % number, "-c", "import sys; print(sys.executable)"])
            if place:
                yield place


def supported():
    """Return the first and the last minor version of Python 3 that is supported: the project says so in one place."""
    name = "requirements.txt" if IS_KIT else "pyproject.toml"
    with io.open(os.path.join(ROOT, name), encoding="utf-8") as file:
        ((first, after),) = re.findall(r"requires-python = \">=3\.(\d+),<3\.(\d+)\"", file.read())
    return int(first), int(after) - 1


def fits(number):
    """Whether a minor version of Python 3 is supported."""
    first, last = supported()
    return first <= number <= last


def minor(python):
    """Return the minor version of a Python 3, or None if a command is no such Python: a shim may lead nowhere."""
    found = output([python, "-c", PROBE])
    return int(found) if found and found.isdigit() and found != "0" else None


def unserved(platform):
    """Return the name of a platform for which there are no builds, or None for any other."""
    words = platform.split()
    if len(words) != 5:
        return None
    system, built_for, processor, macos, abi = words
    if system == "linux" and (processor not in ("x86_64", "aarch64") or "musl" in abi):
        return "Linux on %s%s" % (processor, " with musl" if "musl" in abi else "")
    if system == "macosx" and (processor != "arm64" or int(macos) < 14):
        return "macOS %s on %s" % (macos, "an Intel processor" if processor == "x86_64" else processor)
    if system == "win" and built_for != "amd64":
        return "Windows on %s" % built_for
    return None


def can_make_environments(python):
    """Whether a Python has what makes environments, which Debian packs apart."""
    return output([python, "-c", "import ensurepip, venv; print(1)"]) == "1"


def no_python():
    """Say how to get a Python that fits."""
    first, last = supported()
    versions = ", ".join("3.%d" % number for number in range(first, last)) + " or 3.%d" % last
    named = "%s --python PYTHON" % AGAIN if IS_KIT else "make demo PYTHON=/path/to/python3.%d" % last
    return NO_PYTHON.format(versions=versions, newest=last, again=AGAIN, named=named)


def try_uv(torch):
    """Install with uv, which is fast and knows where PyTorch's builds are; return its exit code."""
    command = [UV, "pip", "install", "--python", PYTHON, "--constraint", "constraints.txt"]
    if sys.platform.startswith("linux") and torch != "cuda":
        command += ["--torch-backend", torch]
    command += [] if sys.stderr.isatty() else ["--quiet"]
    index = output([PYTHON, "-m", "pip", "config", "get", "global.index-url"]) or os.environ.get("PIP_INDEX_URL")
    environment = dict(os.environ, **({"UV_DEFAULT_INDEX": index} if index else {}))
    code = subprocess.call(command + WHAT, cwd=ROOT, env=environment)
    if code != 0 and torch not in ("cpu", "cuda"):
        raise RefusalError("PyTorch's build %s cannot be had: uv says why above." % torch)
    return code


def spell_path_in_ascii():
    """Write the file that names the checkout so that Python reads it in any locale.

    Before 3.13 Python reads path files in the encoding of the locale, and does not start if it cannot.
    """
    if IS_KIT or all(ord(letter) < 128 for letter in ROOT):
        return
    for folder, _, names in os.walk(os.path.join(ENVIRONMENT, "lib")):
        for name in names:
            if name.endswith(".pth") and "gdhelpers" in name:
                with io.open(os.path.join(folder, name), "w", encoding="ascii") as file:
                    file.write("import sys; sys.path.append(%s)\n" % ascii(ROOT))


def open_checkout():
    """As root, let all read what submissions need of the checkout, whatever the umask was; its folder stays closed."""
    if IS_KIT or WINDOWS or os.geteuid() != 0:
        return
    for top in ("gdhelpers", "data"):
        for folder, _, names in os.walk(os.path.join(ROOT, top)):
            os.chmod(folder, os.stat(folder).st_mode | 0o055)  # noqa: S103
            for name in names:
                path = os.path.join(folder, name)
                os.chmod(path, os.stat(path).st_mode | 0o044)


def torch_build():
    """Say which build of PyTorch came, and what it takes with all that only it needs."""
    packages = os.path.join(output([PYTHON, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]))
    version = os.path.join(packages, "torch", "version.py")
    if not os.path.exists(version):
        return "All is installed."
    with io.open(version, encoding="utf-8") as file:
        text = file.read()
    number = re.findall(r"^__version__ = '([^'+]*)", text, re.MULTILINE)[0]
    cuda = re.findall(r"^cuda: [^=]*= '([^']*)'", text, re.MULTILINE)
    build = "the build for CUDA %s" % cuda[0] if cuda else "the CPU build"
    return "All is installed. PyTorch %s came as %s: %.1f GB." % (number, build, torch_bytes(packages) / 1e9)


def torch_bytes(packages):
    """Return how many bytes PyTorch and the packages that only its CUDA builds need take."""
    total = 0
    for name in os.listdir(packages):
        if name.endswith(".dist-info") and name.split("-")[0].split("_")[0] in ("torch", "triton", "nvidia", "cuda"):
            with io.open(os.path.join(packages, name, "RECORD"), encoding="utf-8", newline="") as file:
                total += sum(int(size) for _, _, size in csv.reader(file) if size)
    return total


def output(command):
    """Return what a command prints, or None if it cannot run or fails."""
    try:
        with io.open(os.devnull, "w") as nowhere:
            return subprocess.check_output(command, stderr=nowhere).decode().strip()
    except (OSError, subprocess.CalledProcessError):
        return None


def run(command):
    """Run a command in the folder of this project or kit."""
    subprocess.check_call(command, cwd=ROOT)


if __name__ == "__main__":
    sys.exit(main())
