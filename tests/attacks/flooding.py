"""Flooding: more memory, files, processes, output or answer than there is room for; every flood has a bound."""

from __future__ import annotations

from textwrap import dedent

from tests.attacks.attack import PS1, PS2, Attack, deserved
from tests.attacks.handin import hand_in

GIB = 2**30


def _function(name: str, what: str, lines: str, says: str | None = None) -> Attack:
    """Flood from `derivative`."""
    body = "\n".join(f"    {line}" for line in dedent(lines).strip().splitlines())
    build = hand_in({"derivative": f"def derivative(f, x):\n{body}\n    return 0.0\n"})
    return Attack(name, "flooding", PS1, what, build, deserved(PS1, "derivative"), says=says)


def _cell(name: str, what: str, cell: str) -> Attack:
    """Flood from a cell between two right answers, which keep their points."""
    return Attack(name, "flooding", PS1, what, hand_in(after={"test-derivative": cell}), deserved(PS1))


MEMORY = (
    _function(
        "memory",
        "The function takes memory until there is none, or 16 GiB.",
        "held = []\nfor _ in range(256):\n    held.append(np.ones(2**23))",
    ),
    _cell(
        "memory-in-a-cell",
        "A cell takes memory until there is none, or 16 GiB.",
        "held = []\nfor _ in range(256):\n    held.append(np.ones(2**23))",
    ),
    _cell(
        "memory-of-a-child",
        "A child process takes memory, up to 16 GiB.",
        """
        import subprocess, sys
        subprocess.run([sys.executable, "-c", "held = [b'x' * 2**26 for _ in range(256)]"])
        """,
    ),
    _cell(
        "memory-of-a-file",
        "An anonymous file in memory grows to 8 GiB.",
        """
        import os
        held = os.memfd_create("flood")
        for _ in range(128):
            os.write(held, b"x" * 2**26)
        """,
    ),
    _cell(
        "memory-of-shared-files",
        "Files in /dev/shm and /tmp grow to 2 GiB.",
        """
        for folder in ("/dev/shm", "/tmp"):
            try:
                with open(f"{folder}/gd-attack-flood", "wb") as file:
                    for _ in range(32):
                        file.write(b"x" * 2**25)
            except OSError:
                pass
        """,
    ),
)

FILES = (
    _cell(
        "disk",
        "A cell writes files of 2 GiB together.",
        """
        for number in range(64):
            with open(f"flood-{number}", "wb") as file:
                file.write(b"x" * 2**25)
        """,
    ),
    _cell(
        "disk-in-one-file",
        "A cell writes one file of 2 GiB.",
        """
        with open("flood", "wb") as file:
            for _ in range(64):
                file.write(b"x" * 2**25)
        """,
    ),
    _cell("sparse-file", "A cell makes a file that claims 1 TiB.", "open('flood', 'wb').truncate(2**40)"),
    _cell(
        "many-files",
        "A cell makes 50 000 empty files.",
        """
        for number in range(50_000):
            open(f"flood-{number}", "w").close()
        """,
    ),
    _cell(
        "deep-folders",
        "A cell makes folders 3000 deep, deeper than a recursive removal goes.",
        """
        import os
        for _ in range(3000):
            os.mkdir("d")
            os.chdir("d")
        """,
    ),
    _cell(
        "folders-without-rights",
        "A cell takes away the rights to its own folders.",
        """
        import os
        os.makedirs("closed/inside", exist_ok=True)
        open("closed/inside/file", "w").close()
        os.chmod("closed/inside", 0), os.chmod("closed", 0)
        """,
    ),
    _cell(
        "open-files",
        "A cell opens files until there are no descriptors, or 100 000.",
        "held = [open('/dev/null') for _ in range(100_000)]",
    ),
    _cell(
        "names-of-files",
        "A cell makes files with names of control characters and of no encoding.",
        """
        for name in (b"\\xff\\xfe", b"\\n", b"\\x1b[31m", b"-rf", b" "):
            open(name, "w").close()
        """,
    ),
)

PROCESSES = (
    _cell(
        "processes",
        "A cell forks 300 processes that sleep for a minute.",
        """
        import os, time
        for _ in range(300):
            if os.fork() == 0:
                time.sleep(60)
                os._exit(0)
        """,
    ),
    _cell(
        "processes-that-fork",
        "Processes fork eight times over, which makes 256, and sleep for a minute.",
        """
        import os, time
        root = os.getpid()
        for _ in range(8):
            try:
                os.fork()
            except OSError:
                break
        if os.getpid() != root:
            time.sleep(60)
            os._exit(0)
        """,
    ),
    _cell(
        "threads",
        "A cell starts 1000 threads that sleep for a minute.",
        """
        import threading, time
        for _ in range(1000):
            threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
        """,
    ),
    _cell("shells", "A cell starts 200 shells.", "for _ in range(200):\n    get_ipython().system('true')"),
)

OUTPUT = (
    _cell("prints-a-lot", "A cell prints 100 MB.", "for _ in range(100):\n    print('x' * 10**6)"),
    _cell("many-prints", "A cell prints 200 000 lines.", "for number in range(200_000):\n    print(number)"),
    _cell("displays-a-lot", "A cell displays 20 000 times.", "for number in range(20_000):\n    display(number)"),
    _cell(
        "pictures",
        "A cell displays 200 pictures of 1 MB.",
        """
        from IPython.display import Image
        for _ in range(200):
            display(Image(data=b"\\x89PNG\\r\\n\\x1a\\n" + b"x" * 10**6, format="png"))
        """,
    ),
    _cell(
        "past-python",
        "A cell writes 100 MB past Python.",
        "import os\nfor _ in range(100):\n    os.write(1, b'x' * 10**6)",
    ),
    _cell(
        "updates",
        "A cell updates one display 20 000 times.",
        """
        shown = display("", display_id=True)
        for number in range(20_000):
            shown.update(number)
        """,
    ),
    _function("prints-in-the-function", "The function prints 100 MB.", "print('x' * 10**8)"),
    _function(
        "long-message", "The function raises an error with a message of 50 MB.", "raise ValueError('x' * (5 * 10**7))"
    ),
    _function(
        "long-class-name",
        "The function raises an error whose class has a name of 1 MB.",
        "raise type('E' * 10**6, (Exception,), {})('no')",
    ),
    _function(
        "many-bases",
        "The function raises an error of a class with 500 bases.",
        """
        kind = Exception
        for number in range(500):
            kind = type(f"E{number}", (kind,), {})
        raise kind("no")
        """,
    ),
    _function(
        "warnings-flood",
        "The function warns 100 000 times.",
        """
        import warnings
        warnings.simplefilter("always")
        for number in range(100_000):
            warnings.warn(str(number))
        """,
    ),
)

VALUES = tuple(
    _function(name, what, lines)
    for name, what, lines in (
        ("array-of-zeros", "The function returns 10^8 zeros that take no memory yet.", "return np.zeros(10**8)"),
        (
            "array-without-memory",
            "The function returns an array that claims 10^12 numbers.",
            "return np.broadcast_to(0.0, (10**6, 10**6))",
        ),
        ("tensor-without-memory", "The function returns such a tensor.", "return torch.zeros(()).expand(10**6, 10**6)"),
        ("many-axes", "The function returns an array of 64 axes.", "return np.zeros((1,) * 64)"),
        (
            "deep-list",
            "The function returns a list nested 100 000 deep.",
            "v = []\nfor _ in range(10**5):\n    v = [v]\nreturn v",
        ),
        ("wide-list", "The function returns a list of ten million zeros.", "return [0.0] * 10**7"),
        (
            "many-arrays",
            "The function returns a list of 100 000 arrays.",
            "return [np.zeros(()) for _ in range(10**5)]",
        ),
        (
            "doubling-list",
            "The function returns a list that doubles sixty times.",
            "v = [0.0]\nfor _ in range(60):\n    v = [v, v]\nreturn v",
        ),
        ("long-string", "The function returns a string of 100 MB.", "return 'x' * 10**8"),
        ("long-int", "The function returns an int of a million digits.", "return 1 << 3_300_000"),
        ("large-dict", "The function returns a dict of a million items.", "return {n: n for n in range(10**6)}"),
        (
            "doubling-dict",
            "The function returns a dict of dicts that doubles.",
            "v = {}\nfor _ in range(60):\n    v = {0: v, 1: v}\nreturn v",
        ),
        (
            "endless-iterator",
            "The function returns a sequence without end.",
            "import itertools\nreturn itertools.count()",
        ),
        (
            "endless-list",
            "The function returns a list whose iterator has no end.",
            "import itertools\nreturn type('L', (list,), {'__iter__': lambda self: itertools.repeat(0.0)})([0.0])",
        ),
    )
)

ARGUMENTS = (
    Attack(
        "argument-grown",
        "flooding",
        PS2,
        "`mse` makes an argument a hundred million numbers long.",
        hand_in(
            {
                "mse": """
            def mse(X, y, W, b):
                with torch.no_grad():
                    W.resize_(10**8, 1).zero_()
                return 0.0
            """
            }
        ),
        deserved(PS2, "mse"),
    ),
    Attack(
        "argument-given-a-large-grad",
        "flooding",
        PS2,
        "`mse` hangs a gradient of a hundred million numbers on an argument.",
        hand_in(
            {
                "mse": """
            def mse(X, y, W, b):
                W.grad = torch.zeros(()).expand(W.shape).clone()
                W.data = torch.zeros(()).expand(10**6, 10**6)
                return 0.0
            """
            }
        ),
        deserved(PS2, "mse"),
    ),
)

ATTACKS = MEMORY + FILES + PROCESSES + OUTPUT + VALUES + ARGUMENTS
