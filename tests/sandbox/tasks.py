"""What tests do inside a sandbox."""

import ctypes
import errno
import json
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from multiprocessing import get_context
from pathlib import Path

from gdhelpers.sandbox.attempts import leave_daemon
from gdhelpers.sandbox.syscall import call


def leave(code):
    sys.exit(code)


def kill_itself(signal_number):
    os.kill(os.getpid(), signal_number)
    time.sleep(60)


def wait_for_interrupt():
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell starts what runs in its background without
    try:
        print("waiting", flush=True)
        time.sleep(60)
    except KeyboardInterrupt:
        print("interrupted", flush=True)


def wait():
    print("waiting", flush=True)
    time.sleep(60)


def daemon(seconds):
    leave_daemon()
    print("left", flush=True)
    time.sleep(seconds)


def kill_the_keeper():
    leave_daemon()
    try:
        os.kill(os.getppid(), signal.SIGKILL)
    except PermissionError:
        print("refused", flush=True)
    wait()


def state():
    status = dict(line.split(":\t", 1) for line in Path("/proc/self/status").read_text().splitlines() if ":\t" in line)
    places = [place for place in range(1024) if _open(place)]
    facts = {name: status[name] for name in ("CapInh", "CapPrm", "CapEff", "CapAmb", "NoNewPrivs")}
    print(json.dumps({"uid": os.getresuid(), "gid": os.getresgid(), "places": places, **facts, "cwd": str(Path.cwd())}))


def _open(place):
    try:
        os.fstat(place)
    except OSError:
        return False
    return True


def files(names):
    print(json.dumps({name: _read(name) for name in names}))


def _read(name):
    try:
        return sorted(each.name for each in Path(name).iterdir()) if Path(name).is_dir() else Path(name).read_text()
    except OSError as error:
        return errno.errorcode[error.errno]


def write_everywhere():
    for folder in (".", tempfile.gettempdir(), "/dev/shm"):  # noqa: S108 - inside
        with tempfile.NamedTemporaryFile(dir=folder) as file:
            file.write(b"x")
    Path("made").write_text("by the student")
    Path("given").write_text("changed")
    print("done")


def sockets(run):
    server = socket.socket(socket.AF_UNIX)
    server.bind(f"{run}/inner")
    server.listen()
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(f"{run}/outer")
        print(client.recv(100).decode())
    connection, _ = server.accept()
    connection.sendall(b"from inside")
    Path(run, "gone").unlink()
    print(Path(run, "given").read_text())


def refused(names):
    """Print how each system call failed; arguments of zero do nothing anywhere."""
    codes = {}
    for name in names:
        try:
            call(name, 0, 0, 0, 0, 0)
            codes[name] = 0
        except OSError as error:
            codes[name] = error.errno
    print(json.dumps(codes))


def particular():
    """Print how system calls fail whose arguments decide."""
    codes = {}
    cases = {
        "clone": (0x10000000 | signal.SIGCHLD, 0, 0, 0, 0), "socket": (socket.AF_INET, socket.SOCK_STREAM, 0),
        "socketpair": (socket.AF_TIPC, 1, 0, 0), "ioctl": (0, 0x5412, 0), "personality": (0x0040000,),
    }  # fmt: skip
    for name, arguments in cases.items():
        try:
            call(name, *arguments)
            codes[name] = 0
        except OSError as error:
            codes[name] = error.errno
    for family in (socket.AF_INET6, socket.AF_NETLINK, socket.AF_PACKET):
        try:
            socket.socket(family, socket.SOCK_RAW)
        except OSError as error:
            codes[f"family {int(family)}"] = error.errno
    near, far = socket.socketpair()
    near.sendall(b"fine")
    thread = threading.Thread(target=far.recv, args=(4,))
    thread.start()
    thread.join()
    codes["the same personality"] = call("personality", 0xFFFFFFFF)
    print(json.dumps(codes))


def call_x32():
    ctypes.CDLL(None).syscall(ctypes.c_long(0x40000000 + 39))


def bomb(count):
    """Fork until nothing more goes, and leave all of them behind."""
    for _ in range(count):
        try:
            if os.fork() == 0:
                os.setsid()
                time.sleep(60)
                os._exit(0)
        except OSError:
            break
    print("left", flush=True)


def small_things():
    """Do what any notebook may do."""
    results = []
    threads = [threading.Thread(target=results.append, args=(index,)) for index in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(len(results), subprocess.run(["echo", "hello"], capture_output=True, text=True, check=True).stdout.strip())
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "a").write_text("temporary")
        print(Path(folder, "a").read_text())
    with get_context("fork").Pool(2) as pool:
        print(pool.map(abs, [-1, -2]))


def libraries():
    """Import the course's libraries, or use those that were imported outside, and compute."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt
    import tensorflow as tf
    import torch

    small_things()
    x = torch.ones(200, 200, requires_grad=True)
    (x @ x).sum().backward()
    print(float(x.grad[0, 0]))
    y = tf.Variable(tf.ones((200, 200)))
    with tf.GradientTape() as tape:
        z = tf.reduce_sum(y @ y)
    print(float(tape.gradient(z, y)[0, 0]))
    plt.plot([1, 2])
    plt.savefig("plot.png")
    print(Path("plot.png").stat().st_size > 1000)


def bomb_and_stay(count):
    bomb(count)
    time.sleep(60)


def small_processes(count):
    """Print how many processes can be started."""
    children = []
    for _ in range(count):
        child = os.fork()
        if child == 0:
            signal.pause()
        children.append(child)
    print(len(children), flush=True)


def reach(pid):
    """Print what of another submission is out of reach."""
    held = {}
    for name, attempt in (
        ("signal", lambda: os.kill(pid, 0)),
        ("limits", lambda: resource.prlimit(pid, resource.RLIMIT_CPU, (1, 1))),
        ("memory", lambda: Path(f"/proc/{pid}/environ").read_bytes()),
    ):
        try:
            attempt()
            held[name] = False
        except OSError:
            held[name] = True
    print(json.dumps(held))


def sockets_of_others(path, abstract):
    """Print what came of reaching for sockets of others, with and without a connection."""
    codes = {}
    for name, address in (("path", path), ("abstract", f"\0{abstract}")):
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            try:
                with socket.socket(socket.AF_UNIX, kind) as client:
                    client.sendto(b"x", address) if kind == socket.SOCK_DGRAM else client.connect(address)
                codes[f"{name} {kind.name}"] = 0
            except OSError as error:
                codes[f"{name} {kind.name}"] = error.errno
    print(json.dumps(codes))


def change(path):
    """Try to close a file to its owner, and copy one as any notebook may."""
    try:
        Path(path).chmod(0)
    except PermissionError:
        print("refused")
    Path("given").write_text("x")
    print(Path(shutil.copy("given", "copy")).read_text())


def leave_shared_memory():
    Path("/dev/shm/left").write_text("x")  # noqa: S108 - inside
    Path("/dev/shm/folder").mkdir()  # noqa: S108
    print(_read("/dev/shm"))  # noqa: S108
