"""Examinations in threads that can be stopped from another thread, leaving nothing behind."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any

_lock = threading.Lock()
_running: dict[asyncio.Task[Any], asyncio.AbstractEventLoop] = {}


class Stopped(Exception):  # noqa: N818 - somebody wished it
    """An examination was stopped before it had come to its verdicts."""


def run(work: Coroutine[Any, Any, None]) -> None:
    """Run to its end in an event loop of its own; raises `Stopped` where another thread calls `stop` meanwhile."""
    try:
        asyncio.run(_noted(work))
    except asyncio.CancelledError as error:
        raise Stopped from error


def stop() -> None:
    """Stop all that runs now; each frees first what it holds."""
    with _lock:
        for task, loop in _running.items():
            loop.call_soon_threadsafe(task.cancel)


async def _noted(work: Coroutine[Any, Any, None]) -> None:
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 - this is one
    with _lock:
        _running[task] = asyncio.get_running_loop()
    try:
        await work
    finally:
        with _lock:
            del _running[task]
