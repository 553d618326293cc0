"""Noise: right answers whose notebooks are loud, slow or unusual; they keep all points."""

from __future__ import annotations

from tests.attacks.attack import PS1, PS2, PS3, Attack, deserved
from tests.attacks.handin import RIGHT_DERIVATIVE, Build, hand_in


def _noise(name: str, what: str, build: Build, assignment: str = PS1) -> Attack:
    return Attack(name, "noise", assignment, what, build, deserved(assignment))


def _cell(name: str, what: str, cell: str, assignment: str = PS1) -> Attack:
    """Put a cell below the set-up cell."""
    return _noise(name, what, hand_in(after={"setup": cell}), assignment)


def _last(name: str, what: str, cell: str) -> Attack:
    """Put a cell at the end, after all is defined and tested."""
    return _noise(name, what, hand_in(last=cell))


def _rebound(name: str, what: str, cell: str) -> Attack:
    """Put a cell between an answer that does not need the names and its test."""
    return _noise(name, what, hand_in(after={"derivative": cell}))


def _within(name: str, what: str, *lines: str, above: str = "") -> Attack:
    """Put lines at the start of a right function."""
    head, *rest = RIGHT_DERIVATIVE.strip().splitlines()
    source = "\n".join([*([above] if above else []), head, *(f"    {line}" for line in lines), *rest])
    return _noise(name, what, hand_in({"derivative": source}))


def _spelt(name: str, what: str, source: str) -> Attack:
    return _noise(name, what, hand_in({"derivative": source}))


LOUD = (
    _within("prints", "It prints.", "print('slope at', x)"),
    _within("prints-to-stderr", "It prints to stderr.", "import sys", "print('careful', file=sys.stderr)"),
    _within("warns", "It warns.", "import warnings", "warnings.warn('careful', DeprecationWarning, stacklevel=1)"),
    _within("logs", "It logs an error.", "import logging", "logging.getLogger('student').error('log')"),
    _within("writes-past-python", "It writes past Python.", "import os", "os.write(1, b'x'), os.write(2, b'x')"),
    _within("carriage-returns", "It shows a progress bar.", "for n in range(50): print(f'\\r{n} %', end='')"),
    _within("plots", "It draws a picture.", "plt.figure(); plt.plot([1, 2]); plt.show()"),
    _within("displays", "It displays a table.", "display(pd.DataFrame({'x': [x]}))"),
    _within("sleeps", "It sleeps for a tenth of a second.", "import time", "time.sleep(0.1)"),
    _within("calls-a-shell", "It calls a shell.", "import subprocess", "subprocess.run(['true'])"),
    _within("writes-a-file", "It keeps a log in the work folder.", "open('log.txt', 'a').write(f'{x}\\n')"),
    _within("a-thread-that-ends", "It starts a thread and waits.", "import threading",
            "t = threading.Thread(target=print)", "t.start(), t.join()"),
    _within("clears-output", "It clears the output.", "from IPython.display import clear_output", "clear_output()"),
    _within("asserts", "It asserts what it was given.", "assert callable(f) and isinstance(x, float)"),
    _within("imports-inside", "It imports the checks inside.", "from gdhelpers import checks", "checks.plain(x)"),
    _within("changes-the-folder", "It changes the current folder.", "import os", "os.chdir('/')"),
)  # fmt: skip

CELLS = (
    _cell("sleeps-long", "A cell sleeps for five seconds.", "import time\ntime.sleep(5)"),
    _cell("shell-and-magics", "Magics and shell lines.", "%matplotlib inline\n!echo shell\n%precision 3\nfiles = !ls"),
    _cell("cell-magic-time", "A cell with %%time.", "%%time\nsum(range(10))"),
    _cell("cell-magic-capture", "A cell with %%capture.", "%%capture caught\nprint('caught')"),
    _cell("cell-magic-bash", "A cell with %%bash.", "%%bash\necho shell"),
    _cell("top-level-await", "A cell awaits.", "import asyncio\nawait asyncio.sleep(0.1)"),
    _cell("help-asked", "A cell asks for help with `?`.", "torch.tensor?"),
    _cell("raises", "A cell raises.", "1 / 0"),
    _cell("does-not-parse", "A cell is no Python.", "for slope in\n"),
    _cell("input-asked", "A cell asks for input.", "name = input('Your name: ')"),
    _cell("debugger", "A cell sets a breakpoint.", "breakpoint()"),
    _cell("warnings-are-errors", "Warnings become errors.", "import warnings\nwarnings.simplefilter('error')"),
    _cell("numpy-raises", "NumPy raises on overflow.", "np.seterr(all='raise')"),
    _cell("numpy-prints-little", "NumPy prints no digits.", "np.set_printoptions(precision=0, suppress=True)"),
    _cell("torch-in-float64", "PyTorch works in float64.", "torch.set_default_dtype(torch.float64)"),
    _cell("torch-looks-for-anomalies", "PyTorch looks for anomalies.", "torch.autograd.set_detect_anomaly(True)"),
    _cell("torch-deterministic", "PyTorch is deterministic.", "torch.use_deterministic_algorithms(True)"),
    _cell("pandas-as-pleased", "Options of pandas.", "pd.set_option('display.precision', 1)"),
    _cell("interactive-plots", "Interactive plots.", "plt.ion()\nplt.plot([1, 2])"),
    _cell("another-backend", "Another backend of matplotlib.", "import matplotlib\nmatplotlib.use('svg')"),
    _cell("recursion-limit", "A low recursion limit.", "import sys\nsys.setrecursionlimit(900)"),
    _cell("seeds-set", "All seeds are set.", "import random\nrandom.seed(1); np.random.seed(1); torch.manual_seed(1)"),
    _cell("locale-and-time", "The time zone is changed.",
          "import os, time\nos.environ['TZ'] = 'Asia/Tokyo'\ntime.tzset()"),
    _cell("autoreload", "Modules are loaded anew.", "%load_ext autoreload\n%autoreload 2"),
    _cell("memory-collected", "The garbage collector is off.", "import gc\ngc.disable()"),
    _cell("reset", "A cell deletes a name.", "del pd"),
    _cell("markers", "A comment holds the instructor's marks.", "### BEGIN SOLUTION\n### END SOLUTION"),
    _cell("eager-functions", "TensorFlow runs eagerly.", "tf.config.run_functions_eagerly(True)", PS3),
    _cell("keras-in-float64", "Keras works in float64.", "tf.keras.backend.set_floatx('float64')", PS3),
    _cell("tensorflow-debugs", "TensorFlow looks for nan.", "tf.debugging.enable_check_numerics()", PS3),
    _cell("numpy-behaviour", "A seed and a graph.", "tf.random.set_seed(1)\ntf.function(lambda x: x)(1.0)", PS2),
)  # fmt: skip

NAMES = (
    _rebound("numpy-rebound", "`np` is rebound; the function does not use it.", "np = pd = plt = None"),
    _rebound("checks-rebound", "`checks` and `hidden_tests` are rebound.", "checks = hidden_tests = None"),
    _rebound("builtins-rebound", "Names of builtins are rebound.", "len = 3\nsum = list = max = str = 'x'"),
    _rebound("names-of-a-test", "The names that a test uses are taken.", "parabola_by_hand = quotient_by_hand = 5"),
    _rebound("future-annotations", "A cell imports from the future.", "from __future__ import annotations"),
    _rebound("repr-of-its-own", "The function's results print otherwise.",
             "torch.Tensor.__repr__ = lambda self, **k: '<a tensor>'"),
    _last("redefined-at-the-end", "A right function is redefined wrongly, long after its test.",
          "def derivative(f, x):\n    return 0.0"),
    _last("deleted-at-the-end", "Everything is deleted at the end.", "%reset -f"),
    _last("ends-python-at-the-end", "The last cell ends Python.", "exit()"),
    _noise("imports-first", "A cell of its own stands first.", hand_in(first="import os, sys\nprint(sys.version)")),
    _noise("raises-after-defining", "The cell raises after it defined.",
           hand_in({"derivative": RIGHT_DERIVATIVE + "\nraise ValueError('afterwards')"})),
    _noise("experiments", "Answers are called with prints in cells of their own.",
           hand_in(after={"test-derivative": "for x in (1.0, 2.0):\n    print(derivative(lambda x: x**3, x))"})),
)  # fmt: skip

LEAF = "    leaf = torch.tensor(x, requires_grad=True)\n    f(leaf).backward()\n"

SPELLINGS = (
    _spelt("lambda", "A lambda.", "derivative = lambda f, x: torch.func.grad(f)(torch.tensor(x))"),
    _spelt("partial", "A partial.", f"""
from functools import partial

def power(k, f, x):
{LEAF}    return k * leaf.grad

derivative = partial(power, 1)
"""),
    _spelt("object-that-is-called", "An object of a class with `__call__`.", """
class Slope:
    def __call__(self, f, x):
        leaf = torch.tensor(x, requires_grad=True)
        f(leaf).backward()
        return leaf.grad

derivative = Slope()
"""),
    _spelt("static-method", "A static method.", """
class Slope:
    @staticmethod
    def at(f, x):
        return torch.func.grad(f)(torch.tensor(x))

derivative = Slope.at
"""),
    _spelt("bound-method", "A method of an object.", """
class Slope:
    def at(self, f, x):
        return torch.func.grad(f)(torch.tensor(x))

derivative = Slope().at
"""),
    _spelt("decorated", "A decorated function.", f"""
import functools, time

def timed(function):
    @functools.wraps(function)
    def wrapped(*arguments, **options):
        started = time.perf_counter()
        try:
            return function(*arguments, **options)
        finally:
            print(time.perf_counter() - started)
    return wrapped

@timed
def derivative(f, x):
{LEAF}    return leaf.grad
"""),
    _spelt("kept-by-all-arguments", "An answer kept by all of its arguments.", f"""
from functools import lru_cache

@lru_cache(maxsize=None)
def derivative(f, x):
{LEAF}    return leaf.grad.item()
"""),
    _spelt("generator-inside", "A generator inside.", f"""
def derivative(f, x):
    def slopes():
    {LEAF.replace(chr(10), chr(10) + "    ")}    yield leaf.grad
    return next(slopes())
"""),
    _spelt("coroutine-inside", "A coroutine inside, run by a loop of its own in a thread.", f"""
import asyncio, concurrent.futures

async def slope(f, x):
{LEAF}    await asyncio.sleep(0)
    return leaf.grad

def derivative(f, x):
    with concurrent.futures.ThreadPoolExecutor() as pool:
        return pool.submit(lambda: asyncio.run(slope(f, x))).result()
"""),
    _spelt("global-counter", "A global counter.", f"""
calls = 0

def derivative(f, x):
    global calls
    calls += 1
{LEAF}    return leaf.grad
"""),
    _spelt("default-arguments", "More arguments, all with defaults.", f"""
def derivative(f, x, h=1e-3, *, verbose=False, **options):
{LEAF}    return leaf.grad
"""),
    _spelt("within-a-condition", "Defined within a condition, a loop and a try.", """
for _ in range(2):
    try:
        if torch.is_grad_enabled():
            def derivative(f, x):
                return torch.func.grad(f)(torch.tensor(x))
    finally:
        pass
"""),
    _spelt("cell-magic-on-the-answer", "The answer's cell begins with %%time.", f"""
%%time
def derivative(f, x):
{LEAF}    return leaf.grad
"""),
    _spelt("tested-at-once", "The answer's cell tests itself and shows a result.", f"""
def derivative(f, x):
{LEAF}    return leaf.grad

assert abs(derivative(lambda x: x**2, 3.0) - 6) < 1e-6
derivative(lambda x: x**2, 3.0)
"""),
    _spelt("unicode-names", "Names in Greek.", """
def derivative(f, x):
    δ = torch.tensor(x, requires_grad=True)  # the slope ∂f/∂x
    f(δ).backward()
    return δ.grad
"""),
)  # fmt: skip

ATTACKS = LOUD + CELLS + NAMES + SPELLINGS
