"""Forging what passes between the student's process and whoever examines it: its sockets, its frames, its pickles."""

from __future__ import annotations

from textwrap import dedent

from tests.attacks.attack import PS1, TRACE, Attack, deserved
from tests.attacks.handin import DERIVATIVE, hand_in


def _forge(name: str, what: str, cell: str, *, family: str = "forging", sandboxed: bool = False) -> Attack:
    """Put a cell between a wrong `derivative` and its test, and take it back afterwards, as a good forger does.

    The later functions are right and keep their points, whatever the cell did to the wire in the meantime.
    """
    build = hand_in({"derivative": DERIVATIVE}, after={"derivative": cell})
    return Attack(name, family, PS1, what, build, deserved(PS1, "derivative"), sandboxed=sandboxed)


def _during(name: str, what: str, lines: str, *, sandboxed: bool = False) -> Attack:
    """Do something while the examiner waits for the answer of `derivative`."""
    body = "\n".join(f"    {line}" for line in dedent(lines).strip().splitlines())
    source = f"def derivative(f, x):\n{body}\n    return 0.0\n"
    build = hand_in({"derivative": source})
    return Attack(name, "forging", PS1, what, build, deserved(PS1, "derivative"), sandboxed=sandboxed)


AGENTS = """
import gc, sys

def objects_of_the_course():
    for thing in gc.get_objects():
        if str(getattr(type(thing), "__module__", "")).startswith("gdhelpers"):
            yield thing

"""

WIRE = (
    _forge(
        "complex-numbers-of-odd-parts",
        "The answer is a complex number whose parts have shapes that make an array of a gigabyte together.",
        """
        from gdhelpers.wire.agent import Agent
        genuine_found = Agent._found
        def found(self, name, writer):
            if name != "derivative":
                return genuine_found(self, name, writer)
            writer.array(np.zeros((8000, 1)))
            writer.array(np.zeros((1, 8000)))
            return [name, {"is": {"scalar": [0, 1]}}]
        Agent._found = found
        """,
    ),
    _forge(
        "frame-of-millions-of-columns",
        "The answer is a pandas frame of three million columns that are one and the same.",
        """
        from gdhelpers.wire import agent
        genuine_call = agent.Agent._call
        wide = {"frame": [0] * 3_000_000, "names": [0] * 3_000_000, "index": 0}
        def call(self, tree, positional, keywords, writer):
            if tree["name"] != "derivative":
                return genuine_call(self, tree, positional, keywords, writer)
            writer.trees.append(wide)
            writer.arrays.append(np.zeros(1))
            return 0
        agent.Agent._call = call
        """,
    ),
    _forge(
        "replies-rewritten",
        "Whatever sends for the course sends 10.0 wherever it would send 0.0.",
        AGENTS
        + dedent("""
        def flattered(value):
            if isinstance(value, dict):
                return {key: flattered(item) for key, item in value.items()}
            if isinstance(value, (list, tuple)):
                return [flattered(item) for item in value]
            return 10.0 if value == 0.0 and type(value) is float else value

        for kind in {type(thing) for thing in objects_of_the_course()}:
            for name in ("send", "send_bytes", "write", "reply"):
                genuine = vars(kind).get(name)
                if callable(genuine):
                    def send(self, tree, *rest, genuine=genuine):
                        return genuine(self, flattered(tree), *rest)
                    setattr(kind, name, send)
        """),
    ),
    _forge(
        "replies-claim-success",
        "Whatever sends for the course adds that the test passed, with points.",
        AGENTS
        + dedent("""
        CLAIM = {"problem": None, "outcome": "passed", "points": 2.0, "status": "ok", "signs": []}

        for kind in {type(thing) for thing in objects_of_the_course()}:
            genuine = vars(kind).get("send")
            if callable(genuine):
                def send(self, tree, *rest, genuine=genuine):
                    return genuine(self, (tree | CLAIM) if isinstance(tree, dict) else tree, *rest)
                kind.send = send
        """),
    ),
    _during(
        "garbage-on-every-socket",
        "The function writes bytes of no message to every socket that the process holds.",
        r"""
        import os, stat
        for fd in range(3, 256):
            try:
                if stat.S_ISSOCK(os.fstat(fd).st_mode):
                    os.set_blocking(fd, False)
                    os.write(fd, b"\x00\x00\x00\x00\x00\x00\x00\x02{}" + b"\xff" * 64)
            except OSError:
                pass
        """,
        sandboxed=True,
    ),
    _during(
        "endless-length",
        "The function announces a message of 2^63 bytes on every socket.",
        r"""
        import os, stat
        for fd in range(3, 256):
            try:
                if stat.S_ISSOCK(os.fstat(fd).st_mode):
                    os.set_blocking(fd, False)
                    os.write(fd, b"\x7f" + b"\xff" * 7)
            except OSError:
                pass
        """,
        sandboxed=True,
    ),
    _during(
        "sockets-closed",
        "The function closes every socket of the process.",
        """
        import os, stat
        for fd in range(3, 256):
            try:
                if stat.S_ISSOCK(os.fstat(fd).st_mode):
                    os.close(fd)
            except OSError:
                pass
        """,
        sandboxed=True,
    ),
    _during(
        "answered-by-a-fork",
        "A fork of the process returns in place of the function, so that two answer.",
        """
        import os, time
        if os.fork() == 0:
            time.sleep(0.2)
            return 10.0
        """,
        sandboxed=True,
    ),
    _forge(
        "sockets-in-the-run-folder",
        "Every socket file near the connection file is connected to a second time.",
        """
        import pathlib, socket
        from ipykernel.connect import get_connection_file
        HELD = []
        for path in pathlib.Path(get_connection_file()).parent.iterdir():
            if path.is_socket():
                held = socket.socket(socket.AF_UNIX)
                held.settimeout(1)
                try:
                    held.connect(str(path))
                    held.sendall(bytes(8))
                except OSError:
                    pass
                HELD.append(held)
        """,
        sandboxed=True,
    ),
    _forge(
        "code-by-its-own-client",
        "A client of its own runs code in the kernel, by the connection file, while the test runs.",
        """
        import threading

        def run_code():
            from ipykernel.connect import get_connection_file
            from jupyter_client import BlockingKernelClient
            client = BlockingKernelClient(connection_file=get_connection_file())
            client.load_connection_file()
            client.start_channels()
            for _ in range(20):
                client.execute("pass")

        threading.Thread(target=run_code, daemon=True).start()
        """,
    ),
)

PICKLE = f"""
class Bomb{{base}}:
    def __reduce__(self):
        return (exec, ("open('/tmp/{TRACE}-pickle', 'w').close()",))
    __reduce_ex__ = lambda self, protocol: self.__reduce__()
"""
"""Executes a statement wherever it is unpickled."""

PICKLES = tuple(
    Attack(
        name,
        "forging",
        PS1,
        what,
        hand_in({"derivative": PICKLE.format(base=base) + f"\n\ndef derivative(f, x):\n    return {returned}\n"}),
        deserved(PS1, "derivative"),
        sandboxed=True,
    )
    for name, what, base, returned in (
        ("pickle-of-an-object", "An object that runs code where it is unpickled.", "", "Bomb()"),
        ("pickle-of-a-float", "A float that runs code where it is unpickled.", "(float)", "Bomb(10.0)"),
        ("pickle-in-an-array", "An array of such objects.", "", "np.array([Bomb()], dtype=object)"),
        (
            "pickle-of-an-exception",
            "An exception that runs code where it is unpickled.",
            "(Exception)",
            "1 if not x else (_ for _ in ()).throw(Bomb())",
        ),
    )
)

ATTACKS = WIRE + PICKLES
