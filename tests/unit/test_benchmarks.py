"""The parts of the benchmarks that can be wrong without being slow: nothing is timed here."""

import json
import subprocess
import sys

import pytest
from rich.console import Console

from benchmarks import bare, mix
from benchmarks.account import Account
from benchmarks.floor import cells, run_bare
from benchmarks.goals import goals
from benchmarks.memory import SUBMISSION
from benchmarks.processes import role_of
from benchmarks.rows import document, medians, ratio, table
from benchmarks.scaling import quarters
from gdhelpers.autograder.course import Course
from gdhelpers.autograder.rebuild import rebuild
from gdhelpers.autograder.submission import read_cells

NAMES = {"abel": 1.0, "bernoulli": 2.0, "cauchy": 4.0}


@pytest.fixture(scope="module")
def assignment():
    return mix.assignment()


@pytest.fixture(scope="module")
def pupils(assignment):
    return mix.mix(assignment, 10)


def test_the_mix_is_always_the_same_and_a_smaller_one_is_its_beginning(assignment, pupils):
    assert mix.mix(assignment, 6) == pupils[:6]
    assert len({pupil.name for pupil in pupils}) == 10


def test_the_mix_has_all_kinds_of_work_but_what_stock_nbgrader_cannot_grade(pupils):
    works = [pupil.work for pupil in pupils]
    assert {work: works.count(work) for work in works} == {
        "all right": 2,
        "one mistake": 2,
        "two mistakes": 1,
        "half done": 1,
        "untouched": 1,
        "a slip of syntax": 1,
        "three mistakes": 1,
        "a forgotten return": 1,
    }


@pytest.mark.filterwarnings("ignore")
def test_the_known_scores_are_right_in_the_floor(assignment, pupils, monkeypatch):
    """Those of a few whose answers take little time; a measurement compares those of all."""
    monkeypatch.setattr(sys, "stderr", sys.stderr)  # the first cell of the notebook sets it
    few = pupils[2:5]
    assert [pupil.work for pupil in few] == ["two mistakes", "all right", "half done"]
    assert len({pupil.score for pupil in few}) == 3
    notebooks = [rebuild(assignment, read_cells(pupil.content)).notebook for pupil in few]
    scores = [bare.run(cells(assignment, notebook))["score"] for notebook in notebooks]
    assert scores == [pupil.score for pupil in few]


def test_each_submission_runs_in_a_fork_of_its_own():
    sources = {name: [(f"assert 'n' not in globals()\nn = {points}", points)] for name, points in NAMES.items()}
    plan = {"modules": ["math"], "submissions": sources, "workers": 2, "draws": False}
    done = run_bare(plan, {})["submissions"]
    assert {student: one["score"] for student, one in done.items()} == NAMES


def test_a_scout_tells_what_is_imported_late():
    plan = {"modules": ["math"], "submissions": {"scout": [("import colorsys, math", 0.0)]}, "draws": False}
    assert run_bare(plan, {}, "--scout") == {"modules": ["colorsys"]}


def test_the_floor_notices_a_score_that_is_not_the_known_one():
    class Known:
        name, work, score = "abel", "all right", 18.0

    assert mix.differences([Known], {"abel": 18.0}) == []
    assert mix.differences([Known], {"abel": 17.0}) == ["abel (all right): expected 18, got 17.0"]
    assert mix.differences([Known], {}) == ["abel (all right): expected 18, got None"]


def test_cells_that_run_to_their_ends_earn_points():
    beginning = [("n = 2", 0.0), ("assert n == 2", 1.0), ("n = ", 2.0), ("raise SystemExit", 4.0), ("n / 0", 8.0)]
    done = bare.run([*beginning, ("assert n == 2", 16.0)])
    assert done["score"] == 17
    assert len(done["cells"]) == 6


def test_a_function_of_a_cell_has_its_source():
    source = "import inspect\n\ndef f():\n    return 1\n\nassert inspect.getsource(f).startswith('def f')"
    assert bare.run([(source, 1.0)])["score"] == 1


@pytest.mark.parametrize("stock", [True, False])
def test_a_course_for_stock_nbgrader_lacks_the_examiner_alone(assignment, pupils, tmp_path, stock):
    course = mix.course(tmp_path / "course", pupils[:3], stock=stock)
    assert sorted(course.submitted(assignment.name)) == sorted(pupil.name for pupil in pupils[:3])
    assert ("sanitize_preprocessors" in Course(course.root).config.Autograde) is not stock


def test_medians_are_those_of_like_rows():
    rows = [{"what": "a", "seconds": s, "differences": ["x"]} for s in (3.0, 1.0, 8.0)] + [{"what": "b", "mb": 5}]
    assert medians(rows) == [{"what": "a", "runs": 3, "seconds": 3.0}, {"what": "b", "runs": 1, "mb": 5}]


def test_a_ratio_is_the_median_of_those_of_pairs():
    rows = [{"what": what, "s": s} for what, s in [("a", 2.0), ("b", 1.0), ("a", 30.0), ("b", 10.0), ("a", 4.0)]]
    assert ratio([*rows, {"what": "b", "s": 4.0}], "s", "a", "b") == 2
    assert ratio([*rows, {"what": "c", "s": 2.0}], "s", "a", "c") == 2
    assert ratio(rows, "s", "a", "nothing") is None


def test_roles_follow_the_line_of_processes():
    parents = {2: 1, 3: 2, 4: 3, 5: 4, 6: 5}  # 1 command, 2 worker, 3 warm parent, 4 and 5 forked from it, 6 a program
    roles = [role_of(process, 1, parents, warm={3}) for process in (1, 2, 3, 4, 5, 6)]
    assert roles == ["command", "worker", "parent", "submission", "submission", "submission"]


def test_quarters_of_a_class_have_their_rates_and_memory():
    done = [10.0, 11.0, 12.0, 13.0, 15.0, 17.0, 18.0, 19.0]
    memory = [(0.0, 5.0), (10.5, 50.0), (12.5, 60.0), (16.0, 70.0), (18.5, 80.0), (30.0, 1.0)]
    assert quarters(done, memory) == {
        "rate_1": 1, "rate_2": 1, "rate_3": 0.5, "rate_4": 1, "mb_1": 50, "mb_2": 60, "mb_3": 70, "mb_4": 80,
    }  # fmt: skip


def test_goals_are_told_from_what_was_measured_and_no_other():
    speed = [{"what": "floor", "seconds": 2.0, "seconds_with_import": 4.0, "cpu_seconds": 4.0, "wrong_scores": 0}]
    speed += [{"what": "gd grade", "seconds": 6.0, "cpu_seconds": 10.0, "wrong_scores": 1}]
    speed += [{"what": "stock nbgrader", "seconds": 12.0}]
    memory = [{"what": SUBMISSION, "median_mb": 100.0, "largest_mb": 200.0}]
    found = [row["measured"] for row in goals({"speed": speed, "memory": memory})]
    assert found == [3, 1.5, 2.5, 2, 1, 100, 200]
    assert goals({}) == []


def test_the_table_and_the_document_show_what_was_measured():
    rows = [{"what": "a", "whole_seconds": 123.4, "share": 0.12345, "differences": ["long"]}]
    console = Console(width=80)
    with console.capture() as shown:
        console.print(table("Title", rows))
    assert all(text in shown.get() for text in ("Title", "whole", "123", "0.123"))
    assert "long" not in shown.get()
    text = json.loads(json.dumps(document({"cores": 2}, {"speed": rows}, [])))
    assert text["benchmarks"]["speed"]["runs"] == rows
    assert text["benchmarks"]["speed"]["medians"] == [
        {"what": "a", "runs": 1, "whole_seconds": 123.4, "share": 0.12345}
    ]


FORKS = """
import os, signal, time

signal.signal(signal.SIGCHLD, signal.SIG_IGN)
reading, writing = os.pipe()
if os.fork() == 0:
    while time.process_time() < 0.6:
        pass
    os._exit(0)
os.close(writing)
os.read(reading, 1)
"""


def test_the_account_holds_what_nobody_waits_for():
    with subprocess.Popen([sys.executable, "-c", FORKS]) as process, Account(process.pid) as account:
        process.wait()
    assert account.seconds > 0.3
