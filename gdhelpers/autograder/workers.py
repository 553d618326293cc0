"""Where submissions are examined: in threads of this process, or on a cluster.

A thread only looks on: the student's process and the examiner's are forked from warm parents, which all threads share.
"""

from __future__ import annotations

import os
from concurrent.futures import Executor, ThreadPoolExecutor
from types import TracebackType

from gdhelpers.autograder import parents, stoppable
from gdhelpers.trouble import Trouble


class Refused(Trouble):
    """Nothing can be examined here: grading must not begin, or go on."""


class Pool:
    """Workers of this machine, as a context manager that gives an executor; by default as many as there are cores."""

    def __init__(self, size: int | None = None) -> None:
        self.size = size or len(os.sched_getaffinity(0))

    def __enter__(self) -> Executor:
        self._executor = ThreadPoolExecutor(self.size, thread_name_prefix="examination")
        return self._executor

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            stoppable.stop()
        self._executor.shutdown(cancel_futures=kind is not None)
        parents.close()
