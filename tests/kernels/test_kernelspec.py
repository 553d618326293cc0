"""The kernelspec `gdhelpers`: whatever starts kernels can use it, and each fork is as fresh as a kernel of its own."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import papermill
import psutil
import pytest
from ipykernel.connect import get_connection_info
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalPortCache
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from gdhelpers.kernels.parent import CannotBegin

NAME = "gdhelpers"
PARENT = "import psutil\nprint('gdhelpers.kernels.parent' in psutil.Process().parent().cmdline())"
DRAW = "import random, numpy, torch\nprint(random.random(), numpy.random.rand(), torch.rand(()).item())"
PLOT = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"
SLOPE = """
import torch, tensorflow as tf
x = torch.tensor(3.0, requires_grad=True); (x**2 + 4 * x).backward()
with tf.GradientTape() as tape:
    y = tf.Variable(3.0); z = y**2 + 4 * y
print(x.grad.item(), tape.gradient(z, y).numpy())
"""


def notebook(*sources):
    return new_notebook(
        cells=[new_code_cell(source) for source in sources],
        metadata={"kernelspec": {"name": NAME, "display_name": NAME, "language": "python"}},
    )


def printed(document):
    return ["".join(output.get("text", "") for output in cell.outputs).strip() for cell in document.cells]


def run(*sources):
    return NotebookClient(notebook(*sources), kernel_name=NAME).execute()


async def say(client, source, begun=None):
    """Run a line in a kernel, and return what it prints; the event is set as soon as it prints anything."""
    heard = []

    def hear(message):
        heard.append(message)
        if begun and message["msg_type"] == "stream":
            begun.set()

    reply = await client.execute_interactive(source, output_hook=hear, timeout=60)
    texts = [one["content"]["text"] for one in heard if one["msg_type"] == "stream"]
    return reply["content"]["status"], "".join(texts).strip()


class Kernel:
    """A kernel, with a client that is connected to it."""

    async def __aenter__(self):
        self.manager = AsyncKernelManager(kernel_name=NAME)
        await self.manager.start_kernel()
        await self.connect()
        return self

    async def connect(self):
        self.client = self.manager.client()
        self.client.start_channels()
        await self.client.wait_for_ready(timeout=60)

    async def __aexit__(self, *_):
        self.client.stop_channels()
        await self.manager.shutdown_kernel(now=True)


def gone(process):
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


def until(condition):
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_nbclient_runs_a_notebook_in_a_fork_that_computes_and_draws():
    document = run(PARENT, SLOPE, PLOT)
    assert printed(document)[:2] == ["True", "10.0 10.0"]
    assert any("image/png" in output.get("data", {}) for output in document.cells[2].outputs)


def test_papermill_runs_a_notebook_with_parameters(tmp_path):
    given = notebook("rate = 0.1", "print(rate)", PARENT)
    given.cells[0].metadata["tags"] = ["parameters"]
    nbformat.write(given, tmp_path / "in.ipynb")
    document = papermill.execute_notebook(
        tmp_path / "in.ipynb", tmp_path / "out.ipynb", {"rate": 0.5}, kernel_name=NAME, progress_bar=False
    )
    assert printed(document)[-2:] == ["0.5", "True"]


def test_nbval_compares_a_notebook(tmp_path):
    document = run(PARENT, SLOPE)
    nbformat.write(document, tmp_path / "right.ipynb")
    document.cells[1].outputs[0].text = "11.0 10.0\n"
    nbformat.write(document, tmp_path / "wrong.ipynb")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--nbval"]
    right, wrong = (
        subprocess.run([*command, f"{name}.ipynb"], cwd=tmp_path, capture_output=True, text=True, check=False)
        for name in ("right", "wrong")
    )
    assert (right.returncode, wrong.returncode) == (0, 1), right.stdout + wrong.stdout


def test_kernels_draw_different_random_numbers():
    numbers = [number for _ in range(3) for number in printed(run(DRAW))[0].split()]
    assert len(numbers) == len(set(numbers)) == 9


def test_a_kernel_has_its_own_folder_environment_and_no_history(tmp_path):
    source = "import os\nprint(os.getcwd(), os.environ['HERE'], len(In))"
    client = NotebookClient(notebook(source), kernel_name=NAME, resources={"metadata": {"path": str(tmp_path)}})
    document = client.execute(env=os.environ | {"HERE": "there"})
    assert printed(document) == [f"{tmp_path} there 2"]


def test_a_kernel_can_be_interrupted_and_restarted():
    async def work():
        async with Kernel() as kernel:
            assert await say(kernel.client, "x = 1") == ("ok", "")
            begun = asyncio.Event()
            loop = asyncio.ensure_future(say(kernel.client, "print('begun', flush=True)\nwhile True: pass", begun))
            await begun.wait()
            while not loop.done():
                await kernel.manager.interrupt_kernel()
                await asyncio.wait({loop}, timeout=1)
            assert loop.result()[0] == "error"
            assert await say(kernel.client, "print(x)") == ("ok", "1")
            kernel.client.stop_channels()
            await kernel.manager.restart_kernel()
            await kernel.connect()
            assert (await say(kernel.client, "print(x)"))[0] == "error"

    asyncio.run(work())


def test_a_parent_that_is_killed_is_replaced_and_its_kernels_go_on():
    async def work():
        async with Kernel() as first:
            assert (await say(first.client, "x = 1"))[0] == "ok"
            parent = psutil.Process(first.manager.provisioner.pid).parent()
            assert "gdhelpers.kernels.parent" in parent.cmdline()
            assert len(parent.threads()) == 1, "a parent that runs threads cannot be forked from"
            parent.kill()
            until(lambda: gone(parent))
            async with Kernel() as second:
                assert await say(second.client, "print(2)") == ("ok", "2")
            assert await say(first.client, "print(x)") == ("ok", "1")

    asyncio.run(work())


@pytest.fixture
def taken(monkeypatch):
    """The port that is chosen for kernels, which another process has taken before the kernel binds it."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        monkeypatch.setattr(LocalPortCache, "find_available_port", lambda *_: port)
        yield port


def test_a_port_that_is_taken_meanwhile_does_not_keep_a_kernel_from_beginning(taken):
    async def work():
        async with Kernel() as kernel:
            assert await say(kernel.client, "print(1)") == ("ok", "1")
            ports = kernel.manager.get_connection_info()
            assert taken not in ports.values()
            written = get_connection_info(kernel.manager.connection_file, unpack=True)
            assert ports.items() <= written.items()
            kernel.client.stop_channels()
            await kernel.manager.restart_kernel()
            assert kernel.manager.get_connection_info() == ports, "clients do not ask again"
            await kernel.connect()
            assert await say(kernel.client, "print(2)") == ("ok", "2")

    asyncio.run(work())


def test_a_kernel_that_cannot_begin_says_why():
    async def work():
        manager = AsyncKernelManager(kernel_name=NAME)
        with pytest.raises(CannotBegin, match="FileNotFoundError"):
            await manager.start_kernel(cwd="/nowhere")

    asyncio.run(work())


def test_what_a_kernel_started_ends_with_it():
    async def work():
        async with Kernel() as kernel:
            source = "import subprocess\nprint(subprocess.Popen(['sleep', '600']).pid)"
            child = psutil.Process(int((await say(kernel.client, source))[1]))
            process = psutil.Process(kernel.manager.provisioner.pid)
        until(lambda: gone(child) and gone(process))
        assert not await kernel.manager.is_alive()

    asyncio.run(work())


def test_a_kernel_that_ends_is_noticed():
    async def work():
        async with Kernel() as kernel:
            os.kill(kernel.manager.provisioner.pid, signal.SIGKILL)
            assert await asyncio.wait_for(kernel.manager.provisioner.wait(), 60) == -signal.SIGKILL
            assert not await kernel.manager.is_alive()

    asyncio.run(work())


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_when_the_client_is_killed(tmp_path, end):
    sleeping = "import time, pathlib\npathlib.Path('begun').touch()\ntime.sleep(600)"
    program = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parents[2])!r})
from tests.kernels.test_kernelspec import run
run({sleeping!r})
"""
    with subprocess.Popen([sys.executable, "-c", program], cwd=tmp_path) as client:
        until((tmp_path / "begun").exists)
        family = psutil.Process(client.pid).children(recursive=True)
        assert len(family) >= 2, "the parent and the kernel"
        client.send_signal(end)
    until(lambda: all(map(gone, family)))
