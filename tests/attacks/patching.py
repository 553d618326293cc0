"""Forging the judge: the libraries that a test calls are patched in the student's kernel."""

from __future__ import annotations

from tests.attacks.attack import PS1, PS3, Attack, deserved
from tests.attacks.handin import DERIVATIVE, hand_in

BY_HEART = """
def derivative(f, x):
    return {3.0: 10.0, 5.0: -20.0}.get(x, 0.0)
"""
"""Right for the examples that students see, and for nothing else."""

FOR_GRADERS = """
import sys

def asked_by_a_grader():
    return str(sys._getframe(2).f_globals.get("__name__")).startswith("gdhelpers")

"""
"""Patches that lie to the course's own code alone leave everyone else's right functions right."""


def _patch(name: str, what: str, cell: str, answer: str = DERIVATIVE) -> Attack:
    """Patch something between a wrong `derivative` and its test."""
    build = hand_in({"derivative": answer}, after={"derivative": cell})
    return Attack(name, "forging", PS1, what, build, deserved(PS1, "derivative"))


def _lie(name: str, what: str, cell: str) -> Attack:
    """Patch something that lies to the course's own code alone."""
    return _patch(name, what, FOR_GRADERS + "\n".join(line[8:] for line in cell.splitlines()))


COURSE = (
    _patch(
        "compare-replaced",
        "The comparison of the checks finds no difference.",
        """
        from gdhelpers import checks
        from gdhelpers.checks import comparator, visible
        checks.compare = comparator.compare = comparator._compare = visible.compare = lambda *a: None
        try:
            from gdhelpers.hidden_tests import examination
            examination.compare = comparator.compare
        except ImportError:
            pass
        """,
    ),
    _patch(
        "compare-recompiled",
        "The comparison keeps its name and gets the code of another function.",
        """
        from gdhelpers.checks import comparator
        comparator.compare.__code__ = (lambda answer, expected, budget: None).__code__
        comparator._compare.__code__ = (lambda value, expected, budget: None).__code__
        """,
    ),
    _patch(
        "checks-replaced",
        "All functions that the notebook calls in `checks` do nothing.",
        """
        checks.agrees = checks.more_at_grading = checks.slopes_agree = lambda *a, **k: None
        try:
            from gdhelpers.hidden_tests import autograd
            autograd.examine = autograd.derivative = lambda *a: None
        except ImportError:
            pass
        """,
    ),
    _patch(
        "plain-replaced",
        "Turning an answer into plain data gives what is agreeable.",
        """
        import sys

        class Agreeable(float):
            shape, dtype = (), float
            __sub__ = __rsub__ = __mul__ = lambda self, other: Agreeable(0.0)
            __gt__ = __lt__ = __ne__ = lambda self, other: False
            __eq__ = lambda self, other: True

        for name, module in list(sys.modules.items()):
            if name.startswith("gdhelpers") and hasattr(module, "plain"):
                module.plain = lambda *a: Agreeable()
        """,
    ),
    _patch(
        "every-function-gives-none",
        "Every function of every module of the course returns None.",
        """
        import sys, types

        for name, module in list(sys.modules.items()):
            if name.startswith("gdhelpers"):
                for key, value in list(vars(module).items()):
                    if isinstance(value, types.FunctionType):
                        setattr(module, key, lambda *a, **k: None)
        """,
    ),
    _patch(
        "every-function-gives-true",
        "Every function of every module that may carry calls returns True.",
        """
        import sys, types

        for name, module in list(sys.modules.items()):
            if any(part in name for part in ("gdhelpers", "wire", "proxy", "examiner", "sandbox")):
                for key, value in list(vars(module).items()):
                    if isinstance(value, types.FunctionType):
                        value.__code__ = (lambda *a, **k: True).__code__ if not value.__closure__ else value.__code__
        """,
    ),
    _patch(
        "objections-replaced",
        "The exceptions with which a check objects can no longer be raised.",
        """
        import sys

        class Mild(Exception):
            def __init__(self, *a, **k):
                raise SystemExit(0)

        for name, module in list(sys.modules.items()):
            if name.startswith("gdhelpers"):
                for kind in ("WrongAnswer", "AnswerRaised", "NotAnswered"):
                    if hasattr(module, kind):
                        setattr(module, kind, Mild)
        """,
    ),
    _patch(
        "reference-replaced",
        "The reference computes what the wrong answer does, with endless budgets.",
        """
        try:
            from gdhelpers import reference
            from gdhelpers.reference import budgets
            reference.derivative = lambda *a: 0.0
            budgets.derivative = lambda *a: 1e300
        except ImportError:
            pass
        """,
        BY_HEART,
    ),
    _patch(
        "modules-faked",
        "`sys.modules` holds fakes of the course's modules, in which every name is a function that does nothing.",
        """
        import sys, types

        class Fake(types.ModuleType):
            __path__ = []
            def __getattr__(self, name):
                return lambda *a, **k: None

        for name in ("hidden_tests", "hidden_tests.autograd", "checks", "examiner", "wire"):
            sys.modules["gdhelpers." + name] = Fake("gdhelpers." + name)
        checks = sys.modules["gdhelpers.checks"]
        __import__("gdhelpers").hidden_tests = sys.modules["gdhelpers.hidden_tests"]
        """,
    ),
    _patch(
        "imports-hooked",
        "An import hook makes fakes of everything of the course that is imported from now on.",
        """
        import importlib.machinery, sys, types

        class Hook:
            def find_spec(self, name, path=None, target=None):
                return importlib.machinery.ModuleSpec(name, self) if name.startswith("gdhelpers") else None
            def create_module(self, spec):
                fake = types.ModuleType(spec.name)
                fake.__path__, fake.__getattr__ = [], lambda name: lambda *a, **k: None
                return fake
            def exec_module(self, module):
                pass

        sys.meta_path.insert(0, Hook())
        for name in [name for name in sys.modules if name.startswith("gdhelpers")]:
            del sys.modules[name]
        from gdhelpers import checks
        """,
    ),
    _patch(
        "import-replaced",
        "`builtins.__import__` hands out a fake in place of every module of the course.",
        """
        import builtins, types
        genuine = builtins.__import__

        class Fake(types.ModuleType):
            def __getattr__(self, name):
                return self
            def __call__(self, *a, **k):
                return None

        def replaced(name, *a, **k):
            return Fake(name) if name.startswith("gdhelpers") else genuine(name, *a, **k)

        builtins.__import__ = replaced
        checks = Fake("checks")
        """,
    ),
    _patch(
        "patched-by-a-thread",
        "A thread goes on replacing the comparison after its cell is done.",
        """
        import sys, threading, time

        def replace():
            for _ in range(20000):
                for name, module in list(sys.modules.items()):
                    if name.startswith("gdhelpers") and hasattr(module, "compare"):
                        module.compare = lambda *a: None
                time.sleep(0.001)

        threading.Thread(target=replace, daemon=True).start()
        """,
    ),
)

PYTHON = (
    _patch(
        "assertion-error-replaced",
        "`AssertionError` is a class that does not raise.",
        """
        import builtins
        builtins.AssertionError = type("AssertionError", (SystemExit,), {})
        """,
    ),
    _patch(
        "array-method-replaced-in-c",
        "The method `any` of NumPy's arrays always says no, by way of the type's own dictionary.",
        """
        import ctypes, gc
        gc.get_referents(np.ndarray.__dict__)[0]["any"] = lambda *a, **k: False
        ctypes.pythonapi.PyType_Modified(ctypes.py_object(np.ndarray))
        """,
    ),
    _lie(
        "isinstance-lies",
        "`isinstance` says yes to the course's own code.",
        """
        import builtins
        genuine = builtins.isinstance
        builtins.isinstance = lambda *a: asked_by_a_grader() or genuine(*a)
        """,
    ),
    _lie(
        "any-and-all-lie",
        "`any`, `all` and `bool` say what suits, to the course's own code.",
        """
        import builtins
        genuine = (any, all)
        builtins.any = lambda items: False if asked_by_a_grader() else genuine[0](items)
        builtins.all = lambda items: True if asked_by_a_grader() else genuine[1](items)
        """,
    ),
    _lie(
        "abs-len-zip-lie",
        "`abs` is 0, `len` is 1 and `zip` is empty to the course's own code.",
        """
        import builtins
        genuine = (abs, len, zip)
        builtins.abs = lambda x: 0.0 if asked_by_a_grader() else genuine[0](x)
        builtins.len = lambda x: 1 if asked_by_a_grader() else genuine[1](x)
        builtins.zip = lambda *a, **k: iter(()) if asked_by_a_grader() else genuine[2](*a, **k)
        """,
    ),
    _lie(
        "numpy-abs-lies",
        "`np.abs` is 0 to the course's own code.",
        """
        genuine = np.abs
        np.abs = np.absolute = lambda x, *a, **k: genuine(x) * 0 if asked_by_a_grader() else genuine(x, *a, **k)
        """,
    ),
)

LIBRARIES = (
    _patch(
        "numpy-comparisons-replaced",
        "`np.allclose`, `np.isclose`, `np.array_equal` and `np.testing` agree with everything.",
        """
        np.allclose = np.array_equal = np.array_equiv = lambda *a, **k: True
        np.isclose = lambda a, b, **k: np.ones_like(np.asarray(a), bool)
        for name in dir(np.testing):
            if name.startswith("assert"):
                setattr(np.testing, name, lambda *a, **k: None)
        """,
    ),
    _patch(
        "torch-comparisons-replaced",
        "`torch.allclose`, `torch.equal` and `torch.testing` agree with everything.",
        """
        torch.allclose = torch.equal = lambda *a, **k: True
        torch.isclose = lambda a, b, **k: torch.ones_like(a, dtype=torch.bool)
        torch.testing.assert_close = lambda *a, **k: None
        """,
    ),
    _patch(
        "random-numbers-fixed",
        "Every generator of random numbers begins with the same seed.",
        """
        import random
        genuine = np.random.default_rng
        np.random.default_rng = lambda seed=None: genuine(0)
        np.random.seed(0), random.seed(0), torch.manual_seed(0)
        np.random.seed = random.seed = lambda *a: None
        """,
    ),
    _patch(
        "writing-replaced",
        "`json`, `pickle` and `struct` write and read the number that the example asks for.",
        """
        import json, marshal, pickle

        def right(value):
            return {key: 10.0 if item == 0.0 else item for key, item in value.items()} if type(value) is dict else value

        genuine = json.dumps, pickle.dumps, marshal.dumps
        json.dumps = lambda value, *a, **k: genuine[0](right(value), *a, **k)
        pickle.dumps = lambda value, *a, **k: genuine[1](right(value), *a, **k)
        marshal.dumps = lambda value, *a, **k: genuine[2](right(value), *a, **k)
        """,
    ),
    Attack(
        "tensorflow-comparisons-replaced",
        "forging",
        PS3,
        "`tf.debugging` and `tf.reduce_all` agree with everything.",
        hand_in(
            {"log_loss": "def log_loss(y, p, tol=1e-10):\n    return tf.zeros(())"},
            after={
                "log_loss": """
                for name in dir(tf.debugging):
                    if name.startswith("assert"):
                        setattr(tf.debugging, name, lambda *a, **k: None)
                tf.reduce_all = tf.math.reduce_all = lambda *a, **k: tf.constant(True)
                tf.abs = lambda x, *a, **k: x * 0
                """
            },
        ),
        # tf.abs is part of the right answer to log_loss_from_logits, which gives the wrong value from here on.
        deserved(PS3, "log_loss", "log_loss_from_logits"),
    ),
)

ATTACKS = COURSE + PYTHON + LIBRARIES
