"""Searching the machine: other processes, files of the grader and of other students, the environment."""

from __future__ import annotations

from tests.attacks.attack import CANARY, Attack
from tests.attacks.searching import probe

ATTACKS: tuple[Attack, ...] = (
    probe(
        "environment",
        "The kernel's own environment is searched for what the grader was started with.",
        f"""
        import os, pathlib
        own = pathlib.Path("/proc/self/environ")
        if "{CANARY}" in os.environ or (own.exists() and b"{CANARY}" in own.read_bytes()):
            TELL
        """,
    ),
    probe(
        "environment-of-others",
        "The environment of every process that can be read is searched for a name.",
        f"""
        import pathlib
        for path in pathlib.Path("/proc").glob("[0-9]*/environ"):
            try:
                if b"{CANARY}=" in path.read_bytes():
                    TELL
            except OSError:
                pass
        """,
        sandboxed=True,
    ),
    probe(
        "command-lines-of-others",
        "The command lines of other processes are searched for a grader.",
        """
        import os, pathlib
        for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
            try:
                line = path.read_bytes().replace(b"\\0", b" ")
            except OSError:
                continue
            if path.parent.name != str(os.getpid()) and any(w in line for w in (b"gd grade", b"pytest", b"examiner")):
                TELL
        """,
        sandboxed=True,
    ),
    probe(
        "memory-of-the-parent",
        "The memory of the parent process is opened.",
        """
        import os
        parent = os.getppid()
        try:
            with open(f"/proc/{parent}/maps") as maps, open(f"/proc/{parent}/mem", "rb", 0) as memory:
                for line in maps:
                    start = int(line.split("-")[0], 16)
                    memory.seek(start)
                    if parent != 1 and "python" in line and memory.read(16):
                        TELL
                        break
        except (OSError, ValueError, OverflowError):
            pass
        """,
        sandboxed=True,
    ),
    probe(
        "open-files-of-the-parent",
        "What the parent process holds open is opened again.",
        """
        import os
        for parent in (os.getppid(), 1):
            try:
                names = [os.readlink(f"/proc/{parent}/fd/{fd}") for fd in os.listdir(f"/proc/{parent}/fd")]
            except OSError:
                continue
            if any(name.endswith((".db", ".ipynb")) or "gd-secret" in name for name in names):
                TELL
        """,
        sandboxed=True,
    ),
    probe(
        "inherited-files",
        "The files that the kernel inherited are read: notebooks, databases, pipes to the grader.",
        """
        import os
        for fd in range(3, 256):
            try:
                name = os.readlink(f"/proc/self/fd/{fd}")
            except OSError:
                continue
            if name.endswith((".db", ".ipynb", ".py")) and "hist" not in name or "gd-secret" in name:
                TELL
        """,
    ),
    probe(
        "files-of-the-machine",
        "All folders are walked for the instructor's notebooks, the gradebook, the secret and the hidden tests.",
        """
        import os
        for folder, folders, files in os.walk("/"):
            # nbgrader brings the courses of its manual.
            folders[:] = [] if folder.startswith(("/proc", "/sys", "/dev")) else folders[:2000]
            folders[:] = [name for name in folders if name != "nbgrader"]
            if {"gradebook.db", ".gd-secret", "nbgrader_config.py"} & set(files):
                TELL
            if "hidden_tests" in folders or "submitted" in folders or os.path.basename(folder) == "hidden_tests":
                TELL
        """,
        sandboxed=True,
    ),
    probe(
        "work-folders-of-others",
        "The folders in which other submissions are graded are looked for, beside its own.",
        """
        import contextlib, os, pathlib
        own = pathlib.Path.cwd().resolve()
        for folder in {own.parent, own.parent.parent, pathlib.Path("/tmp"), pathlib.Path("/dev/shm")}:
            with contextlib.suppress(OSError):
                if any(p.name.startswith("gd-") and p.resolve() not in (own, own.parent) for p in folder.iterdir()):
                    TELL
        """,
        sandboxed=True,
    ),
    probe(
        "own-work-folder",
        "Its own work folder is searched for a test, a notebook or an expected value.",
        """
        import pathlib
        for path in pathlib.Path.cwd().rglob("*"):
            if path.is_file() and path.stat().st_size < 10**6:
                text = path.read_bytes()
                if b"hidden" in text or path.suffix == ".ipynb":
                    TELL
        """,
    ),
    probe(
        "home",
        "The home folder is searched for what belongs to the account that grades.",
        """
        import os, pathlib
        for home in {os.environ.get("HOME", "/"), "/root", os.path.expanduser("~")}:
            for name in (".ssh", ".netrc", ".gitconfig", ".bash_history", ".jupyter/nbgrader_config.py"):
                try:
                    if (pathlib.Path(home) / name).exists():
                        TELL
                except OSError:
                    pass
        """,
        sandboxed=True,
    ),
    probe(
        "who-grades",
        "The names of the grading account and of the machine's folders are read from `sys` and mounts.",
        """
        import pathlib, sys
        text = " ".join([*sys.argv, *sys.orig_argv, *sys.path])
        mounts = pathlib.Path("/proc/self/mounts")
        text += mounts.read_text() if mounts.exists() else ""
        if "submitted" in text or "gradebook" in text or "hidden_tests" in text:
            TELL
        """,
    ),
)
