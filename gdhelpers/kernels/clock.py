"""How long something has taken: in computing time, on the clock, and idling."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cached_property

IDLING = 0.01
"""The share of time that a process which only waits may compute."""


class Clock:
    """Says when something has passed a limit of computing time, of time on the clock, or of time that it has idled.

    It begins when it is first looked at: most of what is timed has ended before, and finding all processes takes time.
    """

    def __init__(self, cpu: Callable[[], float], seconds: float, wall: float, idle: float) -> None:
        self._cpu, self._seconds, self._wall, self._idle = cpu, seconds, wall, idle

    @cached_property
    def _start(self) -> tuple[float, float]:
        self._busy = time.monotonic(), self._cpu()
        return self._busy

    def is_over(self) -> bool:
        """Whether a limit is passed."""
        started, spent = self._start
        since, used = self._busy
        now, cpu = time.monotonic(), self._cpu()
        if cpu - used > IDLING * self._idle:
            self._busy = since, used = now, cpu
        return cpu - spent > self._seconds or now - started > self._wall or now - since > self._idle
