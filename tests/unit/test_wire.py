"""The wire carries plain data faithfully, and nothing that the other side sends does more than be refused."""

import math
import os
import socket
import threading
from itertools import chain
from unittest import mock

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from gdhelpers.checks.foreign import Foreign
from gdhelpers.checks.plain import NotPlainError, plain
from gdhelpers.hidden_tests.call import ask
from gdhelpers.quiet import quietly
from gdhelpers.wire import FRAME_LIMIT, Lost, Malformed, Stream
from gdhelpers.wire.agent import Agent
from gdhelpers.wire.changes import state
from gdhelpers.wire.described import Tensor, TFTensor, TFVariable
from gdhelpers.wire.frame import DTYPES, pack, unpack
from gdhelpers.wire.proxy import Interrupted, Proxy, Student
from gdhelpers.wire.raised import Raised
from gdhelpers.wire.reader import Reader
from gdhelpers.wire.source import Untransferable
from gdhelpers.wire.value import Writer

with quietly():
    import keras
    import tensorflow as tf

    tf.zeros(1)

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
NUMBERS = st.sampled_from(sorted(DTYPES)).flatmap(
    lambda name: arrays(DTYPES[name], array_shapes(min_dims=0, min_side=0, max_side=3))
)
PLAIN = st.recursive(
    SCALARS | NUMBERS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(
            st.text() | st.integers() | st.none() | st.tuples(st.booleans(), st.text()), inner, max_size=4
        )
    ),
    max_leaves=12,
)
KINDS = (
    "object", "list", "tuple", "dict", "numpy", "scalar", "int", "foreign", "torch", "tensorflow", "variable", "keras",
    "series", "frame", "function", "module", "named", "bfloat16", "grad", "index", "names", "text",
)  # fmt: skip
TREES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(KINDS),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


def there_and_back(value):
    writer = Writer()
    tree = writer.write(value)
    message, found = unpack(pack({"objects": writer.trees, "value": tree}, writer.arrays))
    return Reader(found, message["objects"]).read(message["value"])


def same(a, b):
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    if isinstance(a, float):
        return a == b or (math.isnan(a) and math.isnan(b))
    return a == b


@given(PLAIN)
def test_plain_data_arrives_as_it_was(value):
    assert same(there_and_back(value), value)


@pytest.mark.parametrize(
    "tensor",
    [torch.ones(2, 3), torch.tensor(1.5), torch.zeros(0, 2), torch.ones(2, dtype=torch.bfloat16), torch.arange(3),
     torch.ones(2, dtype=torch.complex128), torch.ones(4)[::2], torch.ones(2, 3).T, torch.tensor([True])],
    ids=str,
)  # fmt: skip
def test_torch_tensors(tensor):
    found = there_and_back(tensor)
    assert type(found) is torch.Tensor
    assert (found.dtype, found.shape, torch.equal(found, tensor)) == (tensor.dtype, tensor.shape, True)


def test_leaves_keep_their_gradients_and_parameters_their_kind():
    leaf = torch.nn.Parameter(torch.ones(2))
    leaf.grad = torch.tensor([3.0, 4.0])
    found = there_and_back([leaf, torch.ones(2, requires_grad=True)])
    assert type(found[0]) is torch.nn.Parameter
    assert found[0].grad.tolist() == [3.0, 4.0]
    assert found[1].requires_grad
    assert found[1].grad is None


@pytest.mark.parametrize("dtype", ["float32", "float64", "bfloat16", "int32", "bool", "complex64"])
def test_tensorflow(dtype):
    tensor = tf.cast(tf.constant([[1.0, 0.0]]), dtype)
    for value in (tensor, tf.Variable(tensor, trainable=False)):
        found = there_and_back(value)
        assert type(found) is type(value)
        assert (found.dtype, found.shape) == (value.dtype, value.shape)
        assert bool(tf.reduce_all(tf.equal(found, value)))


@pytest.mark.parametrize(
    "wide",
    [np.longdouble(1.5), np.array([1.5, 2.0], np.longdouble), np.array([1.5, 2.0], ">f8"), np.array([1, 2], ">i4"),
     np.array([1.5 + 2j], np.clongdouble)],
    ids=repr,
)  # fmt: skip
def test_numbers_of_any_width_and_byte_order_arrive(wide):
    got = there_and_back(wide)
    assert got.dtype.isnative
    np.testing.assert_array_equal(got, wide)
    assert np.all(plain(got) == plain(wide))


def test_a_variable_that_is_made_in_a_function_is_a_variable():
    class Model(tf.Module):
        w = None

        @tf.function
        def __call__(self):
            if self.w is None:
                self.w = tf.Variable([1.0, 2.0])
            return self.w

    model = Model()
    model()
    assert type(model.w) is not type(tf.Variable(0.0))
    assert plain(model.w).tolist() == plain(there_and_back(model.w)).tolist() == [1.0, 2.0]


def test_frames_and_series():
    frame = pd.DataFrame({"a": [1.5, 2.5], "b": ["x", None], 3: [True, False]}, index=[7, 9])
    pd.testing.assert_frame_equal(there_and_back(frame), frame, check_dtype=False)
    pd.testing.assert_series_equal(there_and_back(frame["a"]), frame["a"])


NUMBERS_OF_LIBRARIES = (
    lambda: torch.tensor([[1.5, -2.0]], requires_grad=True),
    lambda: torch.tensor([1.5, -3e38, 1e-40], dtype=torch.bfloat16),
    lambda: torch.tensor([1.5, 6e4], dtype=torch.float16),
    lambda: torch.ones(2, dtype=torch.complex128),
    lambda: torch.nn.Parameter(torch.ones(2, 1)),
    lambda: torch.tensor(2.5),
    lambda: tf.constant([[1.5]]),
    lambda: tf.cast(tf.constant([1.5, -2.25]), tf.bfloat16),
    lambda: tf.cast(tf.constant([1.5]), tf.float16),
    lambda: tf.Variable([[1.5], [2.5]]),
    lambda: keras.Variable(np.ones(2, dtype=np.float32)),
    lambda: (np.float32(1.5), [tf.constant(1), torch.tensor(True)], None, "text"),
    lambda: pd.DataFrame({"a": [1.5]}),
    lambda: [torch.ones(2).to_sparse()],
)


@pytest.mark.parametrize("make", NUMBERS_OF_LIBRARIES)
def test_numbers_alone_are_those_that_a_test_would_see(make):
    """What is read without a framework is what `plain` makes of the value itself."""
    value = make()
    writer = Writer()
    tree = writer.write_or_describe(value)
    message, arrays = unpack(pack({"objects": writer.trees, "value": tree}, writer.arrays))
    found = Reader(arrays, message["objects"], numbers_alone=True).read(message["value"])
    assert same(seen(found), seen(value))


def seen(value):
    try:
        return plain(value)
    except NotPlainError:
        return None


DESCRIBED = (
    Tensor(np.ones((2, 1), np.float32), requires_grad=True, grad=np.full((2, 1), 3, np.float32)),
    Tensor(np.ones(3, np.float64)),
    TFTensor(np.ones((2, 1), np.float32)),
    TFVariable(np.ones((2, 1), np.float32)),
)


@pytest.mark.parametrize("argument", DESCRIBED)
def test_what_is_described_arrives_as_it_would_be_made_here(argument):
    writer = Writer(functions=True)
    message, arrays = unpack(pack({"value": writer.write(argument), "objects": writer.trees}, writer.arrays))
    assert state(Reader(arrays, message["objects"]).read(message["value"])) == state(argument.made())


def test_one_object_stays_one_object():
    array = np.ones(2)
    first, second, (third,) = there_and_back([array, array, [array]])
    assert first is second is third


class Odd:
    """What claims to be a list, a float and equal to everything."""

    __class__ = list
    __hash__ = None

    def __eq__(self, other):
        return True

    def __float__(self):
        return 1.0

    def __array__(self, *arguments, **options):
        return np.ones(2)

    def __reduce__(self):
        return os.system, ("false",)


class OddArray(np.ndarray):
    pass


class OddFloat(float):
    pass


@pytest.mark.parametrize(
    "value",
    [Odd(), np.ones(2).view(OddArray), OddFloat(1.0), np.array([Odd()], dtype=object), np.array(["text"]), {1, 2}, b"",
     range(3), torch.ones(2).to_sparse(), 1 << 5000, lambda: 1, os, np.ma.masked_array([1.0]), type, 1j],
    ids=lambda value: type.__name__ if value is type else type(value).__name__,
)  # fmt: skip
def test_what_is_not_plain_is_described_and_never_asked(value):
    writer = Writer()
    tree = writer.write_or_describe(value)
    assert list(tree) == ["foreign"]
    assert type(Reader([], []).read(tree)) is Foreign


def test_what_contains_itself_is_refused():
    value = []
    value.append(value)
    with pytest.raises(Untransferable):
        Writer().write(value)


def test_what_is_too_large_is_refused():
    with pytest.raises(Untransferable):
        Writer().write([0] * 300_000)


@given(st.binary(max_size=400))
def test_any_bytes_are_a_message_or_malformed(content):
    try:
        unpack(content)
    except Malformed:
        return


@settings(max_examples=500)
@given(TREES, st.lists(TREES, max_size=4), st.lists(NUMBERS, max_size=3))
def test_any_tree_gives_base_types_or_is_malformed(tree, objects, numbers):
    try:
        value = Reader(numbers, objects).read(tree)
    except Malformed:
        return
    assert only_base_types(value)


def only_base_types(value):
    if isinstance(value, list | tuple):
        return all(map(only_base_types, value))
    if isinstance(value, dict):
        return all(map(only_base_types, [*value, *value.values()]))
    if isinstance(value, np.generic):
        return type(value).__module__ == "numpy"
    libraries = (torch.Tensor, torch.nn.Parameter, type(tf.constant(0)), type(tf.Variable(0)), pd.DataFrame, pd.Series)
    kinds = (type(None), bool, int, float, str, np.ndarray, Foreign, *libraries)
    return type(value) in kinds or type(value).__module__.startswith("keras.")


@pytest.mark.parametrize(
    "objects",
    [[{"list": [{"object": 0}]}], [{"list": [{"object": 1}]}, {"list": [{"object": 0}]}], [{"numpy": 3}],
     [{"numpy": -1}], [None],
     [{"dict": [[{"object": 1}, 1]]}, {"list": []}], [{"torch": 0}], [{"frame": [0], "names": [[]], "index": 0}],
     [{"function": "f = 1", "names": []}], [{"named": "f"}],
     [{"list": [{"object": n + 1}]} for n in range(50)] + [{"list": []}]],
    ids=str,
)  # fmt: skip
def test_forged_objects_are_malformed(objects):
    with pytest.raises(Malformed):
        Reader([np.ones(1)], objects).read({"object": 0})


@pytest.mark.parametrize(
    "arrays",
    [[np.zeros((800, 1)), np.zeros((1, 800))], [np.zeros(2, np.float32), np.zeros(2, np.float32)]],
    ids=["of other shapes", "of single width"],
)
def test_parts_of_complex_numbers_are_alike_or_malformed(arrays):
    with pytest.raises(Malformed):
        Reader(arrays, []).read({"scalar": [0, 1]})


@pytest.mark.parametrize("numbers_alone", [False, True])
def test_what_is_read_again_and_again_takes_no_more_memory_than_a_message(numbers_alone):
    size = 2**20
    tensor = {"torch": 0, "bfloat16": False, "parameter": False, "requires_grad": False, "grad": None}
    times = 2 * FRAME_LIMIT // size
    assert len(Reader([np.zeros(size, np.uint8)], [tensor] * times, numbers_alone=numbers_alone).objects) == times
    with pytest.raises(Malformed, match="too large"):
        Reader([np.zeros(size, np.uint8)], [tensor] * (times + 1), numbers_alone=numbers_alone)
    with pytest.raises(Malformed, match="too many columns"):
        Reader([np.zeros(1)], [{"frame": [0] * 3_000, "names": [0] * 3_000, "index": 0}])


def test_modules_and_functions_come_from_the_examiner_alone():
    with pytest.raises(Malformed):
        Reader([], []).read({"module": "os"})


@pytest.fixture
def pair():
    near, far = socket.socketpair()
    yield Stream(near, 10), far
    near.close()
    far.close()


def test_a_length_beyond_the_limit_is_not_waited_for(pair):
    stream, far = pair
    far.sendall((FRAME_LIMIT + 1).to_bytes(8))
    with pytest.raises(Malformed):
        stream.receive()


@pytest.mark.parametrize("content", [b"", b"\0\0", (8).to_bytes(8) + b"cut"])
def test_a_message_that_is_cut_short_is_lost(pair, content):
    stream, far = pair
    far.sendall(content)
    far.close()
    with pytest.raises(Lost):
        stream.receive()


@given(st.binary(max_size=200) | TREES.map(lambda tree: pack(tree, [])))
def test_a_student_may_answer_anything(content):
    """The examiner hears `Malformed` or `Lost`, whatever comes in place of an answer, or an honest value."""
    near, far = socket.socketpair()
    with near, far:
        far.sendall(len(content).to_bytes(8) + content)
        far.shutdown(socket.SHUT_WR)
        with pytest.raises((Malformed, Lost)):
            Student(Stream(near, 10)).call("f", [1.0], {})


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "objects": TREES, "value": TREES, "changed": TREES, "found": TREES, "signs": TREES,
            "raised": st.fixed_dictionaries({}, optional={"kinds": TREES, "message": TREES, "line": TREES}) | TREES,
        },
    )
)  # fmt: skip
def test_a_student_may_answer_anything_of_the_right_form(reply):
    near, far = socket.socketpair()
    content = pack(reply, [np.ones(2)])
    with near, far:
        far.sendall(4 * (len(content).to_bytes(8) + content))
        student = Student(Stream(near, 10))
        for ask in (
            lambda: student.call("f", [np.zeros(2)], {}),
            lambda: list(student.look(["f"]).values()),
            lambda: [value for value, _ in student.ask("f", [([1.0], {})], times=2, numbers_alone=True)[0]],
        ):
            try:
                value = ask()
            except (Malformed, Lost):
                continue
            except Exception as error:
                if not hasattr(error, "raised"):
                    raise
                continue
            assert only_base_types(value) or all(isinstance(item, Proxy | Raised) for item in value)


@pytest.fixture
def notebook():
    """Serve the names of a notebook from another thread, as a kernel does; yields the names and the student."""
    near, far = socket.socketpair()
    names = {}
    agent = Agent(Stream(far), names)

    def serve():
        try:
            while True:
                agent.answer()
        except Lost:
            return

    thread = threading.Thread(target=serve)
    # Signals are for main threads; what an interrupt does is tested with a kernel.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("signal.signal", mock.Mock())
        thread.start()
        yield names, Student(Stream(near, 30))
        near.close()
        thread.join(30)
        far.close()
    assert not thread.is_alive()


def test_a_call_changes_the_arguments_and_nothing_else(notebook):
    names, student = notebook

    def change(w, items, table, variable, left):
        w.requires_grad_(False)
        w += 1
        items.append(4)
        table["b"] = 2
        variable.assign([5.0])

    names["change"] = change
    w, left = torch.ones(2, requires_grad=True), np.ones(2)
    items, table, variable = [1], {"a": 1}, tf.Variable([0.0])
    assert student.look(["change"])["change"](w, items, table=table, variable=variable, left=left) is None
    assert (w.tolist(), w.requires_grad) == ([2.0, 2.0], False)
    assert (items, table, variable.numpy().tolist(), left.tolist()) == ([1, 4], {"a": 1, "b": 2}, [5.0], [1.0, 1.0])


def test_exceptions_keep_their_names_and_messages(notebook):
    names, student = notebook

    class MineError(ValueError):
        pass

    def fail(kind):
        raise {"mine": MineError, "exit": SystemExit, "interrupt": KeyboardInterrupt}.get(kind, RuntimeError)("why")

    names["fail"] = fail
    call = student.look(["fail"])["fail"]
    with pytest.raises(ValueError, match="why") as caught:
        call("mine")
    assert type(caught.value).__name__ == "MineError"
    with pytest.raises(RuntimeError, match="why") as caught:
        call("")
    assert type(caught.value) is RuntimeError
    with pytest.raises(Interrupted):
        call("interrupt")
    with pytest.raises(Lost):
        call("exit")
    assert not student.is_there


def test_functions_travel_with_what_they_use(notebook):
    names, student = notebook
    names["at_two"] = lambda f: f(2.0)
    names["half"] = lambda x: x / 2
    found = student.look(["at_two", "half"])
    at_two, half = found["at_two"], found["half"]
    factor, weights = 3.0, np.array([1.0, 2.0])

    def inner(x):
        return factor * x

    def outer(x):
        return inner(x) + float(np.sum(weights)) + half(x)

    assert at_two(outer) == 10.0
    assert [at_two(f) for f in (lambda x: x + 1, lambda x: math.sqrt(x) * 0 + x)] == [3.0, 2.0]
    with pytest.raises(TypeError, match="source is not known"):
        at_two(eval("lambda x: x"))  # noqa: S307 - a function without a source


def test_only_names_that_are_asked_for_can_come(notebook):
    names, student = notebook
    names.update(f=len, value=[1, 2], odd=Odd(), secret=1)
    found = student.look(["f", "value", "odd", "missing"])
    assert sorted(found) == ["f", "odd", "value"]
    assert isinstance(found["f"], Proxy)
    assert found["value"] == [1, 2]
    assert type(found["odd"]) is Foreign
    with pytest.raises(TypeError, match="odd, an object of type"):
        found["odd"].weights()


def right(W, b):
    return W * 2, b


def changes(W, b):
    W.assign_add([[1.0], [1.0]])
    b.grad = None
    b.requires_grad_(False)
    return W, [b]


def grows(W, b, *, seen=[]):  # noqa: B006 - what is kept from call to call
    seen.append(W)
    return float(sum(item is W for item in seen)), W is b


def raises(W, b):
    raise ValueError("no")


def odd(W, b):
    return {"model": Odd()}, pd.DataFrame({"a": [1.0]})


def taped(W, b):
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(W**2)
    return [tape.gradient(loss, W), 2 * W]


@pytest.mark.parametrize("factor", [None, 4.0])
@pytest.mark.parametrize("function", [right, changes, grows, raises, odd, taped])
def test_a_test_cannot_tell_whether_it_calls_over_the_wire(notebook, function, factor):
    names, student = notebook
    names["f"] = function
    questions = [
        (TFVariable(np.full((2, 1), size, np.float32)), Tensor(np.ones(1), requires_grad=True, grad=np.ones(1)))
        for size in (1, 2, 3)
    ]
    there = ask(student.look(["f"])["f"], questions, 2, factor)
    here = ask(function, questions, 2, factor)
    assert [len(replies) for replies in there] == [len(replies) for replies in here]
    for ours, theirs in zip(chain(*here), chain(*there), strict=True):
        assert ours.changes == theirs.changes
        assert type(ours.value) is type(theirs.value)
        if isinstance(ours.value, Raised):
            assert (ours.value.kinds, ours.value.message) == (theirs.value.kinds, theirs.value.message)
        else:
            assert isinstance(ours.value, NotPlainError) or same(ours.value, theirs.value)


def test_modes_of_torch_that_one_call_sets_do_not_reach_the_next(notebook):
    names, student = notebook

    def spoil():
        torch.set_grad_enabled(False)
        torch.set_default_dtype(torch.float64)
        raise AttributeError("gard")

    names.update(spoil=spoil, modes=lambda: [torch.is_grad_enabled(), str(torch.get_default_dtype())])
    found = student.look(["spoil", "modes"])
    with pytest.raises(AttributeError):
        found["spoil"]()
    assert found["modes"]() == [True, "torch.float32"]


def test_nothing_is_asked_after_an_interrupt_and_the_next_question_is_answered(notebook):
    names, student = notebook
    calls = []

    def stop_at_two(x):
        calls.append(x)
        if x == 2.0:
            raise KeyboardInterrupt
        return x

    names.update(f=stop_at_two, g=lambda x: 10 * x)
    found = student.look(["f", "g"])
    with pytest.raises(Interrupted):
        ask(found["f"], [(1.0,), (2.0,), (3.0,)], 2)
    assert calls == [1.0, 1.0, 2.0]
    assert found["g"](4.0) == 40.0


def test_an_answer_that_is_too_large_is_told_and_the_others_come(notebook):
    names, student = notebook
    names["f"] = lambda x: np.zeros(FRAME_LIMIT // 8 if x == 2.0 else 1)
    found = student.look(["f"])["f"]
    values = [replies[0].value for replies in ask(found, [(1.0,), (2.0,), (3.0,)])]
    assert [str(value) for value in values] == ["[0.]", "something too large", "[0.]"]


def test_nobody_waits_for_what_follows_a_malformed_answer():
    near, far = socket.socketpair()
    answers = [{"value": 1.0, "changed": [], "objects": []}, {"value": {}, "changed": [], "objects": []}]
    with near, far:
        for answer in answers:
            content = pack(answer, [])
            far.sendall(len(content).to_bytes(8) + content)
        student = Student(Stream(near, 10))
        with pytest.raises(Malformed):
            student.ask("f", [([1.0], {}), ([2.0], {}), ([3.0], {})])
        assert not student.is_there
