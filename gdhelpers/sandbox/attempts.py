"""Attempts to break out of a sandbox, made from inside: each returns words when it succeeds, or raises OSError."""

from __future__ import annotations

import ctypes
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from gdhelpers.sandbox.syscall import call

Targets = dict[str, Any]
"""What is outside, by name: files, the number of a process, a port, the name of a socket; and the limits."""

PTRACE_ATTACH = 16
NEW_USER = 0x10000000
_SURPLUS = 64 << 20


def make(names: list[str], targets: Targets) -> None:
    """Make attempts, and print one line of JSON for each: its name, whether the sandbox held, and what happened."""
    for name in names:
        try:
            holds, detail = False, ATTEMPTS[name](targets)
        except (OSError, MemoryError) as error:
            holds, detail = True, getattr(error, "strerror", None) or type(error).__name__
        print(json.dumps([name, holds, detail]), flush=True)


def stay(seconds: float) -> None:
    """Leave a process in the background that no longer belongs to this one, say so, and wait."""
    leave_daemon()
    print("left", flush=True)
    time.sleep(seconds)


def leave_daemon() -> None:
    """Start a process that ignores signals, has its own session, and holds the standard output open."""
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT):
                signal.signal(number, signal.SIG_IGN)
            time.sleep(60)
        os._exit(0)
    os.wait()


def _read_outside(targets: Targets) -> str:
    return f"read {len(Path(targets['outside']).read_bytes())} bytes"


def _read_hidden(targets: Targets) -> str:
    return f"read {len(Path(targets['hidden']).read_bytes())} bytes"


def _write_outside(targets: Targets) -> str:
    Path(targets["outside"]).with_name("made by the student").write_text("x")
    return "made a file"


def _read_process(targets: Targets) -> str:
    for part in ("environ", "cmdline"):
        content = Path(f"/proc/{targets['pid']}/{part}").read_bytes()
        # Inside, another process may bear the number.
        if targets["mark"].encode() in content:
            return f"read its {part}"
    raise ProcessLookupError(3, "no such process inside")


def _signal(targets: Targets) -> str:
    os.kill(targets["pid"], 0)
    return "may send it signals"


def _connect_port(targets: Targets) -> str:
    with socket.socket() as client:
        client.settimeout(1)
        client.connect(("127.0.0.1", targets["port"]))
        return "connected"


def _connect_abstract(targets: Targets) -> str:
    with socket.socket(socket.AF_UNIX) as client:
        client.connect("\0" + targets["abstract"])
        return "connected"


def _file_in_run(targets: Targets) -> str:
    Path(targets["run"], "made by the student").write_text("x")
    return "made a file"


def _trace(_: Targets) -> str:
    child = os.fork()
    if child == 0:
        signal.pause()
    try:
        call("ptrace", PTRACE_ATTACH, child, 0, 0)
        return "attached"
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def _new_user(_: Targets) -> str:
    child = os.fork()
    if child == 0:
        # In a process of its own: this one has yet to try other things.
        code = 0
        try:
            call("unshare", NEW_USER)
        except OSError as error:
            code = error.errno or 1
        os._exit(code)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code:
        raise OSError(code, os.strerror(code))
    return "became root of a new user namespace"


def _mount(targets: Targets) -> str:
    call("mount", "none", targets["work"], "tmpfs", 0, None)
    return "mounted"


def _memory(targets: Targets) -> str:
    return f"got {len(bytearray(targets['memory'] + _SURPLUS)) >> 20} MiB"


def _processes(targets: Targets) -> str:
    children = []
    try:
        # Without a user namespace, the kernel counts those outside too, which may have become fewer.
        for _ in range(8 * targets["processes"]):
            child = os.fork()
            if child == 0:
                signal.pause()
            children.append(child)
    finally:
        for child in children:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
    return f"started {len(children)}"


def _file_size(targets: Targets) -> str:
    return _write(targets["file_size"], 1)


def _disk(targets: Targets) -> str:
    return _write(targets["disk"] // 4, 6)


def _write(size: int, count: int) -> str:
    names = [Path(f"large {index}") for index in range(count)]
    try:
        for name in names:
            with name.open("wb", buffering=0) as file:
                written = 0
                while written <= size:
                    written += file.write(bytes(1 << 20))
    finally:
        for name in names:
            name.unlink(missing_ok=True)
    return f"wrote {size * count >> 20} MiB"


def _open_files(targets: Targets) -> str:
    held: list[int] = []
    try:
        for _ in range(targets["open_files"] + 1):
            held.append(os.dup(0))
    finally:
        for place in held:
            os.close(place)
    return f"opened {len(held)}"


def _privileges(targets: Targets) -> str:
    # Where the caller is root, a program that would make anybody root; else the kernel's word.
    program = targets["setuid"]
    if program:
        user = subprocess.run([program, "-u"], capture_output=True, check=False).stdout  # noqa: S603 - id
        if user.strip() == b"0":
            return "became root"
    with suppress(OSError):
        status = Path("/proc/self/status").read_text()
        if "NoNewPrivs:\t1" not in status or "CapEff:\t0000000000000000" not in status:
            return "may gain privileges"
    libc = ctypes.CDLL(None)
    if libc.prctl(39, 0, 0, 0, 0) != 1:
        return "may gain privileges"
    raise PermissionError(1, "no new privileges")


ATTEMPTS: dict[str, Callable[[Targets], str]] = {
    "read a file outside": _read_outside,
    "read a hidden file": _read_hidden,
    "write outside": _write_outside,
    "look into other processes": _read_process,
    "signal other processes": _signal,
    "connect to a port": _connect_port,
    "connect to an abstract socket": _connect_abstract,
    "make a file in the shared folder": _file_in_run,
    "trace a process": _trace,
    "make a user namespace": _new_user,
    "mount": _mount,
    "use more memory": _memory,
    "start more processes": _processes,
    "write a larger file": _file_size,
    "fill the disk": _disk,
    "open more files": _open_files,
    "gain privileges": _privileges,
}
"""What is tried, in the words in which an instructor reads it after "cannot"."""
