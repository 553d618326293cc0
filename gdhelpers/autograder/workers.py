"""Where submissions are examined: in threads of this process, or on a cluster.

A thread only looks on: the student's process and the examiner's are forked from warm parents, which all threads share.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from types import TracebackType
from typing import Any

from gdhelpers.autograder import cpus, installation, parents, stoppable
from gdhelpers.autograder.assignment import Assignment
from gdhelpers.autograder.examination import Examined, examine
from gdhelpers.autograder.submission import Submission
from gdhelpers.trouble import Trouble

PATIENCE = 10
"""Seconds in which the scheduler of a cluster has to answer."""

RETRIES = 2
"""How often a submission is examined anew whose worker had trouble; a lost worker is no trouble to the submission."""


class Refused(Trouble):
    """Nothing can be examined with these workers: grading must not begin, or go on."""


class Workers(ABC):
    """Workers, used as a context manager; an error within stops what they do."""

    size: int
    """How many submissions are examined at a time."""

    def __enter__(self) -> Workers:
        self._executor = self._begin()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end(stopped=kind is not None)

    def examine(self, assignment: Assignment, submission: Submission, seed: int) -> Future[Examined]:
        """Have a submission examined."""
        return self._executor.submit(examine, assignment, submission, seed)

    @abstractmethod
    def _begin(self) -> Executor:
        """Return what runs functions."""

    @abstractmethod
    def _end(self, stopped: bool) -> None:
        """Hold nothing any more."""


class Threads(Workers):
    """Workers in this process, by default as many as the processors and the memory that are allowed."""

    def __init__(self, size: int | None = None) -> None:
        self.size = size or cpus.workers()

    def _begin(self) -> Executor:
        return ThreadPoolExecutor(self.size, thread_name_prefix="examination")

    def _end(self, stopped: bool) -> None:
        if stopped:
            stoppable.stop()
        self._executor.shutdown(cancel_futures=stopped)
        parents.close()


class Cluster(Workers):
    """The workers of a Dask cluster, which share no disk with this process."""

    def __init__(self, address: str) -> None:
        self._address = address

    def examine(self, assignment: Assignment, submission: Submission, seed: int) -> Future[Examined]:
        """Have a submission examined; the files that the assignment brings travel with it."""
        _ = assignment.stub, assignment.files  # read here, and kept
        return self._executor.submit(_examine, self._here, assignment, submission, seed)

    def _begin(self) -> Executor:
        try:
            from distributed import Client
        except ImportError as error:
            raise Refused("Grading on a cluster needs Dask: pip install 'distributed'.") from error
        try:
            self._client = Client(self._address, timeout=PATIENCE, set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            raise Refused(f"There is no Dask scheduler at {self._address}: {error}") from error
        self._here = installation.described()
        try:
            self._demand_likeness()
        except BaseException:
            self._client.close()
            raise
        executor: Executor = self._client.get_executor(pure=False, retries=RETRIES)
        return executor

    def _demand_likeness(self) -> None:
        """Raise `Refused` where there are no workers, or one on which a score might be another."""
        threads = self._client.nthreads()
        self.size = sum(threads.values())
        if not self.size:
            raise Refused(f"The scheduler at {self._address} has no workers. Start one there: dask worker ADDRESS")
        there = self._client.run(installation.described, on_error="return")
        for name, found in there.items():
            _compare(self._here, found, name)

    def _end(self, stopped: bool) -> None:
        self._executor.shutdown(wait=not stopped)
        if not stopped:
            self._client.run(parents.close, on_error="ignore")
        self._client.close()


def _examine(expected: dict[str, str], assignment: Assignment, submission: Submission, seed: int) -> Examined:
    """Examine on a worker of a cluster, which may have joined it after the others were looked at."""
    from distributed import get_worker

    _compare(expected, installation.described(), get_worker().address)
    return examine(assignment, submission, seed)


def _compare(expected: dict[str, str], found: Any, worker: str) -> None:
    if isinstance(found, BaseException):
        raise Refused(f"The worker {worker} cannot grade: {type(found).__name__}: {found}")
    differing = [
        f"{name} is {found.get(name, 'not there')} there and {expected.get(name, 'not there')} here"
        for name in sorted(expected.keys() | found.keys())
        if expected.get(name) != found.get(name)
    ]
    if differing:
        raise Refused(f"The worker {worker} might give other scores: {'; '.join(differing)}. Install the same on both.")
