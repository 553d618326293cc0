"""Lying: answers that are objects which speak for themselves, or that remember what they were asked."""

from __future__ import annotations

from textwrap import dedent

from tests.attacks.attack import PS1, PS2, Attack, deserved
from tests.attacks.handin import hand_in


def _lie(name: str, what: str, source: str) -> Attack:
    """Answer `derivative` with a lie."""
    build = hand_in({"derivative": source})
    return Attack(name, "lying", PS1, what, build, deserved(PS1, "derivative"))


def _object(name: str, what: str, made: str, returned: str) -> Attack:
    """Return an object of a class of its own."""
    return _lie(name, what, dedent(made).strip() + f"\n\n\ndef derivative(f, x):\n    return {returned}\n")


AGREEABLE = """
class Agreeable({base}):
    shape, ndim, dtype = (), 0, np.dtype(float)
    __eq__ = __le__ = __ge__ = lambda self, other: True
    __ne__ = __lt__ = __gt__ = lambda self, other: False
    __sub__ = __rsub__ = __add__ = __radd__ = __mul__ = __abs__ = __neg__ = lambda self, *other: self
    __hash__ = lambda self: 0
    __bool__ = lambda self: True
"""

OBJECTS = (
    _object("agrees-with-all", "An object that equals everything.", AGREEABLE.format(base="object"), "Agreeable()"),
    _object("float-that-agrees", "A float whose arithmetic lies.", AGREEABLE.format(base="float"), "Agreeable(0.0)"),
    _object("float64-that-agrees", "A np.float64 that lies.", AGREEABLE.format(base="np.float64"), "Agreeable(0.0)"),
    _object("int-that-agrees", "An int whose arithmetic lies.", AGREEABLE.format(base="int"), "Agreeable(0)"),
    _object("string-that-agrees", "A string whose comparisons lie.", AGREEABLE.format(base="str"), "Agreeable('10')"),
    _object("list-that-agrees", "A list whose comparisons lie.", AGREEABLE.format(base="list"), "Agreeable([0.0])"),
    _object("tuple-that-agrees", "A tuple whose comparisons lie.", AGREEABLE.format(base="tuple"), "Agreeable((0.0,))"),
    _object("dict-that-agrees", "A dict whose comparisons lie.", AGREEABLE.format(base="dict"), "Agreeable()"),
    _object(
        "array-that-agrees",
        "A NumPy array of a class of its own, whose functions lie.",
        """
        class Agreeable(np.ndarray):
            def __array_ufunc__(self, ufunc, method, *inputs, **options):
                return np.bool_(ufunc in (np.equal, np.less_equal, np.isfinite))
            def __array_function__(self, function, types, arguments, options):
                return True
        """,
        "np.zeros(()).view(Agreeable)",
    ),
    _object(
        "tensor-that-agrees",
        "A tensor of a class of its own, whose functions lie.",
        """
        class Agreeable(torch.Tensor):
            @classmethod
            def __torch_function__(cls, function, types, arguments=(), options=None):
                return torch.tensor(10.0)
        """,
        "torch.zeros(()).as_subclass(Agreeable)",
    ),
    _object(
        "numbers-on-demand",
        "An object that turns into another number whenever one is asked for.",
        """
        class OnDemand:
            asked = 0
            def __float__(self):
                OnDemand.asked += 1
                return 10.0 if OnDemand.asked % 2 else -20.0
            __int__ = __index__ = lambda self: 10
            __array__ = lambda self, dtype=None, copy=None: np.array(float(self))
            item = numpy = tolist = __float__
            detach = cpu = lambda self: self
        """,
        "OnDemand()",
    ),
    _object(
        "class-that-poses",
        "An object whose `__class__` says float and whose metaclass says what suits.",
        """
        class Meta(type):
            __instancecheck__ = __subclasscheck__ = __eq__ = lambda self, other: True
            __hash__ = type.__hash__

        class Posing(metaclass=Meta):
            __class__ = property(lambda self: float)
            __sub__ = __rsub__ = __abs__ = lambda self, *other: 0.0
            __float__ = lambda self: 10.0
        """,
        "Posing()",
    ),
    _object(
        "class-named-numpy",
        "A subclass of np.float64 that says that it comes from NumPy.",
        """
        class float64(np.float64):
            __sub__ = __rsub__ = lambda self, other: np.float64(0.0)
            item = tolist = __float__ = lambda self: 10.0

        float64.__module__ = "numpy"
        """,
        "float64(0.0)",
    ),
    _object(
        "attributes-that-raise",
        "An object that raises, whatever it is asked, even for its class's name.",
        """
        class Meta(type):
            __name__ = __module__ = __qualname__ = property(lambda self: 1 / 0)

        class Prickly(metaclass=Meta):
            def __getattribute__(self, name):
                raise SystemExit(name)
            __repr__ = __str__ = __reduce_ex__ = __len__ = __iter__ = lambda self, *a: 1 / 0
        """,
        "Prickly()",
    ),
    _object(
        "second-read-differs",
        "A list that holds other items at the second look.",
        """
        class Twice(list):
            looked = 0
            def __iter__(self):
                Twice.looked += 1
                return iter([10.0 if Twice.looked % 2 else 0.0])
            __len__ = lambda self: 1
            __getitem__ = lambda self, at: 10.0
        """,
        "Twice([0.0])",
    ),
)

VALUES = tuple(
    _lie(name, what, f"def derivative(f, x):\n    return {returned}")
    for name, what, returned in (
        ("nan", "It returns nan.", "float('nan')"),
        ("infinity", "It returns infinity.", "-torch.tensor(float('inf'))"),
        ("array-of-objects", "It returns an array of dtype object.", "np.array(10.0, dtype=object)"),
        ("masked", "It returns a masked array, which compares as nothing.", "np.ma.masked_all(())"),
        ("masked-constant", "It returns NumPy's `masked`.", "np.ma.masked"),
        ("structured", "It returns a structured array.", "np.zeros((), dtype=[('x', float)])"),
        ("array-of-strings", "It returns an array of text.", "np.array('10.0')"),
        ("date", "It returns a date.", "np.datetime64('2026-01-01')"),
        ("complex", "It returns a complex number.", "complex(0.0, 10.0)"),
        ("all-candidates", "It returns all numbers between which the slope is.", "np.linspace(-100, 100, 2001)"),
        ("interval", "It returns a scalar broadcast to any shape.", "np.broadcast_to(np.float64(0), (0,))"),
        ("no-elements", "It returns an array without elements, of which all are right.", "np.zeros((0,))"),
        ("sparse", "It returns a sparse tensor.", "torch.zeros(1).to_sparse()"),
        ("meta", "It returns a tensor without data.", "torch.zeros((), device='meta')"),
        ("quantised", "It returns a tensor of half-bytes.", "torch.zeros((), dtype=torch.float8_e4m3fn)"),
        ("generator", "It returns a generator.", "(value for value in [10.0])"),
        ("function", "It returns a function.", "lambda: 10.0"),
        ("not-implemented", "It returns NotImplemented.", "NotImplemented"),
        ("itself", "It returns itself.", "derivative"),
        ("module", "It returns a module.", "torch"),
        ("exception", "It returns an exception and does not raise it.", "AssertionError('Right.')"),
    )
)

LOOP = """
def derivative(f, x):
    loop = []
    loop.append(loop)
    return loop
"""

STATE = (
    _lie("list-in-itself", "It returns a list that holds itself.", LOOP),
    _lie("examples-by-heart", "It knows the examples that students see, and nothing else.", """
        def derivative(f, x):
            return {3.0: 10.0, 5.0: -20.0}.get(x, 0.0)
        """),
    _lie("right-once", "It is right the first time that it is called, and wrong ever after.", """
        CALLS = []

        def derivative(f, x):
            CALLS.append(x)
            x = torch.tensor(x, requires_grad=True)
            f(x).backward()
            return x.grad if len(CALLS) == 1 else x.grad * 0
        """),
    _lie("right-twice", "It is right for the first two calls with an x, and wrong the third time.", """
        from collections import Counter
        CALLS = Counter()

        def derivative(f, x):
            CALLS[x] += 1
            leaf = torch.tensor(x, requires_grad=True)
            f(leaf).backward()
            return leaf.grad if CALLS[x] <= 2 else 0.0
        """),
    _lie("swapped-after-a-call", "A decorator puts a wrong function under the name after the first call.", """
        def once(function):
            def wrapped(f, x):
                globals()["derivative"] = lambda f, x: 0.0
                return function(f, x)
            return wrapped

        @once
        def derivative(f, x):
            x = torch.tensor(x, requires_grad=True)
            f(x).backward()
            return x.grad
        """),
    _lie("code-swapped-after-a-call", "The function changes its own code while it runs.", """
        def derivative(f, x):
            derivative.__code__ = (lambda f, x: 0.0).__code__
            x = torch.tensor(x, requires_grad=True)
            f(x).backward()
            return x.grad
        """),
    _lie("kept-by-x", "An answer is kept and found again by x alone.", """
        KEPT = {}

        def derivative(f, x):
            if x not in KEPT:
                leaf = torch.tensor(x, requires_grad=True)
                f(leaf).backward()
                KEPT[x] = leaf.grad
            return KEPT[x]
        """),
    _lie("kept-by-function", "An answer is kept and found again by the function alone.", """
        def derivative(f, x):
            if not hasattr(derivative, "kept"):
                derivative.kept = {}
            if f.__code__.co_code not in derivative.kept:
                leaf = torch.tensor(x, requires_grad=True)
                f(leaf).backward()
                derivative.kept[f.__code__.co_code] = leaf.grad
            return derivative.kept[f.__code__.co_code]
        """),
    _lie("one-object-for-all", "Every call returns the same tensor, with `.grad` that adds up.", """
        leaf = torch.tensor(0.0, requires_grad=True)

        def derivative(f, x):
            with torch.no_grad():
                leaf.fill_(x)
            f(leaf).backward()
            return leaf.grad
        """),
    _lie("a-builtin", "The answer is a builtin.", "derivative = max"),
    _lie("a-class", "The answer is a class: calling it makes an object.", """
        class derivative(float):
            def __new__(cls, f, x):
                return float.__new__(cls, 0.0)
        """),
    _lie("a-number", "The answer is no function.", "derivative = 10.0"),
    _lie("a-coroutine", "The answer is a coroutine function.", "async def derivative(f, x):\n    return 10.0"),
    _lie("more-arguments", "The answer asks for more arguments than it is given.", """
        def derivative(f, x, /, *, expected):
            return expected
        """),
    _lie("raises-to-order", "The message of an exception looks like the message of a right answer.", """
        def derivative(f, x):
            raise AssertionError("Right.")
        """),
)  # fmt: skip

EXCEPTIONS = (
    _lie("exception-without-words", "An exception whose `__str__` and `__repr__` raise.", """
        class Silent(Exception):
            __str__ = __repr__ = lambda self: 1 / 0

        def derivative(f, x):
            raise Silent
        """),
    _lie("exception-that-exits", "An exception whose `__str__` ends Python.", """
        class Deadly(Exception):
            def __str__(self):
                import os
                os._exit(0)

        def derivative(f, x):
            raise Deadly
        """),
    _lie("exception-that-poses", "An exception whose class claims to be a RuntimeError and a verdict.", """
        class Meta(type):
            __name__ = property(lambda self: "RuntimeError")
            def mro(self):
                return [self, RuntimeError, Exception, BaseException, object]

        class Posing(RuntimeError, metaclass=Meta):
            pass

        def derivative(f, x):
            raise Posing("[passed] Right.")
        """),
    _lie("exceptions-in-a-chain", "A chain of a thousand exceptions.", """
        def derivative(f, x):
            error = ValueError("0")
            for number in range(1000):
                error.__context__, error = None, type("E", (ValueError,), {"__cause__": error})(str(number))
            raise ExceptionGroup("many", [error] * 100)
        """),
    Attack(
        "runtime-errors-only",
        "lying",
        PS1,
        "`minimise` raises RuntimeError whatever it is asked.",
        hand_in({"minimise": 'def minimise(f, x0, lr, tol, max_steps):\n    raise RuntimeError("no")'}),
        deserved(PS1, "minimise"),
    ),
    Attack(
        "shapes-to-order",
        "lying",
        PS2,
        "`mse_gradients` returns zeros of a class of tensors that agree with everything.",
        hand_in(
            {
                "mse_gradients": """
                class Agreeable(torch.Tensor):
                    @classmethod
                    def __torch_function__(cls, function, types, arguments=(), options=None):
                        return torch.zeros(())

                def mse_gradients(X, y, W, b):
                    return torch.zeros_like(W).as_subclass(Agreeable), torch.zeros_like(b).as_subclass(Agreeable)
                """
            }
        ),
        deserved(PS2, "mse_gradients"),
    ),
)  # fmt: skip

ATTACKS = OBJECTS + VALUES + STATE + EXCEPTIONS
