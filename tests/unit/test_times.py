"""Times are read as they are written; what cannot be read is said, and never guessed."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from traitlets.config import Config

from gdhelpers.autograder import times
from gdhelpers.autograder.handed_in import NOTE, noted
from gdhelpers.trouble import Trouble

BERLIN, INDIA = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Kolkata")


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-03-01 12:30:00 UTC", "12:30:00"),
        ("2026-03-01 12:30:00.250000 UTC", "12:30:00.250000"),
        ("2026-03-01 12:30:00 +0100", "11:30:00"),
        ("2026-03-01 12:30:00 -0800", "20:30:00"),
        ("2026-03-01 12:30:00 +05:30", "07:00:00"),
        ("2026-03-01 12:30:00+01", "11:30:00"),
        ("2026-03-01T12:30:00Z", "12:30:00"),
        ("2026-03-01T12:30:00.5-03:00", "15:30:00.500000"),
        ("2026-03-01 12:30:00 America/Los_Angeles", "20:30:00"),
        ("2026-03-01 12:30:00 Etc/GMT+8", "20:30:00"),
        ("2026-03-01 12:30:00 CET", "11:30:00"),
        ("2026-03-01 12:30", "11:30:00"),
        ("2026-03-01 12:30:00", "11:30:00"),
        ("Sun, 01 Mar 2026 12:30:00 +0100", "11:30:00"),
    ],
)
def test_a_time_is_read_as_it_is_written(text, utc):
    assert str(times.read(text, BERLIN)) == f"2026-03-01 {utc}"


def test_the_short_name_that_the_exchange_writes_is_that_of_the_courses_zone():
    assert times.read("2026-10-25 02:30:00 CEST", BERLIN) == datetime(2026, 10, 25, 0, 30)
    assert times.read("2026-10-25 02:30:00 CET", BERLIN) == datetime(2026, 10, 25, 1, 30)
    assert times.read("2026-03-01 12:00:00 IST", INDIA) == datetime(2026, 3, 1, 6, 30)


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)),
    st.integers(-14 * 60, 14 * 60),
    st.sampled_from(["%Y-%m-%d %H:%M:%S.%f %z", "%Y-%m-%dT%H:%M:%S.%f%z", "%Y-%m-%d %H:%M:%S.%f%z"]),
)
def test_python_agrees(naive, minutes, form):
    when = naive.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert times.read(when.strftime(form), BERLIN) == when.astimezone(UTC).replace(tzinfo=None)
    assert times.read(when.isoformat(), INDIA) == when.astimezone(UTC).replace(tzinfo=None)


NO_TIMES = [
    "", "yesterday", "12:30", "01.03.2026 12:30", "2026-13-01 12:30 UTC", "2026-02-30 00:00", "2026-03-01 25:00 UTC",
    "2026-03-01 12:30:00 PST", "2026-03-01 12:30:00 Mars/Olympus", "2026-03-01 12:30:00 +9999", "9" * 900,
    "9999-12-31 23:59:59 -1200", "0001-01-01 00:00:00 +1200", "2026-03-01 12:30:00 ../../etc/passwd", "1e400",
    "2026-03-01 12:30:00 +0100 +0100", "\x00", "\u0662\u0660\u0662\u0666-03-01 12:30",
]  # fmt: skip


@pytest.mark.parametrize("text", NO_TIMES)
def test_what_is_no_time_is_said(tmp_path, text):
    with pytest.raises(times.NoTimeError):
        times.read(text, BERLIN)
    (tmp_path / NOTE).write_text(text)
    when, problem = noted(tmp_path, Config())
    assert when is None
    assert "not known when this was handed in" in problem
    assert len(problem) < 400


@given(st.text(max_size=60))
def test_nothing_else_is_raised(text):
    with suppress(times.NoTimeError):
        times.read(text, BERLIN)


def test_the_zone_of_the_course_is_a_setting(tmp_path):
    (tmp_path / NOTE).write_text("2026-07-01 12:00:00\n")
    config = Config()
    assert noted(tmp_path, config)[0] == datetime(2026, 7, 1, 12)
    config.Exchange.timezone = "Europe/Berlin"
    assert noted(tmp_path, config)[0] == datetime(2026, 7, 1, 10)
    config.Exchange.timezone = "Berlin"
    with pytest.raises(Trouble, match="'Berlin', which is no time zone"):
        noted(tmp_path, config)


def test_no_note_is_nothing_odd(tmp_path):
    assert noted(tmp_path, Config()) == (None, None)
