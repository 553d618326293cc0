"""The number of workers follows what is allowed, not what is there."""

import os

import pytest

from gdhelpers.autograder import cpus
from gdhelpers.autograder.workers import Threads

GIB = 1 << 30
UNLIMITED_V1 = 9223372036854771712


@pytest.fixture
def system(tmp_path, monkeypatch):
    """A machine of 16 processors, with control groups as they are given: its /proc/self/cgroup, and files."""

    def make(groups, files):
        (tmp_path / "cgroup").write_text(groups)
        for name, text in files.items():
            path = tmp_path / "sys" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{text}\n")
        monkeypatch.setattr(cpus, "GROUPS", tmp_path / "cgroup")
        monkeypatch.setattr(cpus, "MOUNTS", tmp_path / "sys")

    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(16)), raising=False)
    return make


def quota_v1(folder, quota):
    return {f"{folder}/cpu.cfs_quota_us": quota, f"{folder}/cpu.cfs_period_us": 100000}


V1 = "12:pids:/x\n5:cpu,cpuacct:/batch/job\n3:memory:/batch/job\n"
V2 = "0::/batch.slice/job.scope\n"


@pytest.mark.parametrize(
    ("groups", "files", "processors"),
    [
        (V2, {}, 16),
        (V2, {"batch.slice/job.scope/cpu.max": "max 100000"}, 16),
        (V2, {"batch.slice/job.scope/cpu.max": "400000 100000"}, 4),
        (V2, {"batch.slice/job.scope/cpu.max": "150000 100000"}, 2),
        (V2, {"batch.slice/job.scope/cpu.max": "10000 100000"}, 1),
        (V2, {"batch.slice/job.scope/cpu.max": "max 100000", "batch.slice/cpu.max": "300000 100000"}, 3),
        ("0::/../outside\n", {"cpu.max": "200000 100000"}, 2),
        ("0::/\n", {"cpu.max": "200000 100000"}, 2),
        (V1, quota_v1("cpu,cpuacct/batch/job", -1), 16),
        (V1, quota_v1("cpu,cpuacct/batch/job", 250000), 3),
        ("5:cpu,cpuacct:/docker/f00\n", quota_v1("cpu,cpuacct", 50000), 1),
        (V2, {"batch.slice/job.scope/cpu.max": "nonsense"}, 16),
        (V2, {"batch.slice/job.scope/cpu.max": "1 0"}, 16),
    ],
)  # fmt: skip
def test_processors_are_those_that_the_group_allows(system, groups, files, processors):
    system(groups, files)
    assert cpus.processors() == processors
    assert Threads().size == processors
    assert Threads(7).size == 7


@pytest.mark.parametrize(
    ("groups", "files", "workers"),
    [
        (V2, {"batch.slice/job.scope/memory.max": "max"}, 16),
        (V2, {"batch.slice/job.scope/memory.max": 4 * GIB}, 4),
        (V2, {"batch.slice/job.scope/memory.max": GIB}, 1),
        (V1, {"memory/batch/job/memory.limit_in_bytes": UNLIMITED_V1}, 16),
        (V1, {"memory/batch/job/memory.limit_in_bytes": 5 * GIB}, 6),
    ],
)
def test_no_more_workers_than_fit_the_memory(system, groups, files, workers):
    system(groups, files)
    assert cpus.workers() == workers


def test_where_nothing_of_that_is_known_there_are_as_many_as_processors(monkeypatch, tmp_path):
    monkeypatch.setattr(cpus, "GROUPS", tmp_path / "nowhere")
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 3)
    assert cpus.workers() == 3
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert cpus.workers() == 1
