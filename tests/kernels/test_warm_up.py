"""A warm parent survives its imports: one that ends or hangs the process is tried first of all, and then left out."""

import json
import logging
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from gdhelpers.autograder import first_kernel, parents
from gdhelpers.autograder.doctor import examine_installation
from gdhelpers.kernels import preload, warm_up
from gdhelpers.kernels.parent import CannotBegin, Parent

MODULES = {
    "harmless": "print('a word on stdout')",
    "ends": "import os, sys\nprint('the last words', file=sys.stderr, flush=True)\nos.abort()",
    "exits": "import os\nos._exit(3)",
    "ends_after_harmless": "import os, sys\nif 'harmless' in sys.modules: os.abort()",
    "hangs": "import threading\nthreading.Event().wait()",
    "raises": "raise OSError('libcudart.so.99: cannot open shared object file')",
    "killed_once": """
import os, pathlib, signal
if not (mark := pathlib.Path(__file__).with_suffix('.mark')).exists():
    mark.touch()
    os.kill(os.getpid(), signal.SIGKILL)
""",
    "target": """
import json, os, socket, sys
def tell(names, control):
    with socket.socket(fileno=control) as end:
        end.sendall(json.dumps([name for name in sys.modules if name in names]).encode())
""",
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    for name, source in MODULES.items():
        (tmp_path / f"{name}.py").write_text(source)
    monkeypatch.setattr(preload, "FOUND", tmp_path / "share" / "preload.json")
    monkeypatch.setattr(warm_up, "_said", set())
    return tmp_path


@pytest.fixture
def started(folder):
    """Start warm parents of modules in a folder, and end them."""
    opened = []

    def start(*modules):
        opened.append(Parent(modules, os.environ | {"PYTHONPATH": str(folder)}))
        return opened[-1]

    yield start
    for parent in opened:
        parent.close()


def imported(parent, *names):
    """Return which modules a fork of the parent holds, in the order in which they were imported."""
    with parent.fork("target:tell", list(names or MODULES)) as control:
        return json.loads(b"".join(iter(lambda: control.recv(1 << 16), b"")) or "null")


def test_what_works_is_imported_in_its_order_and_nothing_is_kept(started):
    assert imported(started("harmless", "json", "target")) == ["harmless", "target"]
    assert not preload.FOUND.exists()


@pytest.mark.parametrize(
    ("module", "why"),
    [("ends", r"ends Python with SIGABRT \(.*the last words"), ("exits", "ends Python with exit code 3")],
)
def test_a_module_that_ends_python_is_left_out_and_the_others_are_there(started, caplog, module, why):
    parent = started("harmless", module, "target")
    assert imported(parent) == ["harmless", "target"]
    assert list(parent.warm_up.left_out) == [module]
    assert caplog.record_tuples[-1][1] == logging.WARNING
    assert re.fullmatch(rf"{module} is not imported ahead, because that {why}.*", caplog.messages[-1])


def test_a_module_that_only_clashes_with_another_is_imported_first(started):
    parent = started("harmless", "ends_after_harmless", "target")
    assert imported(parent) == ["ends_after_harmless", "harmless", "target"]
    assert not parent.warm_up.left_out


def test_a_module_that_hangs_is_left_out(started, monkeypatch):
    monkeypatch.setattr(warm_up, "IDLE", 0.5)
    parent = started("hangs", "harmless", "target")
    assert imported(parent) == ["harmless", "target"]
    assert parent.warm_up.left_out == {"hangs": "hangs"}


def test_a_module_that_raises_is_left_to_the_notebook_and_said_if_it_is_installed(started, caplog):
    parent = started("raises", "is_not_installed", "target")
    assert imported(parent) == ["target"]
    assert set(parent.warm_up.raised) == {"raises", "is_not_installed"}
    why = "OSError: libcudart.so.99: cannot open shared object file"
    assert caplog.messages == [f"raises cannot be imported here: {why}. Run: gd doctor"]


def test_what_was_found_is_kept_until_a_package_changes(started, monkeypatch):
    assert imported(started("ends", "target")) == ["target"]
    found = json.loads(preload.FOUND.read_text())
    assert list(found["left_out"]) == ["ends"]
    begun = []
    monkeypatch.setattr(warm_up.Attempt, "__post_init__", _counted(warm_up.Attempt.__post_init__, begun))
    assert imported(started("ends", "target")) == ["target"]
    assert len(begun) == 1, "it is not tried again"
    preload.FOUND.write_text(json.dumps(found | {"packages": "others"}))
    assert preload.Preload.known() == preload.Preload()
    for damaged in ("", "[]", "{}", '{"packages": 1}'):
        preload.FOUND.write_text(damaged)
        assert preload.Preload.known() == preload.Preload()


def _counted(function, calls):
    def count(*arguments):
        calls.append(arguments)
        return function(*arguments)

    return count


def test_a_parent_that_something_else_kills_while_it_imports_is_started_again(started):
    parent = started("killed_once", "target")
    assert imported(parent) == ["killed_once", "target"]
    assert not parent.warm_up.left_out
    assert not preload.FOUND.exists()


def test_an_environment_that_cannot_be_written_to_finds_it_out_each_time(started, monkeypatch):
    monkeypatch.setattr(preload, "FOUND", Path(os.devnull, "preload.json"))
    assert imported(started("ends", "target")) == ["target"]


def test_a_parent_that_cannot_start_says_why(started, monkeypatch):
    monkeypatch.setenv("PYTHONHOME", "/nonexistent")
    parent = started("target")
    assert imported(parent) is None
    with pytest.raises(CannotBegin, match=r"No kernel can be started: .*exit code 1 .*encodings"):
        parent.fork("target:tell", [])


def test_a_parent_that_was_killed_after_it_was_ready_is_replaced(started):
    parent = started("target")
    assert imported(parent) == ["target"]
    first = psutil.Process().children()[-1]
    first.kill()
    parent.warm_up.join()
    assert parent.warm_up.why.startswith("the process to fork from ends Python with SIGKILL (the machine may be short")
    assert imported(parent) == ["target"]


ORDER = "import sys; {}; print([name for name in sys.modules if name in ('triton', 'tensorflow')])"


@pytest.mark.parametrize(
    ("program", "order"),
    [
        ("import gdhelpers, tensorflow", ["triton", "tensorflow"]),
        ("import gdhelpers.checks, tensorflow.keras", ["triton", "tensorflow"]),
        ("import gdhelpers", []),
        ("import tensorflow, gdhelpers", ["tensorflow"]),
    ],
)
@pytest.mark.parametrize("triton", ["", "raise ImportError", "raise RuntimeError('no driver')", None])
def test_triton_is_loaded_before_tensorflow_whoever_imports_it(tmp_path, program, order, triton):
    (tmp_path / "tensorflow").mkdir()
    (tmp_path / "tensorflow" / "__init__.py").touch()
    (tmp_path / "tensorflow" / "keras.py").touch()
    source = "raise ModuleNotFoundError(name='triton')" if triton is None else triton
    (tmp_path / "triton.py").write_text(source)
    command = [sys.executable, "-c", ORDER.format(program)]
    printed = subprocess.check_output(command, env=os.environ | {"PYTHONPATH": str(tmp_path)}, text=True)
    expected = order if triton == "" else [name for name in order if name != "triton"]
    assert printed.strip() == str(expected)


def test_the_frameworks_get_on_with_each_other_in_the_order_that_breaks_them():
    """Torch's default build on Linux brings triton: without the order kept by the package, Python ends here."""
    program = (
        "import gdhelpers, torch, tensorflow as tf; tf.zeros(1); import torch._dynamo; "
        "torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1); print('computed')"
    )
    environment = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "computed"), signal.Signals(-done.returncode)


@pytest.fixture
def doctor(folder, monkeypatch, capsys):
    """Run `gd doctor` with other modules to import ahead, in a parent with another environment."""

    def run(*modules, **environment):
        monkeypatch.setattr(first_kernel, "MODULES", modules)
        environment = parents.environment("/nonexistent") | {"PYTHONPATH": str(folder)} | environment
        monkeypatch.setattr(parents, "environment", lambda _: environment)
        code = examine_installation()
        return code, capsys.readouterr().out

    yield run
    parents.close()


def test_doctor_says_what_is_left_out_and_that_grading_works(doctor):
    code, said = doctor("ends", "numpy")
    assert code == 0, said
    assert "[ ok ] importing ends ahead: left out, because that ends Python with SIGABRT" in said
    assert "[ ok ] a slope by torch" in said
    assert "All is in place." in said


def test_doctor_never_says_that_all_is_in_place_if_no_kernel_begins(doctor):
    code, said = doctor("numpy", PYTHONHOME="/nonexistent")
    assert code == 1
    assert "[miss] a kernel for a submission: No kernel can be started: " in said
    assert "encodings" in said
    assert "All is in place." not in said


def test_doctor_says_what_hangs_before_somebody_gives_up(doctor, monkeypatch):
    monkeypatch.setattr(first_kernel, "PATIENCE", 3.0)
    monkeypatch.setattr(parents, "loaded_with", lambda _: ("hangs",))
    code, said = doctor("hangs")
    assert code == 1
    assert "a kernel for a submission: after 3 seconds it has not computed yet: importing hangs takes that" in said
