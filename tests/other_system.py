"""Linux as if it were another system: what that one lacks is taken away. A stand-in for machines that are not there.

Libraries of others were built for Linux: they are imported before, and find what they need.
"""

import ctypes
import importlib
import json
import os
import pkgutil
import platform
import shutil
import signal
import socket
import sys
from contextlib import nullcontext, redirect_stderr, redirect_stdout
from io import StringIO
from types import SimpleNamespace

ONLY_LINUX = {
    os: (
        "getxattr", "memfd_create", "pidfd_open", "sched_getaffinity", "sched_setaffinity", "setns", "setxattr",
        "unshare",
    ),
    signal: ("pidfd_send_signal",),
}  # fmt: skip
NOT_WINDOWS = {
    os: (
        "O_CLOEXEC", "O_DIRECTORY", "O_NOFOLLOW", "O_NONBLOCK", "WNOHANG", "chown", "fchown", "fork", "forkpty",
        "getegid", "geteuid", "getgid", "getpgid", "getpgrp", "getuid", "killpg", "lchown", "mkfifo", "mknod",
        "openpty", "posix_spawn", "setsid", "statvfs", "waitid",
    ),
    signal: (
        "SIGALRM", "SIGCHLD", "SIGHUP", "SIGKILL", "SIGPIPE", "SIGQUIT", "SIGSTOP", "SIGUSR1", "alarm",
        "pthread_sigmask", "setitimer",
    ),
    socket: ("AF_UNIX", "SCM_RIGHTS", "recv_fds", "send_fds"),
}  # fmt: skip
NO_MODULES_OF_WINDOWS = ("fcntl", "grp", "pty", "pwd", "resource", "termios", "tty")


def become_macos():
    """Take away what macOS lacks; only `gdhelpers.system` looks at the name."""
    _take(ONLY_LINUX)
    sys.platform, name = "darwin", sys.platform
    import gdhelpers.system

    sys.platform = name
    assert not gdhelpers.system.LINUX


def become_windows():
    """Take away what Windows lacks, after what others wrote was imported."""
    import alembic, distributed, ipykernel.kernelapp, jupyterlab.labapp, matplotlib.pyplot, nbclient, nbconvert  # noqa: E401, F401, I001
    import filelock, nbgrader.apps, nh3, pandas, psutil, rich.console, sqlalchemy, tensorflow, torch  # noqa: E401, F401

    _take(ONLY_LINUX)
    _take(NOT_WINDOWS)
    sys.modules |= dict.fromkeys(NO_MODULES_OF_WINDOWS)
    ctypes.CDLL = _CDLL
    # The one of Windows cannot run here, and nobody else uses the gradebook.
    filelock.FileLock = lambda *_, **__: nullcontext()
    shutil._use_fd_functions = False
    # What Python 3.12 and later ask Windows.
    shutil._winapi = SimpleNamespace(NeedCurrentDirectoryForExePath=lambda _: False)
    sys.platform = "win32"
    platform.system = lambda: "Windows"


class _CDLL(ctypes.CDLL):
    def __init__(self, name, *arguments, **options):
        if name is None:
            raise TypeError("a library without a name is Linux's")
        super().__init__(name, *arguments, **options)


def _take(names):
    for module, gone in names.items():
        for name in gone:
            if hasattr(module, name):
                delattr(module, name)


def main():
    """Run commands of `gd` as on Windows, each a list of words in JSON; print what each gives, and import the rest."""
    become_windows()
    from gdhelpers import cli

    for words in map(json.loads, sys.argv[1:]):
        with redirect_stdout(StringIO()) as out, redirect_stderr(out):
            try:
                code = cli.main(words)
            except SystemExit as end:
                code = end.code
        print(json.dumps([code, out.getvalue()]))
    print(json.dumps(sorted(_not_imported())))


def _not_imported():
    import gdhelpers

    for module in pkgutil.walk_packages(gdhelpers.__path__, "gdhelpers."):
        try:
            importlib.import_module(module.name)
        except (ImportError, AttributeError):
            yield module.name


if __name__ == "__main__":
    main()
