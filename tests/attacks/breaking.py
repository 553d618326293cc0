"""Breaking: ending, blocking or crippling the process in which answers run, so that others lose or nobody is judged."""

from __future__ import annotations

from textwrap import dedent

from tests.attacks.attack import PS1, Attack, deserved
from tests.attacks.handin import hand_in


def _function(name: str, what: str, lines: str, says: str | None = None) -> Attack:
    """Break something in `derivative`, which would return 0 if it came to that."""
    body = "\n".join(f"    {line}" for line in dedent(lines).strip().splitlines())
    build = hand_in({"derivative": f"def derivative(f, x):\n{body}\n    return 0.0\n"})
    return Attack(name, "breaking", PS1, what, build, deserved(PS1, "derivative"), says=says)


def _cell(name: str, what: str, cell: str) -> Attack:
    """Break something in a cell of its own between two right answers, which keep their points."""
    return Attack(name, "breaking", PS1, what, hand_in(after={"test-derivative": cell}), deserved(PS1))


ENDS = {
    "exit": ("exit()", "exit()"),
    "sys-exit": ("sys.exit", "import sys\nsys.exit(0)"),
    "os-exit": ("os._exit", "import os\nos._exit(0)"),
    "sigkill": ("SIGKILL", "import os\nos.kill(os.getpid(), 9)"),
    "sigterm": ("SIGTERM", "import os, time\nos.kill(os.getpid(), 15)\ntime.sleep(1)"),
    "sigint": ("SIGINT", "import os, time\nos.kill(os.getpid(), 2)\ntime.sleep(1)"),
    "sigstop": ("SIGSTOP", "import os\nos.kill(os.getpid(), 19)"),
    "segfault": ("a null pointer", "import ctypes\nctypes.string_at(0)"),
    "abort": ("os.abort", "import os\nos.abort()"),
    "process-group": ("SIGKILL to its process group", "import os\nos.killpg(os.getpgrp(), 9)"),
    "exec": ("another program in its place", "import os\nos.execv('/bin/true', ['true'])"),
    "threads-of-c": ("a call that returns to freed memory", "import ctypes\nctypes.memset(id(None), 255, 64)"),
}

ENDINGS = (
    *(
        _function(f"{slug}-in-the-function", f"The function ends or stops Python by {what}.", code)
        for slug, (what, code) in ENDS.items()
    ),
    *(
        _cell(f"{slug}-in-a-cell", f"A cell ends or stops Python by {what}.", code)
        for slug, (what, code) in ENDS.items()
        if slug in ("exit", "os-exit", "sigkill", "sigstop", "segfault", "exec")
    ),
)

LEFT_BEHIND = (
    Attack(
        "timer-above-the-set-up", "breaking", PS1, "A timer of an extra cell ends Python in the set-up cell.",
        hand_in(first="import os, threading\nthreading.Timer(0.02, os._exit, [0]).start()"), deserved(PS1),
    ),
    _cell(
        "hook-before-every-cell", "A hook of IPython ends Python before every further cell.",
        "import os\nget_ipython().events.register('pre_run_cell', lambda *a: os._exit(0))",
    ),
    Attack(
        "event-loop-asleep", "breaking", PS1, "The event loop falls asleep a moment after the cell.",
        hand_in(after={
            "test-descend": "import asyncio, time\nasyncio.get_running_loop().call_later(0.02, time.sleep, 10**6)"
        }),
        deserved(PS1),
    ),
    Attack(
        "killed-when-wrong", "breaking", PS1,
        "Who sees that an answer was wrong, since it is not asked for once more, dies to be examined anew.",
        hand_in(
            {"derivative": "asked = []\n\ndef derivative(f, x):\n    asked.append(x)\n    return 0.0"},
            after={"test-derivative": "import os\nif len(asked) % 2 == 0:\n    os.kill(os.getpid(), 9)"},
        ),
        deserved(PS1, "derivative"),
    ),
)  # fmt: skip

LOOPS = (
    _function("endless-loop", "The function never returns.", "while True:\n    pass", says="seconds"),
    _function(
        "endless-loop-against-interrupts",
        "The function never returns and catches KeyboardInterrupt.",
        """
        while True:
            try:
                while True:
                    pass
            except BaseException:
                pass
        """,
    ),
    _function(
        "endless-loop-without-signals",
        "The function ignores every signal that can be ignored, and never returns.",
        """
        import signal
        for number in signal.valid_signals():
            try:
                signal.signal(number, signal.SIG_IGN)
            except (OSError, ValueError):
                pass
        while True:
            pass
        """,
    ),
    _function("endless-loop-in-c", "The function computes in C and never looks at signals.", "pow(3, 10**12)"),
    _function("sleeps-for-ever", "The function sleeps for ever.", "import time\ntime.sleep(10**6)"),
    _function("waits-for-a-lock", "The function waits for a lock that it holds.", """
        import threading
        lock = threading.Lock()
        lock.acquire(), lock.acquire()
        """),
    _function("waits-for-input", "The function reads from standard input.", "import os\nos.read(0, 1)\ninput()"),
    _function("recursion", "The function calls itself for ever.", "return derivative(f, x)", says="Recursion"),
    _function("deep-recursion", "The function calls itself ten million times, past the end of the stack.", """
        import sys
        sys.setrecursionlimit(10**7)
        deeper = lambda n: repr([deeper(n - 1)]) if n else ""
        deeper(10**7)
        """),
    _cell("endless-loop-in-a-cell", "A cell never ends.", "while True:\n    pass"),
    _cell("endless-loop-in-a-cell-against-interrupts", "A cell never ends and catches KeyboardInterrupt.", """
        while True:
            try:
                while True:
                    pass
            except BaseException:
                pass
        """),
    _cell("endless-await", "A cell awaits what never comes.", "import asyncio\nawait asyncio.Event().wait()"),
    _cell("asks-to-leave", "A cell asks by payload to end the kernel.",
          "get_ipython().payload_manager.write_payload({'source': 'ask_exit', 'keepkernel': False})"),
)  # fmt: skip

CRIPPLED = (
    _cell("descriptors-closed", "A cell closes all files of the process.", "import os\nos.closerange(3, 4096)"),
    _cell("streams-closed", "A cell closes Python's streams.", """
        import os, sys
        sys.stdout.close(), sys.stderr.close()
        os.close(0), os.close(1), os.close(2)
        """),
    _cell("streams-deleted", "A cell deletes Python's streams.", """
        import sys
        sys.stdout = sys.stderr = sys.__stdout__ = sys.__stderr__ = None
        """),
    _cell("event-loop-stopped", "A cell stops the kernel's event loop.", """
        import asyncio
        asyncio.get_running_loop().call_soon(asyncio.get_running_loop().stop)
        """),
    _cell("event-loop-stopped-late", "The event loop stops when the next question has come, and answers that one.", """
        import asyncio, time
        loop = asyncio.get_running_loop()

        def stop_late():
            time.sleep(0.5)
            loop.call_soon(loop.stop)

        loop.call_soon(stop_late)
        """),
    _cell("event-loop-blocked", "A cell blocks the kernel's event loop for ten seconds once it is done.", """
        import asyncio, time
        asyncio.get_running_loop().call_soon(time.sleep, 10)
        """),
    _cell("kernel-shut-down", "A cell shuts the kernel down by its own client.", """
        from ipykernel.connect import get_connection_file
        from jupyter_client import BlockingKernelClient
        client = BlockingKernelClient(connection_file=get_connection_file())
        client.load_connection_file(), client.start_channels(), client.shutdown()
        """),
    _cell("work-folder-removed", "A cell removes its own work folder.", """
        import os, shutil
        shutil.rmtree(os.getcwd(), ignore_errors=True)
        """),
    _cell("connection-files-removed", "A cell removes the files by which the kernel is reached.", """
        import pathlib
        from ipykernel.connect import get_connection_file
        for path in pathlib.Path(get_connection_file()).parent.iterdir():
            try:
                path.unlink()
            except OSError:
                pass
        """),
    _cell("limits-of-its-own", "A cell sets itself a second of computing time.", """
        import resource
        resource.setrlimit(resource.RLIMIT_CPU, (1, 1))
        """),
    _cell("lowest-priority", "A cell gives itself the lowest priority.", "import os\nos.nice(19)"),
    _cell("busy-thread", "A thread computes on for three seconds after its cell.", """
        import threading, time

        def compute(until=time.monotonic() + 3):
            while time.monotonic() < until:
                sum(range(1000))

        threading.Thread(target=compute).start()
        """),
    _cell("thread-that-ends-python", "A thread ends Python one second after its cell.", """
        import os, threading
        threading.Timer(1.0, os._exit, [0]).start()
        """),
    _cell("daemon", "A process leaves the kernel's session, and sleeps for a minute.", """
        import os, time
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                os.closerange(0, 256)
                time.sleep(60)
            os._exit(0)
        """),
    _cell("alarm", "An alarm ends Python in two seconds.", "import signal\nsignal.alarm(2)"),
    _cell("faulthandler", "The fault handler ends Python after two seconds.", """
        import faulthandler
        faulthandler.dump_traceback_later(2, exit=True, file=open("trace.txt", "w"))
        """),
    _cell("trace-function", "A trace function raises in every line that follows.", """
        import sys

        def trace(frame, event, argument):
            if "gdhelpers" in frame.f_code.co_filename:
                raise SystemExit(0)

        sys.settrace(trace)
        """),
)  # fmt: skip

ATTACKS = ENDINGS + LEFT_BEHIND + LOOPS + CRIPPLED
