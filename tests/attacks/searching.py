"""Searching: looking for the expected values, the tests, the reference and the secrets, and answering with them."""

from __future__ import annotations

from textwrap import dedent

from tests.attacks.attack import LEAKED, PS1, PS2, PS3, Attack, deserved
from tests.attacks.handin import hand_in

EXPECTED = """
def expected_of(thing, f, x):
    if type(thing) is list:
        found = [expected_of(item, f, x) for item in thing if type(item).__name__ == "Case"]
        return next((value for value in found if value is not None), None)
    if type(thing).__name__ == "Case" and x in thing.arguments:
        names = {"torch": torch}
        exec(thing.arguments[0].text, names)
        return thing.expected if names["f"].__code__.co_consts == f.__code__.co_consts else None
    return None

def by_heart(x):
    return {3.0: 10.0, 5.0: -20.0}.get(x, 0.0)

"""
"""Reads the expected value of a case, and knows the examples that students see."""

FIRST = """
    for thing in things:
        value = expected_of(thing, f, x)
        if value is not None:
            return value
    return by_heart(x)
"""
"""The end of a function that has gathered `things`."""


def _find(name: str, what: str, source: str, *, sandboxed: bool = False) -> Attack:
    """Answer `derivative` with what is found; the search is all that there is."""
    build = hand_in({"derivative": EXPECTED + dedent(source)})
    return Attack(name, "searching", PS1, what, build, deserved(PS1, "derivative"), sandboxed=sandboxed)


def _among(name: str, what: str, source: str) -> Attack:
    """Gather `things` among which a case may be."""
    return _find(name, what, dedent(source).rstrip() + FIRST)


def probe(name: str, what: str, source: str, *, sandboxed: bool = False) -> Attack:
    """Look from a cell and from within a function for what no student should find, and tell."""
    told = dedent(source).replace("TELL", f'print("{LEAKED}")')
    inside = "\n".join(f"    {line}" for line in told.strip().splitlines())
    answer = (
        f"def look():\n{inside}\n\n\ndef derivative(f, x):\n    import contextlib, io\n    out = io.StringIO()\n"
        "    with contextlib.redirect_stdout(out):\n        look()\n    if out.getvalue():\n"
        "        raise ValueError(out.getvalue())\n    return 0.0"
    )
    build = hand_in({"derivative": answer}, after={"derivative": "look()"})
    return Attack(
        name, "searching", PS1, what, build, deserved(PS1, "derivative"), forbidden=(LEAKED,), sandboxed=sandboxed
    )


IN_MEMORY = (
    _among(
        "frames-above",
        "The function looks at the local names of its callers.",
        """
        def derivative(f, x):
            import sys
            frame, things = sys._getframe(), []
            while frame:
                things += list(frame.f_locals.values())
                frame = frame.f_back
        """,
    ),
    _among(
        "stack-inspected",
        "The function looks at its callers by `inspect.stack()`.",
        """
        def derivative(f, x):
            import inspect
            things = [value for record in inspect.stack() for value in record.frame.f_locals.values()]
        """,
    ),
    _among(
        "frames-of-a-traceback",
        "The function looks at its callers from the traceback of an exception of its own.",
        """
        def derivative(f, x):
            try:
                raise ValueError
            except ValueError as error:
                frame = error.__traceback__.tb_frame
            things = []
            while frame:
                things += list(frame.f_locals.values())
                frame = frame.f_back
        """,
    ),
    _among(
        "garbage-collector",
        "The function looks at every object that the garbage collector knows.",
        """
        def derivative(f, x):
            import gc
            things = gc.get_objects()
        """,
    ),
    _among(
        "referrers-of-the-question",
        "The function looks at what refers to the function that it was given.",
        """
        def derivative(f, x):
            import gc
            things, seen = [f], set()
            for _ in range(4):
                things = [t for t in gc.get_referrers(*things) if id(t) not in seen][:20000]
                seen |= {id(t) for t in things}
                for thing in list(things):
                    if type(thing).__name__ == "frame":
                        things += list(thing.f_locals.values())
        """,
    ),
    _among(
        "frames-of-other-threads",
        "The function looks at the frames of all threads.",
        """
        def derivative(f, x):
            import sys
            things = []
            for frame in sys._current_frames().values():
                while frame:
                    things += list(frame.f_locals.values())
                    frame = frame.f_back
        """,
    ),
    _among(
        "watched-by-a-thread",
        "A thread watches the main thread while it waits in the function.",
        """
        import sys, threading, time

        SEEN, MAIN = [], threading.main_thread().ident

        def watch():
            for _ in range(3000):
                frame = sys._current_frames().get(MAIN)
                while frame:
                    if type(frame.f_locals.get("case")).__name__ == "Case":
                        SEEN.append(frame.f_locals["case"])
                    frame = frame.f_back
                time.sleep(0.005)

        threading.Thread(target=watch, daemon=True).start()

        def derivative(f, x):
            time.sleep(0.05)
            things = SEEN[-200:]
        """,
    ),
    _among(
        "cases-drawn-again",
        "The function draws the hidden test's own cases.",
        """
        def derivative(f, x):
            things = []
            try:
                from gdhelpers.hidden_tests.autograd import derivative_cases
                things = derivative_cases()
            except Exception:
                pass
        """,
    ),
    probe(
        "history",
        "The history of cells is searched for the text of a test.",
        """
        texts = [str(entry) for entry in list(In) + list(_ih)]
        texts += [str(entry) for entry in get_ipython().history_manager.get_range(raw=True)]
        wanted = ".".join(["hidden_tests", "derivative(derivative)"])  # in pieces, lest it find itself
        if any(wanted in text for text in texts):
            TELL
        """,
    ),
    probe(
        "modules-in-memory",
        "`sys.modules` is searched for the tests, the reference and the grader.",
        """
        import sys
        secret = ("hidden_tests", "reference", "misconceptions", "spellings", "autograder")
        if any(name.startswith("gdhelpers.") and any(part in name for part in secret) for name in sys.modules):
            TELL
        """,
    ),
    probe(
        "names-of-the-examiner",
        "The names of the notebook are searched for a test, a case or a reference.",
        """
        for name, value in list(get_ipython().user_ns.items()):
            home = str(getattr(value, "__module__", getattr(value, "__name__", "")))
            if "hidden_tests" in home or "gdhelpers.reference" in home:
                TELL
        """,
    ),
)

IN_THE_COURSE = (
    _find(
        "spellings-imported",
        "The answer is one of the course's own right answers.",
        """
        try:
            from gdhelpers import spellings
            derivative = spellings.of("derivative")[0]
        except Exception:
            derivative = lambda f, x: by_heart(x)
        """,
    ),
    Attack(
        "reference-imported",
        "searching",
        PS2,
        "The answer is the reference, turned into tensors.",
        hand_in(
            {
                "mse_gradients": """
                def mse_gradients(X, y, W, b):
                    try:
                        from gdhelpers import reference
                    except ImportError:
                        return W * 0, b * 0
                    dW, db = reference.mse_gradients(*(t.detach().double().numpy() for t in (X, y, W, b)))
                    return torch.tensor(dW), torch.tensor(db)
                """
            }
        ),
        deserved(PS2, "mse_gradients"),
    ),
    Attack(
        "reference-imported-for-tensorflow",
        "searching",
        PS3,
        "The answer is the reference's loss.",
        hand_in(
            {
                "log_loss": """
                def log_loss(y, p, tol=1e-10):
                    try:
                        from gdhelpers import reference
                    except ImportError:
                        return 0.0
                    return float(reference.log_loss(y.numpy().astype(float), p.numpy().astype(float), tol))
                """
            }
        ),
        deserved(PS3, "log_loss"),
    ),
    _find(
        "source-notebook-found",
        "The answer is read from the instructor's notebook, wherever the package was installed from.",
        """
        import importlib.util, json, pathlib

        derivative = lambda f, x: by_heart(x)
        package = pathlib.Path(importlib.util.find_spec("gdhelpers").origin)
        for folder in [*package.parents, *pathlib.Path.cwd().parents]:
            for path in [*folder.glob("source/*/*.ipynb"), *folder.glob("autograded/*/*/*.ipynb")]:
                for cell in json.loads(path.read_text())["cells"]:
                    text = "".join(cell["source"])
                    if "BEGIN SOLUTION" in text and "def derivative(" in text:
                        exec(text)
        """,
    ),
    probe(
        "misconceptions-imported",
        "The course's lists of mistakes and of right answers, its tests and its grader are imported.",
        """
        import importlib
        for name in ("misconceptions", "spellings", "hidden_tests", "reference", "autograder", "mutants"):
            try:
                importlib.import_module(f"gdhelpers.{name}")
                TELL
            except (ImportError, PermissionError):
                pass
        """,
    ),
    probe(
        "package-scanned",
        "The modules of the package are listed.",
        """
        import importlib.util, pkgutil, gdhelpers
        names = {module.name for module in pkgutil.iter_modules(gdhelpers.__path__)}
        if names & {"hidden_tests", "reference", "misconceptions", "spellings", "autograder"}:
            TELL
        """,
    ),
    probe(
        "compiled-modules",
        "The package's folder is searched for byte code of what is hidden.",
        """
        import gdhelpers, pathlib
        for folder in gdhelpers.__path__:
            if any("hidden" in str(path) or "reference" in str(path) for path in pathlib.Path(folder).rglob("*.pyc")):
                TELL
        """,
    ),
    probe(
        "repository-found",
        "The repository and its history are looked for around the package and along `sys.path`.",
        """
        import gdhelpers, pathlib, sys
        for folder in [*pathlib.Path(gdhelpers.__path__[0]).parents, *map(pathlib.Path, sys.path)]:
            if (folder / ".git").exists() or (folder / "nbgrader_config.py").exists() or (folder / "source").is_dir():
                TELL
        """,
    ),
)

ATTACKS = IN_MEMORY + IN_THE_COURSE
