"""A test cell written for stock nbgrader works in the examiner; one that cannot is told to its author."""

import copy

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from gdhelpers.autograder.assignment import Assignment
from gdhelpers.autograder.course import Course
from gdhelpers.autograder.trial import objections

ORDINARY = {
    "asserts on values": ("answer, names = 42, ['a', 'b']", "assert answer == 42\nassert names == ['a', 'b']"),
    "calls": ("def half(x):\n    return x / 2", "assert half(3) == 1.5\nassert half(x=3) == 1.5"),
    "numpy": (
        "def double(a):\n    return 2 * a",
        "import numpy as np\nnp.testing.assert_allclose(double(np.ones(3)), 2)",
    ),
    "a numpy scalar": (
        "import numpy as np\n\ndef mean(a):\n    return np.mean(a)",
        "import numpy as np\nassert isinstance(mean(np.ones(3)), np.float64)",
    ),
    "torch": (
        "def double(t):\n    return 2 * t",
        "import torch\nresult = double(torch.ones(2, requires_grad=True))\n"
        "assert torch.equal(result, torch.full((2,), 2.0)) and result.requires_grad",
    ),
    "bfloat16": (
        "def double(t):\n    return 2 * t",
        "import torch\nassert double(torch.ones(2, dtype=torch.bfloat16)).dtype == torch.bfloat16",
    ),
    "a gradient that is left": (
        "def backward(w):\n    (w ** 2).sum().backward()",
        "import torch\nw = torch.tensor([1.0, 2.0], requires_grad=True)\nassert backward(w) is None\n"
        "assert w.grad.tolist() == [2.0, 4.0]",
    ),
    "an argument that is changed": (
        "def sort(items, a):\n    items.sort()\n    a *= 2",
        "import numpy as np\nitems, a = [3, 1, 2], np.ones(2)\nsort(items, a)\nassert items == [1, 2, 3]\n"
        "assert a.tolist() == [2, 2]",
    ),
    "one object twice": (
        "def same(a, b):\n    return a is b",
        "import numpy as np\na = np.ones(2)\nassert same(a, a)\nassert not same(a, a.copy())",
    ),
    "an exception": (
        "def check(x):\n    if x < 0:\n        raise ValueError('negative')",
        "try:\n    check(-1)\nexcept ValueError as e:\n    assert 'negative' in str(e)\nelse:\n    assert False",
    ),
    "an exception of its own": (
        "class Odd(KeyError):\n    pass\n\ndef check(x):\n    raise Odd(x)",
        "try:\n    check(1)\nexcept KeyError as e:\n    assert type(e).__name__ == 'Odd'\nelse:\n    assert False",
    ),
    "a function as argument": (
        "def twice(f, x):\n    return f(f(x))",
        "import math\nstep = 3\n\ndef add(x):\n    return x + step\n\nassert twice(add, 1) == 7\n"
        "assert twice(lambda x: math.sqrt(x), 16.0) == 2.0\nassert twice(twice_half, 8) == 2",
    ),
    "a dict": ("def count(s):\n    return {c: s.count(c) for c in s}", "assert count('aab') == {'a': 2, 'b': 1}"),
    "a big int": ("def power(n):\n    return 2 ** n", "assert power(200) == 2 ** 200"),
    "a frame": (
        "def grown(frame):\n    return frame.assign(c=frame.a + 1)",
        "import pandas as pd\nframe = pd.DataFrame({'a': [1.5, 2.5], 'b': ['x', None]}, index=[3, 4])\n"
        "right = pd.DataFrame({'a': [1.5, 2.5], 'c': [2.5, 3.5]}, index=[3, 4])\n"
        "pd.testing.assert_frame_equal(grown(frame)[['a', 'c']], right)",
    ),
    "top-level await and magics": (
        "def one():\n    return 1",
        "%precision 3\nimport asyncio\nawait asyncio.sleep(0)\nassert one() == 1",
    ),
    "a value as it is now": (
        "total = 0\n\ndef add():\n    global total\n    total += 1",
        "add()\nassert total in (0, 1)",
    ),
}
TENSORFLOW = {
    "tensors": (
        "def double(t):\n    return 2 * t",
        "import tensorflow as tf\nassert double(tf.ones(2)).dtype == tf.float32",
    ),
    "variables": (
        "def step(v):\n    v.assign_add([1.0])",
        "import tensorflow as tf\nv = tf.Variable([1.0])\nstep(v)\nassert v.numpy().tolist() == [2.0]",
    ),
    "near": (
        "def root(t):\n    import tensorflow as tf\n    return tf.sqrt(t)",
        "import tensorflow as tf\ntf.debugging.assert_near(root(tf.constant(4.0)), 2.0)",
    ),
}
IMPOSSIBLE = {
    "an object": ("class Model:\n    w = 1\n\ndef make():\n    return Model()", "assert make().w == 1", "Model"),
    "a module": ("import math", "assert math.pi > 3", "math"),
    "a generator": ("def count():\n    yield 1", "assert list(count()) == [1]", "generator"),
    "a function that comes back": ("def adder(n):\n    return lambda x: x + n", "assert adder(1)(2) == 3", "function"),
    "an argument of its own class": (
        "def width(box):\n    return box.width",
        "class Box:\n    width = 2\n\nassert width(Box()) == 2",
        "Box",
    ),
}


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    return Course(tmp_path_factory.mktemp("course")).config


def settings(grade_id, **more):
    return {"nbgrader": {"grade_id": grade_id, "schema_version": 3, "task": False, **more}}


def assignment(tmp_path, config, exercises):
    """An assignment with a solution cell and a test cell for each exercise, as its instructor wrote them."""
    cells = [
        new_code_cell(
            "def twice_half(x):\n    return x / 2", metadata=settings("given", grade=False, locked=True, solution=False)
        )
    ]
    for number, (solution, test, *_) in enumerate(exercises):
        answer = settings(f"answer{number}", grade=False, locked=False, solution=True)
        cells.append(new_code_cell(f"### BEGIN SOLUTION\n{solution}\n### END SOLUTION", metadata=answer))
        graded = settings(f"test-{number}", grade=True, points=1, locked=True, solution=False)
        cells.append(new_code_cell(test, metadata=graded))
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"
    return Assignment("ordinary", tmp_path / "ordinary.ipynb", new_notebook(cells=copy.deepcopy(cells)), config)


@pytest.mark.parametrize("exercises", [ORDINARY, TENSORFLOW], ids=["python-numpy-torch-pandas", "tensorflow"])
def test_a_test_cell_for_stock_nbgrader_works_unchanged(tmp_path, config, exercises):
    found = objections(assignment(tmp_path, config, exercises.values()))
    names = list(exercises)
    assert [(names[int(line.split("test-")[1].split(":")[0])], line) for line in found] == []


def test_what_cannot_come_over_is_told_to_the_author(tmp_path, config):
    found = objections(assignment(tmp_path, config, IMPOSSIBLE.values()))
    assert len(found) == len(IMPOSSIBLE)
    for (*_, word), line in zip(IMPOSSIBLE.values(), found, strict=True):
        assert word in line
