"""A kernel provisioner for jupyter_client: kernels are forked from a warm parent and begin in the sandbox."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
from pathlib import Path
from typing import Any

from jupyter_client.provisioning import LocalProvisioner

from gdhelpers.trouble import Trouble

START = 60.0
"""Seconds on the clock that a parent may take to import, and a sandbox to be set up."""


class SandboxTrouble(Trouble):
    """The sandbox could not be set up; the message says which layer and why."""


class ForkProvisioner(LocalProvisioner):  # type: ignore[misc]
    """Forks a kernel from the `parent` that `start_kernel` is given, with the `argument` of its child.

    The socket to the warden of the sandbox is all that holds the kernel: when it is closed, as when this process ends,
    everything in the sandbox ends.
    """

    _warden: socket.socket | None = None
    _told = b""
    _status: int | None = None

    @property
    def has_process(self) -> bool:
        """Whether there is a kernel, as far as is known."""
        return self._warden is not None

    async def launch_kernel(self, cmd: list[str], **options: Any) -> Any:
        """Fork the kernel and wait until the sandbox stands; raises `SandboxTrouble` where it does not."""
        del cmd
        Path(self.parent.connection_file).chmod(0o644)  # the folder is closed to others
        self._status, self._told = None, b""
        # Not in another thread: a parent ends with the thread that started it.
        forked = options["parent"].fork(options["argument"])
        forked.setblocking(False)
        self._warden = forked
        while b"\n" not in self._told:
            if not await self._hear(START):
                raise SandboxTrouble("The sandbox ended before it stood.")
        line, _, self._told = self._told.partition(b"\n")
        told = json.loads(line)
        if "error" in told:
            await self.kill()
            raise SandboxTrouble(f"The sandbox could not be set up: {told['error']}. Run: gd doctor")
        self.pid, self.pgid = told["pid"], None
        return self.connection_info

    async def poll(self) -> int | None:
        """Return None while the kernel runs, and then its exit status."""
        if self._warden is not None:
            while await self._hear(0.0):
                pass
        return self._status if self._warden is None else None

    async def wait(self) -> int | None:
        """Wait until the kernel and everything in its sandbox have ended."""
        while self._warden is not None:
            await self._hear(None)
        return self._status

    async def send_signal(self, signum: int) -> None:
        """Send a signal to the kernel."""
        if signum == signal.SIGKILL:
            await self.kill()
        elif self._warden is not None:
            try:
                self._warden.send(bytes([signum]))
            except OSError:
                self._ended()

    async def kill(self, restart: bool = False) -> None:
        """End everything in the sandbox."""
        del restart
        if self._warden is not None:
            self._warden.shutdown(socket.SHUT_WR)  # the warden ends all when it reads the end

    async def terminate(self, restart: bool = False) -> None:
        """End everything in the sandbox: what would run on a polite request is the student's."""
        await self.kill(restart)

    async def cleanup(self, restart: bool = False) -> None:
        """Hold nothing any more."""
        self._ended()
        await super().cleanup(restart)

    async def _hear(self, seconds: float | None) -> bool:
        """Read what the warden tells; return whether it told anything."""
        assert self._warden is not None  # noqa: S101 - callers have looked
        try:
            if seconds == 0.0:
                told = self._warden.recv(4096)
            else:
                told = await asyncio.wait_for(asyncio.get_running_loop().sock_recv(self._warden, 4096), seconds)
        except BlockingIOError:
            return False
        except (OSError, TimeoutError):
            told = b""
        self._told += told
        if not told:
            self._ended()
        return bool(told)

    def _ended(self) -> None:
        if self._warden is not None:
            self._warden.close()
            self._warden = None
            lines = self._told.splitlines()
            self._status = json.loads(lines[-1]).get("status", -1) if lines else -int(signal.SIGKILL)
