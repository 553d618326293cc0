"""What a later Python alone can read is no mistake; what none can read is one."""

import sys

import pytest

from gdhelpers.autograder import dialect
from gdhelpers.autograder.submission import Cell

NEW = {
    "type parameters": "def twice[T](value: T) -> T:\n    return value\n\ndef f(x):\n    return twice(x)",
    "an alias": "type Number = int | float\n\ndef f(x):\n    return x",
    "an alias with parameters": "type Pair[T] = tuple[T, T]\nf = 1",
    "quotes": 'def f(x):\n    return f"slope: {x["slope"]}"',
    "quotes after text": "def f(x):\n    print('a', f'{1}', f'b {x['slope']:.2f} c')",
}
NEWER = {
    "exceptions": "def f(x):\n    try:\n        return 1\n    except ValueError, TypeError:\n        return 2",
    "a template": 'def f(x):\n    return t"slope {x}"',
}
WRONG = {
    "a colon": "def f(x)\n    return 1",
    "a bracket": "def f(x):\n    return (1",
    "an f-string": 'def f(x):\n    return f"{x"',
    "an indent": "def f(x):\nreturn x[0]",
    "a word": "def f(x):\n    retrun x",
    "print": 'def f(x):\n    print f("x")',
}


def cell(source, python=None, raised=""):
    return Cell("code", source, None, None, python=python, raised=raised)


@pytest.fixture
def old(monkeypatch):
    """The oldest Python that the course runs on."""
    if sys.version_info >= (3, 12):
        pytest.skip("what is new in 3.12 is read here")
    return sys.version_info


@pytest.mark.parametrize("name", NEW)
def test_what_is_new_is_recognised(old, name):
    assert dialect.unreadable([cell(NEW[name])]) == ("3.12", frozenset({"f"}) | frozenset(dialect.bound(NEW[name])))


@pytest.mark.parametrize("name", NEWER)
@pytest.mark.skipif(sys.version_info >= (3, 14), reason="what is new in 3.14 is read here")
def test_what_is_newer_is_recognised(name):
    version, names = dialect.unreadable([cell(NEWER[name])])
    assert version == "3.14"
    assert "f" in names


@pytest.mark.parametrize("name", WRONG)
def test_what_no_python_reads_is_a_mistake(name):
    assert dialect.unreadable([cell(WRONG[name])]) is None
    assert dialect.unreadable([cell(WRONG[name], (3, 99), "SyntaxError")]) is None, "it was one where it was written"


@pytest.mark.parametrize("name", WRONG)
def test_what_was_saved_with_a_later_python_may_be_right_there(name):
    assert dialect.unreadable([cell(WRONG[name], (3, 99))])[0] == "3.99"


def test_readable_cells_need_no_other_python():
    cells = [cell("def f(x):\n    return x", (3, 99)), cell("%timeit f(1)", (3, 99)), cell("!ls", (3, 99))]
    assert dialect.unreadable(cells) is None
    assert dialect.later(cells) == "3.99"
    assert dialect.later([cell("x", (3, 11))]) is None


def test_nothing_keeps_the_grader_busy():
    for unit in ('f"{', "f'", '{"', "type a[", "except a, "):
        dialect.unreadable([cell("(" + unit * (dialect.LINE // len(unit)) + "\n" + unit * 50_000)])
