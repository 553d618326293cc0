"""In a table scores never give way: names are cut in the middle, and what was odd is said."""

import pytest
from rich.console import Console

from gdhelpers.autograder import tables
from gdhelpers.autograder.change import Change
from gdhelpers.autograder.record import Record, Verdict
from gdhelpers.autograder.verdict import NO_ANSWER

LONG = "Maria-Magdalena von der Schulenburg-Wolfsburg_1234567_assignsubmission_file"


def shown(table, width):
    console = Console(width=width, color_system=None)
    with console.capture() as capture:
        console.print(table)
    return capture.get()


def verdict(points, outcome="passed", **more):
    return Verdict("test-derivative", "derivative", points, 2.0, outcome, "", **more)


@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize("name", [LONG, "Zo\udce9", "李" * 60, "[bold]" * 20])
def test_the_score_is_there_whatever_the_name(name, width):
    record = Record(name, "graded", 10.0, (verdict(8.0), verdict(0.0, "failed")), oddities=("it lies deeper",))
    text = shown(tables.scores("ps1", [record], width), width)
    assert "8 / 10" in text
    assert "deriv" in text
    assert "odd:" in text
    change = Change(name, "test-derivative", 12.25, 18.5, "because")
    text = shown(tables.changes("ps1", [change], width), width)
    assert "12.25" in text
    assert "18.5" in text


def test_the_beginning_and_the_end_of_a_name_stay():
    assert tables.shortened(LONG, 26) == "Maria-Magda...mission_file"
    assert tables.shortened("ada", 8) == "ada"


def test_a_written_answer_that_waits_is_said_though_nothing_else_is_answered():
    written = Verdict("written", None, None, 2.0, "manual", "This answer is graded by hand.")
    record = Record("ada", "graded", 4.0, (verdict(0.0, "missing"), written))
    text = shown(tables.scores("ps1", [record], 100), 100)
    assert "nothing is answered in code, 2 points to be graded by hand" in text
    nothing = Verdict("written", None, None, 2.0, "manual", NO_ANSWER)
    record = Record("ada", "graded", 4.0, (verdict(0.0, "missing"), nothing))
    assert "nothing is answered " in shown(tables.scores("ps1", [record], 100), 100)


def test_what_lateness_costs_is_said():
    record = Record("ada", "graded", 2.0, (verdict(2.0),), penalty=0.5)
    text = shown(tables.scores("ps1", [record], 100), 100)
    assert "1.5 / 2" in text
    assert "late: worth 2, less a penalty of 0.5" in text
