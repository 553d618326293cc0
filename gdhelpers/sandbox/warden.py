"""The warden: the process outside that starts a sandbox, passes signals on, and sees to its end."""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import socket
import stat
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

from gdhelpers.sandbox import chroot, descendants, keeper
from gdhelpers.sandbox.identity import Identity
from gdhelpers.sandbox.line import Line
from gdhelpers.sandbox.policy import KNOWN, Policy
from gdhelpers.sandbox.removal import remove
from gdhelpers.sandbox.trouble import explained, layer
from gdhelpers.sandbox.view import below
from gdhelpers.system import LINUX


def enter(policy: Policy, control: int, kept: int | None = None) -> None:
    """Return in a new process that is the student's; the calling one becomes its warden, and never returns.

    Of its open files the student's process has the standard ones, and the one that is to be kept.

    `control` is one end of a stream of AF_UNIX. The warden writes a line of JSON when the student's process is ready,
    {"pid": its number outside}, or {"error": "layer: reason"} and nothing of the student's runs; and when all has
    ended, {"status": the exit code, or minus the signal}. Each byte that it reads is a signal for the student's
    process. When the other end is closed, all is killed.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    # Whatever the grader's is: folders of the sandbox are entered, and sockets met, by somebody else.
    os.umask(0o022)
    collecting = gc.isenabled()
    # A collection touches every object, and the kernel would copy all of the memory that was shared by forking.
    gc.disable()
    try:
        identity = _prepare(policy)
        near, far = Line.pair()
        child = os.fork()
    except BaseException as error:
        Warden.fail(control, explained(error))
    if child:
        far.close()
        if kept is not None:
            os.close(kept)
        Warden(policy, identity, child, near, control).watch()
    near.close()
    os.close(control)
    keeper.start(policy, identity, far, kept)
    if collecting:
        gc.enable()


def _prepare(policy: Policy) -> Identity:
    unknown = set(policy.layers) - KNOWN
    if unknown:
        raise ValueError(f"no such layers: {', '.join(sorted(unknown))}")
    for folder in (policy.run, policy.work):
        if str(Path(folder).resolve()) != folder or not Path(folder).is_dir():
            raise ValueError(f"{folder} is not the real path of a folder")
    if below(policy.run, policy.work) or below(policy.work, policy.run):
        raise ValueError("neither of the shared folder and the work folder may lie in the other")
    with layer("account"):
        identity = Identity.of_account() if "account" in policy.layers else Identity.of_student()
    if identity.other and "namespaces" not in policy.layers:
        top = Path(policy.root or "/")
        for parent in {top, *Path(policy.run).parents, *Path(policy.work).parents} - set(top.parents):
            if not parent.stat().st_mode & stat.S_IXOTH:
                raise ValueError(f"{parent} is closed to the user that the student's process runs as")
    descendants.adopt()
    identity.own(policy.run, policy.work)
    if "account" in policy.layers and "namespaces" not in policy.layers:
        identity.own_all(policy.work)
    return identity


class Warden:
    """What the warden knows: the control socket, the line from below, and the processes that it answers for."""

    def __init__(self, policy: Policy, identity: Identity, child: int, line: Line, control: int) -> None:
        self._alone = "namespaces" in policy.layers
        self._root = policy.root if "chroot" in policy.layers else None
        self._identity, self._line, self._control = identity, line, control
        self._child: int | None = child
        self._keeper: int | None = None
        self._student: int | None = None
        self._error: str | None = None
        self._status: int | None = None
        self._waiting: list[int] = []

    def watch(self) -> NoReturn:
        """Serve until the student's process has ended or nobody holds the other end of the control socket."""
        try:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            gone = self._serve()
            self._end()
            if not gone:
                self._report()
        except BaseException as error:
            self._end()
            self.fail(self._control, explained(error))
        finally:
            os._exit(0)

    @staticmethod
    def fail(control: int, reason: str) -> NoReturn:
        """Tell why there is no sandbox, and end."""
        with suppress(OSError):
            os.write(control, json.dumps({"error": reason}).encode() + b"\n")
        os._exit(1)

    def _serve(self) -> bool:
        """Return when all below have hung up, False, or the manager has, True."""
        events = select.poll()
        for place in (self._line.fileno(), self._control):
            events.register(place, select.POLLIN)
        while True:
            ready = {place for place, _ in events.poll()}
            if self._line.fileno() in ready:
                messages = self._line.receive()
                if not messages:
                    return False
                for message, sender in messages:
                    self._heed(message, sender)
            if self._control in ready and not self._obey():
                return True

    def _heed(self, message: dict[str, Any], sender: int) -> None:
        """Act on a message from below."""
        match message:
            case {"maps": pid}:
                with layer("namespaces"):
                    self._identity.map(sender or pid)
                self._line.send(go=True)
            case {"keeper": pid}:
                self._keeper = sender or pid
                if self._alone and self._child is not None:
                    # Its child is ours from now on, and dies with us if it asks for that.
                    os.waitpid(self._child, 0)
                self._child = None
                self._line.send(go=True)
            case {"ready": pid}:
                self._admit(sender or pid)
            case {"status": status}:
                self._status = status
            case {"error": error}:
                self._error = error

    def _admit(self, pid: int) -> None:
        # The number may be another process's by the time that a signal comes; the descriptor never is.
        self._student = os.pidfd_open(pid) if LINUX else pid
        self._tell(pid=pid)
        for number in self._waiting:
            self._signal(number)
        self._line.send(go=True)

    def _obey(self) -> bool:
        """Pass signals on; return whether somebody still holds the other end of the control socket."""
        try:
            numbers = os.read(self._control, 64)
        except ConnectionResetError:
            return False
        for number in numbers:
            if self._student is None:
                self._waiting.append(number)
            else:
                self._signal(number)
        return bool(numbers)

    def _signal(self, number: int) -> None:
        # What is no signal, and a process that has ended, need no answer.
        with suppress(OSError, ValueError):
            if LINUX:
                signal.pidfd_send_signal(self._student or 0, number)
            else:
                os.kill(self._student or 0, number)

    def _end(self) -> None:
        """Kill what is left, and wait until it is gone."""
        if self._alone:
            for pid in {self._keeper, self._child} - {None}:
                with suppress(ProcessLookupError, ChildProcessError):
                    os.kill(pid or 0, signal.SIGKILL)
                    # The first process of a namespace is gone only after all others there.
                    os.waitpid(pid or 0, 0)
        else:
            descendants.end(None if LINUX else self._student)
            if self._identity.account is not None:
                descendants.end(None, self._identity.account)
                for path in chroot.shared_memory(self._root, self._identity.account) if self._root else ():
                    remove(path)

    def _report(self) -> None:
        if self._error is not None or self._student is None:
            self._tell(error=self._error or "sandbox: it ended before it was ready")
        else:
            self._tell(status=-signal.SIGKILL if self._status is None else self._status)

    def _tell(self, **message: Any) -> None:
        with suppress(OSError), socket.socket(fileno=os.dup(self._control)) as control:
            control.sendall(json.dumps(message).encode() + b"\n")
