"""What is said while a class is graded."""

import pytest

from gdhelpers.autograder import progress
from gdhelpers.autograder.progress import Pace, Reporter
from gdhelpers.autograder.record import Record, Verdict

ADA = Record("ada", "graded", 8.0, (Verdict("test-f", "f", 6.0, 6.0, "passed", "Right."),))
LOST = Record("bob", "infrastructure", 8.0, message="the disk is full")


@pytest.fixture
def clock(monkeypatch):
    """A clock that is set by hand."""
    now = [100.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    return now


def test_the_pace_counts_what_is_graded_and_foretells_the_rest(clock):
    pace = Pace(10)
    assert str(pace) == ""
    pace.advance(kept=True)
    assert str(pace) == ""
    clock[0] += 30
    for _ in range(3):
        pace.advance(kept=False)
    assert (pace.done, pace.seconds) == (4, 30.0)
    assert str(pace) == "6 a minute, 1 min 0 s left"


def test_without_a_terminal_each_graded_submission_is_a_line(clock, capsys):
    with Reporter() as reporter:
        reporter.begin("Grading ps1", 3)
        reporter.advance(ADA, kept=True)
        clock[0] += 2
        reporter.advance(ADA)
        reporter.advance(LOST)
    assert capsys.readouterr().err.splitlines() == [
        "Grading ps1: 3",
        "[2/3] ada: 6 / 8 (2 s; 30 a minute, 2 s left)",
        "[3/3] bob: infrastructure (2 s; 60 a minute, 0 s left)",
    ]


def test_a_student_cannot_write_markup_into_what_is_said(capsys):
    with Reporter() as reporter:
        reporter.say("[red]eve[/red] [/nonsense]")
    assert capsys.readouterr().err == "[red]eve[/red] [/nonsense]\n"
