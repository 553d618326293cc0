"""The script that installs the repository and the kit: which Python it takes, and what it says if none fits."""

import ast
import importlib.util
import os
import stat
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "gdhelpers" / "kit" / "install.py"
RANGE = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]


@pytest.fixture
def script(tmp_path, monkeypatch):
    """The script as it stands in a kit, in a folder of its own."""
    (tmp_path / "install.py").write_bytes(SCRIPT.read_bytes())
    (tmp_path / "requirements.txt").write_text(f'# requires-python = "{RANGE}"\n')
    spec = importlib.util.spec_from_file_location("install", tmp_path / "install.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "candidates", list)
    return module


def python(folder, name, minor, *, able=True):
    """Make a command that answers as a Python of a version does; one with no version is a shim that leads nowhere."""
    command = folder / name
    answer = f"echo {minor}" if minor else "echo 'command not found' >&2; exit 127"
    command.write_text(f'#!/bin/sh\ncase "$2" in *ensurepip*) {"echo 1" if able else "exit 1"};; *) {answer};; esac\n')
    command.chmod(0o755)
    return str(command)


def run(script, monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["install.py", *arguments])
    return script.main()


def test_the_range_of_pythons_is_the_projects(script):
    first, last = script.supported()
    fitting = [minor for minor in range(30) if SpecifierSet(RANGE).contains(f"3.{minor}")]
    assert (first, last) == (fitting[0], fitting[-1])
    assert [minor for minor in range(30) if script.fits(minor)] == fitting


def test_any_python_can_read_it():
    """What came after Python 2.7 and 3.5 would be a syntax error there, instead of a sentence."""
    new = (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.AsyncFunctionDef, ast.Starred, ast.Nonlocal)
    for node in ast.walk(ast.parse(SCRIPT.read_text())):
        assert not isinstance(node, new), ast.unparse(node)
        if isinstance(node, ast.FunctionDef):
            assert node.returns is None
            assert not node.args.kwonlyargs
            assert not any(argument.annotation for argument in node.args.args)


def test_the_newest_that_fits_and_runs_is_taken(script, tmp_path, monkeypatch):
    first, last = script.supported()
    commands = [
        python(tmp_path, "old", first - 1),
        python(tmp_path, "first", first),
        python(tmp_path, "shim", None),
        python(tmp_path, "last-without-venv", last, able=False),
        python(tmp_path, "middle", last - 1),
        python(tmp_path, "new", last + 1),
        str(tmp_path / "nowhere"),
    ]
    monkeypatch.setattr(script, "candidates", lambda: commands)
    assert script.best_python() == commands[4]


def test_a_python_without_venv_is_told_apart_from_none(script, tmp_path, monkeypatch):
    _, last = script.supported()
    apart = python(tmp_path, "apart", last, able=False)
    monkeypatch.setattr(script, "candidates", lambda: [apart])
    with pytest.raises(script.RefusalError, match=rf"sudo apt install python3.{last}-venv"):
        script.best_python()


def test_nothing_is_downloaded_before_a_python_fits(script, tmp_path, monkeypatch, capsys):
    first, last = script.supported()
    monkeypatch.setattr(script, "run", pytest.fail)
    assert run(script, monkeypatch) == 1
    said = capsys.readouterr().err
    for system in ("Debian", "Ubuntu", "Fedora", "macOS", "Windows", "uv python install"):
        assert system in said
    assert f"3.{first}, " in said
    assert f"or 3.{last}" in said
    old = python(tmp_path, "old", first - 1)
    assert run(script, monkeypatch, "--python", old) == 1
    assert f"{old} is not a Python that fits." in capsys.readouterr().err


@pytest.fixture
def environment(script):
    """An environment that an earlier run has made, with this Python."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", script.ENVIRONMENT], check=True)
    Path(script.READY).write_text("cpu")
    return Path(script.ENVIRONMENT)


def test_what_is_installed_is_left_alone_and_what_is_asked_for_otherwise_is_said(
    script, environment, tmp_path, monkeypatch, capsys
):
    assert run(script, monkeypatch, "--check") == 0
    assert run(script, monkeypatch, "--check", "--python", sys.executable, "--torch", "cpu") == 0
    other = python(tmp_path, "other", 99)
    assert run(script, monkeypatch, "--check", "--python", other) == 1
    assert f"has Python 3.{sys.version_info.minor}, not Python 3.99" in capsys.readouterr().err
    assert run(script, monkeypatch, "--check", "--torch", "cuda") == 1
    assert "TORCH=cpu, not with TORCH=cuda" in capsys.readouterr().err


def test_a_half_made_environment_is_made_again(script, environment, monkeypatch, capsys):
    Path(script.READY).unlink()
    (environment / "left").touch()
    commands = []
    monkeypatch.setattr(script, "install", commands.append)
    monkeypatch.setattr(script, "candidates", lambda: [sys.executable])
    assert run(script, monkeypatch) == 0
    assert commands == ["cpu"]
    assert "Making .venv again" in capsys.readouterr().out
    assert (environment / "pyvenv.cfg").exists()
    assert not (environment / "left").exists()


@pytest.mark.parametrize("reached", [True, False])
def test_if_the_cpu_builds_cannot_be_reached_pip_installs_what_its_index_gives(
    script, environment, monkeypatch, capsys, reached
):
    commands = []
    monkeypatch.setattr(script, "run", commands.append)
    monkeypatch.setattr(script.subprocess, "call", lambda command, **_: commands.append(command) or int(not reached))
    assert run(script, monkeypatch) == 0
    backend = ["--torch-backend", "cpu"] if sys.platform == "linux" else []
    assert [part for part in commands[1] if part in ("--torch-backend", "cpu")] == backend
    assert len(commands) == (2 if reached else 3)
    assert ("Going on with what the package index gives" in capsys.readouterr().out) is not reached
    assert Path(script.READY).read_text() == "cpu"


def test_a_build_that_was_asked_for_by_name_is_not_replaced_by_another(script, environment, monkeypatch, capsys):
    Path(script.READY).write_text("cu130")
    monkeypatch.setattr(script, "run", lambda _: None)
    monkeypatch.setattr(script.subprocess, "call", lambda *_, **__: 1)
    assert run(script, monkeypatch, "--torch", "cu130") == 1
    assert "PyTorch's build cu130 cannot be had" in capsys.readouterr().err
    assert not Path(script.READY).exists(), "the next run begins again"


def test_a_failure_and_a_full_disk_are_said_without_a_traceback(script, environment, monkeypatch, capsys):
    errors = [subprocess.CalledProcessError(1, ["pip"]), OSError(28, os.strerror(28))]

    def fail(_):
        raise errors.pop(0)

    monkeypatch.setattr(script, "run", fail)
    assert run(script, monkeypatch) == 1
    assert "Installing failed (pip)" in capsys.readouterr().err
    Path(script.READY).touch()
    assert run(script, monkeypatch) == 1
    assert "No space left on device" in capsys.readouterr().err


def test_the_build_of_torch_is_said_with_what_it_takes(script, tmp_path, monkeypatch):
    for name, size in (("torch-2.13.0", 700), ("nvidia_cublas-13", 300), ("numpy-2.4", 10**6)):
        folder = tmp_path / f"{name}.dist-info"
        folder.mkdir()
        (folder / "RECORD").write_text(f"a.so,sha256=x,{size}000000\n{name}/RECORD,,\n")
    (tmp_path / "torch").mkdir()
    monkeypatch.setattr(script, "output", lambda _: str(tmp_path))
    for cuda, words in (("None", "the CPU build"), ("'13.0'", "the build for CUDA 13.0")):
        text = f"__version__ = '2.13.0+x'\ncuda: Optional[str] = {cuda}\n"
        (tmp_path / "torch" / "version.py").write_text(text)
        assert script.torch_build() == f"All is installed. PyTorch 2.13.0 came as {words}: 1.0 GB."


def test_the_path_of_a_checkout_is_read_in_any_locale(script, tmp_path, monkeypatch):
    packages = tmp_path / ".venv" / "lib" / "python3" / "site-packages"
    packages.mkdir(parents=True)
    file = packages / "_editable_impl_gdhelpers.pth"
    file.write_text("/home/zoë/a course")
    monkeypatch.setattr(script, "IS_KIT", False)
    monkeypatch.setattr(script, "ROOT", "/home/zoë/a course")
    script.spell_path_in_ascii()
    line = file.read_bytes().decode("ascii")
    paths = []
    exec(line.replace("import sys; sys.path.append", "append"), {"append": paths.append})
    assert paths == ["/home/zoë/a course"]


@pytest.mark.parametrize(
    ("platform", "name"),
    [
        ("linux x86_64 x86_64 0 cpython-311-x86_64-linux-gnu", None),
        ("linux aarch64 aarch64 0 cpython-313-aarch64-linux-gnu", None),
        ("macosx arm64 arm64 14 cpython-313-darwin", None),
        ("macosx universal2 arm64 26 cpython-312-darwin", None),
        ("win amd64 AMD64 0 cp313-win_amd64", None),
        ("", None),  # whatever it is, pip will say
        ("linux x86_64 x86_64 0 cpython-312-x86_64-linux-musl", "Linux on x86_64 with musl"),
        ("linux armv7l armv7l 0 cpython-311-arm-linux-gnueabihf", "Linux on armv7l"),
        ("macosx x86_64 x86_64 15 cpython-313-darwin", "macOS 15 on an Intel processor"),
        ("macosx universal2 arm64 13 cpython-313-darwin", "macOS 13 on arm64"),
        ("win arm64 ARM64 0 cp313-win_arm64", "Windows on arm64"),
    ],
)
def test_where_no_builds_are_is_known(script, platform, name):
    assert script.unserved(platform) == name


def test_where_no_builds_are_nothing_is_downloaded(script, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(script, "PLATFORM", "print('macosx x86_64 x86_64 15 cpython-313-darwin')")
    assert run(script, monkeypatch, "--python", sys.executable) == 1
    said = capsys.readouterr().err
    assert f"{sys.executable} runs on macOS 15 on an Intel processor" in said
    assert "Apple silicon" in said
    assert not (tmp_path / ".venv").exists()


def test_what_this_python_says_is_understood(script):
    words = script.output([sys.executable, "-c", script.PLATFORM]).split()
    assert len(words) == 5
    assert script.unserved(" ".join(words)) is None


def test_a_python_can_be_named_by_its_version(script, tmp_path, monkeypatch):
    older, newer = python(tmp_path, "older", 11), python(tmp_path, "newer", 12)
    monkeypatch.setattr(script, "candidates", lambda: [newer, older])
    assert script.command_of("3.11") == older
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    with pytest.raises(script.RefusalError, match=r"There is no Python 3\.13"):
        script.command_of("3.13")
    (tmp_path / "versions/3.13.1/bin").mkdir(parents=True)
    kept = python(tmp_path / "versions/3.13.1/bin", "python", 13)
    assert script.command_of("3.13") == kept
    assert script.command_of(newer) == newer


@pytest.mark.skipif(os.geteuid() != 0, reason="submissions run as another user under root alone")
def test_what_root_cloned_is_opened_but_not_its_folder(script, tmp_path, monkeypatch):
    tmp_path.chmod(0o700)
    package = tmp_path / "gdhelpers" / "checks"
    package.mkdir(mode=0o700, parents=True)
    (package / "cell.py").touch(mode=0o600)
    monkeypatch.setattr(script, "IS_KIT", False)
    script.open_checkout()
    assert [stat.S_IMODE(path.stat().st_mode) for path in (tmp_path, package, package / "cell.py")] == [
        0o700, 0o755, 0o644,
    ]  # fmt: skip
