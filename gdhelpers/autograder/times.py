"""Points in time as people and programs write them, read as they are written or not at all.

nbgrader reads "+0100" as a hundred seconds (`nbgrader.utils.parse_utc`), and takes an unknown zone for none.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

from gdhelpers.trouble import Trouble

_FORM = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:(?:[ ]+|T)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?"
    r"[ ]*(Z|[A-Za-z][\w+/-]*|[+-]\d{2}(?::?\d{2}(?::?\d{2})?)?)?",
    re.ASCII,
)


class NoTimeError(ValueError):
    """A text is no point in time."""


def zone_named(name: str) -> tzinfo:
    """Return the time zone of a name; raises `Trouble` for a name of none."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        raise Trouble(
            f"c.Exchange.timezone in nbgrader_config.py is {name!r}, which is no time zone. Write it as in "
            "'Europe/Berlin'."
        ) from None


def read(text: str, zone: tzinfo) -> datetime:
    """Return a point in time in UTC, without a zone, as nbgrader keeps it; raises `NoTimeError` for what is none.

    Where no zone is written, `zone` is meant.

    >>> berlin = zone_named("Europe/Berlin")
    >>> [str(read(text, berlin)) for text in ("2026-03-01 12:30:00 +0100", "2026-03-01T12:30Z", "2026-03-01 12:30")]
    ['2026-03-01 11:30:00', '2026-03-01 12:30:00', '2026-03-01 11:30:00']
    """
    found = _FORM.fullmatch(text)
    try:
        if found is None:
            return _in_utc(parsedate_to_datetime(text))
        *numbers, fraction, name = found.groups()
        naive = datetime(*(int(number or 0) for number in numbers))  # type: ignore[arg-type]
        naive += timedelta(microseconds=int((fraction or "0")[:6].ljust(6, "0")))
        return _in_utc(_with_zone(naive, name, zone))
    except (ValueError, TypeError, IndexError, OverflowError) as error:
        raise NoTimeError(text) from error


def _in_utc(when: datetime) -> datetime:
    if when.tzinfo is None:
        raise ValueError(when)
    return when.astimezone(UTC).replace(tzinfo=None)


def _with_zone(naive: datetime, name: str | None, zone: tzinfo) -> datetime:
    if name is None:
        return naive.replace(tzinfo=zone)
    if name[0] in "+-":
        hours, minutes, seconds = (int(digits or 0) for digits in _digits(name))
        offset = timedelta(hours=hours, minutes=minutes, seconds=seconds)
        return naive.replace(tzinfo=timezone(-offset if name[0] == "-" else offset))
    if name.upper() in ("Z", "UTC", "GMT"):
        return naive.replace(tzinfo=UTC)
    for fold in (0, 1):  # the exchange writes the short name that its zone has at that time
        here = naive.replace(tzinfo=zone, fold=fold)
        if here.tzname() == name:
            return here
    try:
        return naive.replace(tzinfo=ZoneInfo(name))
    except (OSError, LookupError) as error:
        raise ValueError(name) from error


def _digits(offset: str) -> tuple[str, str, str]:
    digits = offset[1:].replace(":", "")
    return digits[:2], digits[2:4], digits[4:6]
