"""A kernel provisioner for jupyter_client: kernels are forked from a warm parent, and are there at once.

A kernelspec names it, with the modules that the parent imports; whatever starts kernels can use it: JupyterLab,
nbclient, nbval, papermill. The grader has its kernels begin in a sandbox.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from jupyter_client.connect import port_names
from jupyter_client.provisioning import LocalProvisioner
from traitlets import List, Unicode

from gdhelpers.kernels.parent import CannotBegin, Parent
from gdhelpers.kernels.preload import loaded_with

IN_SANDBOX, FREE = "gdhelpers.kernels.child:begin", "gdhelpers.kernels.child:begin_free"
"""What a fork of a warm parent becomes."""

START = 300.0
"""Seconds on the clock that a parent may take to import, and a sandbox to be set up, however busy the machine is."""

PLOTS = {"MPLBACKEND": "module://matplotlib_inline.backend_inline"}
"""What matplotlib has to know when it is imported, to draw into notebooks."""


class ForkProvisioner(LocalProvisioner):  # type: ignore[misc]
    """Forks a kernel from a warm parent.

    If `start_kernel` is given a `parent` and an `argument`, the kernel is forked from that parent and begins in the
    sandbox that the argument describes; otherwise one without a sandbox is forked from a parent of this process.

    The control socket is all that holds the kernel: when it is closed, as when this process ends, the kernel ends with
    all that it started.
    """

    modules = List(Unicode(), help="What the parent imports").tag(config=True)

    connection_info: dict[str, Any]
    _control: socket.socket | None = None
    _ports_known = False
    _told = b""
    _status: int | None = None
    _killing = False

    @property
    def was_killed(self) -> bool:
        """Whether the kernel has ended because something else than this provisioner killed it."""
        return self._status == -signal.SIGKILL and not self._killing

    @property
    def has_process(self) -> bool:
        """Whether there is a kernel, as far as is known."""
        return self._control is not None

    async def launch_kernel(self, cmd: list[str], **options: Any) -> Any:
        """Fork the kernel and wait until it begins; raises `CannotBegin` if it does not."""
        self._status, self._told, self._killing = None, b"", False
        chooses_ports = "parent" not in options and self.parent.transport == "tcp" and not self._ports_known
        if chooses_ports:
            self._leave_ports_open()
        if "parent" in options:
            Path(self.parent.connection_file).chmod(0o644)  # the folder is closed to others
            parent, forked = options["parent"], options["parent"].fork(IN_SANDBOX, options["argument"])
        else:
            parent = _warm(loaded_with(tuple(self.modules)))
            forked = parent.fork(FREE, self._argument(cmd, options))
        forked.setblocking(False)
        self._control = forked
        while b"\n" not in self._told:
            if not await self._hear(START):
                raise CannotBegin(parent.why())
        line, _, self._told = self._told.partition(b"\n")
        told = json.loads(line)
        if "error" in told:
            await self.kill()
            await self.wait()
            raise CannotBegin(f"The kernel could not begin: {told['error']}. Run: gd doctor")
        self.pid, self.pgid = told["pid"], told.get("group")
        if chooses_ports:
            self._learn_ports()
        return self.connection_info

    def _leave_ports_open(self) -> None:
        """Have the kernel choose its ports when it binds them: while the parent imports, others may take those chosen.

        Once they are known they stay, for the clients of a kernel that is restarted do not ask for them again.
        """
        file = Path(self.parent.connection_file)
        file.write_text(json.dumps(json.loads(file.read_text()) | dict.fromkeys(port_names, 0)))

    def _learn_ports(self) -> None:
        """Take over what the kernel has written into the connection file; the manager writes it anew."""
        file = Path(self.parent.connection_file)
        written = json.loads(file.read_text())
        self.connection_info |= {name: written[name] for name in port_names}
        file.unlink()
        self._ports_known = True

    def _argument(self, cmd: list[str], options: dict[str, Any]) -> dict[str, Any]:
        """Describe a kernel without a sandbox, whose command is `python -m ipykernel_launcher` and options of it."""
        return {
            "environment": PLOTS | dict(options.get("env") or os.environ),
            "folder": str(options.get("cwd") or Path.cwd()),
            "options": cmd[cmd.index("ipykernel_launcher") + 1 :],
        }

    async def poll(self) -> int | None:
        """Return None while the kernel runs, and then its exit status."""
        if self._control is not None:
            while await self._hear(0.0):
                pass
        return self._status if self._control is None else None

    async def wait(self) -> int | None:
        """Wait until the kernel has ended, and everything in its sandbox."""
        while self._control is not None:
            await self._hear(None)
        return self._status

    async def send_signal(self, signum: int) -> None:
        """Send a signal to the kernel."""
        if signum == signal.SIGKILL:
            await self.kill()
        elif self._control is not None and self.pgid:
            with suppress(ProcessLookupError):
                os.killpg(self.pgid, signum)
        elif self._control is not None:
            try:
                self._control.send(bytes([signum]))  # the warden of the sandbox passes it on
            except OSError:
                self._ended()

    async def kill(self, restart: bool = False) -> None:
        """End the kernel and all that it started."""
        del restart
        if await self.poll() is None and self._control is not None:
            self._killing = True
            self._control.shutdown(socket.SHUT_WR)  # the warden ends all when it reads the end
            if self.pgid:
                with suppress(ProcessLookupError):
                    os.killpg(self.pgid, signal.SIGKILL)

    async def terminate(self, restart: bool = False) -> None:
        """End the kernel; in a sandbox not politely, for what would run then is the student's."""
        await (self.send_signal(signal.SIGTERM) if self.pgid else self.kill(restart))

    async def cleanup(self, restart: bool = False) -> None:
        """Hold nothing any more."""
        self._ended()
        await super().cleanup(restart)

    async def _hear(self, seconds: float | None) -> bool:
        """Read what is told on the control socket; return whether anything was."""
        assert self._control is not None  # noqa: S101 - callers have looked
        try:
            if seconds == 0.0:
                told = self._control.recv(4096)
            else:
                told = await asyncio.wait_for(asyncio.get_running_loop().sock_recv(self._control, 4096), seconds)
        except BlockingIOError:
            return False
        except (OSError, TimeoutError):
            told = b""
        self._told += told
        if not told:
            self._ended()
        return bool(told)

    def _ended(self) -> None:
        if self._control is not None:
            self._control.close()
            self._control = None
            lines = self._told.splitlines()
            self._status = json.loads(lines[-1]).get("status", -1) if lines else -int(signal.SIGKILL)


@lru_cache
def _warm(modules: tuple[str, ...]) -> Parent:
    """Return the parent in this process of kernels without a sandbox."""
    return Parent(modules, PLOTS | dict(os.environ))
