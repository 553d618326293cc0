"""Whatever a submission does, each answer is judged for itself and the rest is judged all the same."""

import asyncio
import copy
import gc
import json
import warnings
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import psutil
import pytest
from jupyter_client.channels import HBChannel
from nbformat.v4 import new_code_cell

from gdhelpers.autograder import examination, kernel
from gdhelpers.autograder.course import Course
from gdhelpers.autograder.examination import examine
from gdhelpers.autograder.examiner import Examiner
from gdhelpers.autograder.submission import Submission

from .conftest import PATIENCE, until

ENDINGS = {
    "exit()": "exit()",
    "os._exit": "import os\n    os._exit(0)",
    "a signal": "import os, signal\n    os.kill(os.getpid(), signal.SIGKILL)",
}


@pytest.fixture(scope="module")
def assignment(tmp_path_factory):
    course = Course(tmp_path_factory.mktemp("course"))
    course.config.Examiner.limits = {"test_seconds": 4, "cell_seconds": 6, "idle_seconds": 8}
    return course.assignment("ps1-autograd")


@pytest.fixture
def solved(assignment):
    return copy.deepcopy(assignment.notebook)


def answer(notebook, function, source):
    next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == function).source = source


def outcomes(assignment, notebook):
    submission = Submission("ada", json.dumps(notebook).encode())
    return {v.function: (v.outcome, v.points) for v in examine(assignment, submission, seed=1).record.verdicts}


ALL_RIGHT = {
    "derivative": ("passed", 2),
    "accumulated_grad": ("passed", 2),
    "descend": ("passed", 3),
    "minimise": ("passed", 3),
}


@pytest.mark.parametrize("ending", ENDINGS.values(), ids=ENDINGS)
def test_a_function_that_ends_python_costs_its_own_points(assignment, solved, ending):
    answer(solved, "descend", f"def descend(f, x0, lr, steps):\n    {ending}")
    assert outcomes(assignment, solved) == ALL_RIGHT | {"descend": ("crashed", 0)}


def test_a_kernel_that_is_not_reached_is_replaced_and_leaves_nothing_open(assignment, solved, monkeypatch):
    begun, start = [], kernel._Client.async_start_new_kernel_client

    async def fail_once(client):
        begun.append(None)
        if len(begun) == 1:
            raise RuntimeError("The kernel does not answer.")
        return await start(client)

    monkeypatch.setattr(kernel._Client, "async_start_new_kernel_client", fail_once)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ResourceWarning)
        assert outcomes(assignment, solved) == ALL_RIGHT
        gc.collect()
    assert len(begun) == 2
    assert [str(warning.message) for warning in caught if warning.category is ResourceWarning] == []


VICTIMS = ("the student's process", "its keeper", "its warden")


def kill(running, victim):
    """Kill one of the processes of a sandbox, as the kernel does where memory is short."""
    student = psutil.Process(running._manager.provisioner.pid)
    (student, *student.parents())[VICTIMS.index(victim)].kill()


def before_a_cell_runs(monkeypatch, place, victim):
    run, killed = kernel.Kernel.run, []

    async def run_without_process(running, cell, index, seconds):
        if index == place and not killed:
            kill(running, killed.append(place) or victim)
        return await run(running, cell, index, seconds)

    monkeypatch.setattr(kernel.Kernel, "run", run_without_process)
    return killed


def after_a_cell_has_run(monkeypatch, place, victim):
    run, killed = kernel.Kernel.run, []

    async def run_and_lose(running, cell, index, seconds):
        ran = await run(running, cell, index, seconds)
        if index == place and not killed:
            kill(running, killed.append(place) or victim)
        return ran

    monkeypatch.setattr(kernel.Kernel, "run", run_and_lose)
    return killed


@pytest.mark.parametrize("victim", VICTIMS)
@pytest.mark.parametrize("when", [before_a_cell_runs, after_a_cell_has_run])
@pytest.mark.parametrize("cell", ["setup", "descend-solution"])
def test_a_process_that_somebody_kills_costs_nothing(assignment, solved, monkeypatch, cell, when, victim):
    place = [cell.id for cell in solved.cells].index(cell)
    killed = when(monkeypatch, place, victim)
    assert outcomes(assignment, solved) == ALL_RIGHT
    assert killed == [place]


GUESS = """
import random
asked = []
def derivative(f, x):
    asked.append(x)
    return 0.0 if {wrong} else torch.func.grad(f)(torch.tensor(x))
"""
KILL_WHEN_WRONG = """
import os, signal
if len(asked) % 2 == 0:  # each case is asked twice, and the first once more when all were right
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_nobody_gets_a_second_guess_by_dying(assignment, solved, monkeypatch):
    """The first attempt answers wrong and sees it; were the test asked again, the next would answer right."""
    answers, attempts = iter([GUESS.format(wrong=True)] + 10 * [GUESS.format(wrong=False)]), []
    run = examination._Examination.run

    async def run_with_another_answer(attempt):
        attempts.append(attempt)
        answer(attempt.rebuilt.notebook, "derivative", next(answers))
        await run(attempt)

    monkeypatch.setattr(examination._Examination, "run", run_with_another_answer)
    after = 1 + [cell.id for cell in solved.cells].index("derivative-test")
    solved.cells.insert(after, new_code_cell(KILL_WHEN_WRONG))
    assert outcomes(assignment, solved) == ALL_RIGHT | {"derivative": ("failed", 0)}
    assert len(attempts) == 2


def test_extra_cells_are_left_out_where_a_submission_takes_too_long(solved, tmp_path):
    course = Course(tmp_path)
    course.config.Examiner.limits = {"submission_seconds": 0.001}
    solved.cells.insert(5, new_code_cell("print('here')"))
    record = examine(course.assignment("ps1-autograd"), Submission("ada", json.dumps(solved).encode()), seed=1).record
    assert (record.score, record.signs) == (10, ("it took more than 0.001 seconds",))


@pytest.mark.parametrize("ending", ENDINGS.values(), ids=ENDINGS)
def test_a_cell_that_ends_python_costs_nothing_elsewhere(assignment, solved, ending):
    solved.cells.insert(5, new_code_cell(ending.replace("\n    ", "\n")))
    assert outcomes(assignment, solved) == ALL_RIGHT


def test_a_function_that_never_returns_is_a_timeout(assignment, solved):
    answer(solved, "derivative", "def derivative(f, x):\n    while True:\n        pass")
    assert outcomes(assignment, solved) == ALL_RIGHT | {"derivative": ("timeout", 0)}


def test_a_cell_that_defines_and_then_raises_has_defined(assignment, solved):
    cell = next(c for c in solved.cells if c.metadata.get("nbgrader", {}).get("grade_id") == "derivative")
    cell.source += "\n\nraise ValueError('afterwards')"
    assert outcomes(assignment, solved) == ALL_RIGHT


def test_cells_run_as_jupyter_runs_them_and_noise_costs_nothing(assignment, solved):
    source = (
        "%matplotlib inline\n!echo shell\nimport asyncio, logging, sys, warnings\nawait asyncio.sleep(0.1)\n\n"
        "def derivative(f, x):\n    print('out')\n    print('err', file=sys.stderr)\n    warnings.warn('careful')\n"
        "    logging.warning('log')\n    x = torch.tensor(x, requires_grad=True)\n    f(x).backward()\n"
        "    return x.grad"
    )
    answer(solved, "derivative", source)
    assert outcomes(assignment, solved) == ALL_RIGHT


def test_an_exception_is_told_with_the_students_own_line(assignment, solved):
    answer(solved, "derivative", "def derivative(f, x):\n    slope = 1 / 0\n    return slope")
    submission = Submission("ada", json.dumps(solved).encode())
    verdict = examine(assignment, submission, seed=1).record.verdicts[0]
    assert verdict.outcome == "error"
    assert "ZeroDivisionError" in verdict.message
    assert "slope = 1 / 0" in verdict.message


def test_another_seed_asks_other_cases_and_the_same_seed_the_same(assignment, solved):
    answer(solved, "derivative", "def derivative(f, x):\n    raise ValueError(f'asked at {x}')")
    submission = Submission("ada", json.dumps(solved).encode())
    told = [examine(assignment, submission, seed=number).record.verdicts[0].message for number in (1, 2, 1)]
    assert all("asked at" in message for message in told)
    assert told[0] == told[2] != told[1]


def test_what_goes_past_python_stays_out_of_the_graders_output(assignment, solved, capfd):
    writing = "import os\nos.write(1, b'to 1')\nos.write(2, b'to 2')\nos.system('echo from a shell')"
    answer(solved, "derivative", writing)
    examine(assignment, Submission("ada", json.dumps(solved).encode()), seed=1)
    shown = capfd.readouterr()
    assert (shown.out, shown.err) == ("", "")


def test_the_data_of_the_course_are_there(assignment, solved):
    answer(
        solved,
        "derivative",
        "from gdhelpers import data\n\ndef derivative(f, x):\n    raise ValueError(len(data.load_regression()))",
    )
    submission = Submission("ada", json.dumps(solved).encode())
    assert "398" in examine(assignment, submission, seed=1).record.verdicts[0].message


def test_a_message_that_cannot_be_written_is_made_readable(assignment, solved):
    answer(solved, "derivative", "def derivative(f, x):\n    raise ValueError('half \\udc00')")
    submission = Submission("ada", json.dumps(solved).encode())
    message = examine(assignment, submission, seed=1).record.verdicts[0].message
    assert "half ?" in message
    message.encode()


SIGNS = {
    "a replaced function": (
        "import numpy as np\nnp.allclose = lambda *arguments, **options: True",
        "numpy.allclose was replaced",
    ),
    "a look at files": ("open('/root/.bashrc')", "tried to read /root/.bashrc"),
    "the network": ("import socket\ns = socket.socket(socket.AF_UNIX)\ns.connect('/nowhere')", "tried to connect"),
    "another process": ("import os\nos.kill(1, 9)", "tried to send signal 9 to process 1"),
    "forged messages": ("get_ipython().kernel.session.key = b'another'", "sent what no kernel sends"),
    "sockets without end": (
        "import os, socket\nfrom ipykernel.connect import get_connection_file\n"
        "os.chdir(os.path.dirname(get_connection_file()))\n"
        "for n in range(10**9):\n    with socket.socket(socket.AF_UNIX) as s:\n        s.bind(str(n))",
        "filled the folder of its process's sockets",
    ),
}


@pytest.mark.parametrize(("source", "sign"), SIGNS.values(), ids=SIGNS)
def test_signs_of_tampering_are_told_and_change_no_score(assignment, solved, source, sign):
    solved.cells.insert(5, new_code_cell(source))
    record = examine(assignment, Submission("ada", json.dumps(solved).encode()), seed=1).record
    assert any(sign in one for one in record.signs), record.signs
    assert {v.function: (v.outcome, v.points) for v in record.verdicts} == ALL_RIGHT


def test_modes_that_a_function_leaves_behind_cost_nothing_elsewhere(assignment, solved):
    spoil = "torch.set_grad_enabled(False)\n    torch.set_default_dtype(torch.float64)\n    return x0.gard"
    answer(solved, "descend", f"def descend(f, x0, lr, steps):\n    {spoil}")
    record = examine(assignment, Submission("ada", json.dumps(solved).encode()), seed=1).record
    assert {v.function: v.points for v in record.verdicts} == {n: p for n, (_, p) in ALL_RIGHT.items()} | {"descend": 0}
    assert record.signs == ()


def test_an_examiner_that_computes_ends_with_the_examination(assignment, tmp_path):
    note = tmp_path / "examiner"
    source = f"import os, pathlib\npathlib.Path({str(note)!r}).write_text(str(os.getpid()))\nwhile True: pass"
    with Examiner(assignment.modules) as examiner, pytest.raises(TimeoutError):
        asyncio.run(asyncio.wait_for(_once_it_computes(examiner.run(source, (), 1), note), 120))
    number = int(note.read_text())
    until(lambda: not psutil.pid_exists(number))


async def _once_it_computes(run, note):
    running = asyncio.ensure_future(run)
    while not (note.exists() and note.read_text()):
        await asyncio.sleep(0.01)
    running.cancel()
    raise TimeoutError


UPDATES = """
shown = [display({"text/plain": "a"}, raw=True, display_id=True) for _ in range(10)]
for one in shown:
    one.update({"text/plain": "x" * 2**20}, raw=True)
"""


def test_what_is_shown_in_place_of_something_else_counts_as_shown(assignment, solved):
    small = replace(assignment, config=copy.deepcopy(assignment.config))
    small.config.Examiner.limits["output_mib"] = 3
    solved.cells.insert(5, new_code_cell(UPDATES))
    notebook = examine(small, Submission("ada", json.dumps(solved).encode()), seed=1).notebook
    (cell,) = [cell for cell in notebook.cells if cell.source == UPDATES]
    assert len(json.dumps(cell.outputs)) < 3 * 2**20
    assert cell.outputs[-1].text == kernel.CUT
    assert cell.execution_count


def test_an_ordinary_answer_shows_no_signs(assignment, solved):
    assert examine(assignment, Submission("ada", json.dumps(solved).encode()), seed=1).record.signs == ()


def test_a_thread_that_ends_python_later_costs_no_right_answer(assignment, solved):
    source = (
        "import os, threading, time\n\ndef end():\n    time.sleep(0.3)\n    os._exit(1)\n\n"
        "threading.Thread(target=end).start()"
    )
    solved.cells.insert(5, new_code_cell(source))
    assert outcomes(assignment, solved) == ALL_RIGHT


TAKEN_OVER = {
    "a pipe that nobody reads": "os.dup2(write, number)",
    "nothing": "os.close(number)",
    "a file": "os.dup2(file, number)",
}


@pytest.mark.parametrize("by", TAKEN_OVER.values(), ids=TAKEN_OVER)
def test_no_channel_waits_for_what_a_cell_has_put_in_the_place_of_its_sockets(assignment, solved, monkeypatch, by):
    def joins(_):
        raise AssertionError("the thread of a heartbeat may wait for a cell without end")

    monkeypatch.setattr(HBChannel, "start", joins)
    source = (
        "import os, time\nread, write = os.pipe()\nfile = os.open('f', os.O_CREAT | os.O_RDWR)\n"
        f"for number in set(range(3, 300)) - {{read, write, file}}:\n    try:\n        {by}\n"
        "    except OSError:\n        pass\ntime.sleep(10**6)"
    )
    solved.cells.insert(1, new_code_cell(source))
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(outcomes, assignment, solved).result(timeout=PATIENCE) == ALL_RIGHT
