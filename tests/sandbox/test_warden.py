"""The warden: starting, signals, ends, and that nothing is left behind."""

import json
import os
import select
import signal
import socket
import time
from pathlib import Path

import pytest

from gdhelpers.sandbox import LAYERS, Policy
from gdhelpers.sandbox.identity import NOBODY

WAYS = [LAYERS, (), *((layer,) for layer in LAYERS)]
by_layers = pytest.mark.parametrize("layers", WAYS, ids=lambda layers: "+".join(layers) or "none")


def _until(condition, seconds=10.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        select.select([], [], [], 0.005)


def _hung_up(vessel):
    """Wait until no process holds the standard output open."""
    assert select.select([vessel.process.stdout], [], [], 10)[0]
    return vessel.process.stdout.read() == ""


def _gone(pid):
    return not Path(f"/proc/{pid}").exists()


def _processes(folder):
    """Return the processes whose command line names the folder: all that a vessel starts do."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if str(folder).encode() in path.read_bytes():
                found.append(path)
        except OSError:
            continue
    return found


@by_layers
def test_reports_how_the_student_ended(place, layers):
    for task, argument, status in (("leave", 7, 7), ("kill_itself", 11, -11), ("leave", 0, 0)):
        with place.vessel(place.policy(layers), task, argument) as vessel:
            pid = vessel.reply()["pid"]
            assert vessel.reply() == {"status": status}
            assert vessel.reply() == {}
            assert _gone(pid)


@by_layers
def test_passes_signals_on(place, layers):
    with place.vessel(place.policy(layers), "wait_for_interrupt") as vessel:
        assert "pid" in vessel.reply()
        assert vessel.process.stdout.readline() == "waiting\n"
        vessel.signal(0)
        vessel.signal(200)
        vessel.signal(signal.SIGINT)
        assert vessel.process.stdout.readline() == "interrupted\n"
        assert vessel.reply() == {"status": 0}
    with place.vessel(place.policy(layers), "wait") as vessel:
        # One that comes before the student's process is there reaches it still.
        vessel.signal(signal.SIGTERM)
        assert "pid" in vessel.reply()
        assert vessel.reply() == {"status": -signal.SIGTERM}


@by_layers
@pytest.mark.parametrize("end", ["student", "warden", "manager"])
def test_nothing_outlives(place, layers, end):
    mounts = Path("/proc/self/mountinfo").read_text()
    with place.vessel(place.policy(layers), "daemon", 0 if end == "student" else 60) as vessel:
        pid = vessel.reply()["pid"]
        assert vessel.process.stdout.readline() == "left\n"
        if end == "warden":
            vessel.process.kill()
        elif end == "manager":
            vessel.close()
        assert _hung_up(vessel)
        _until(lambda: _gone(pid))
    _until(lambda: not _processes(place.folder))
    assert Path("/proc/self/mountinfo").read_text() == mounts
    assert list((place.folder / "run").iterdir()) == []
    assert list((place.folder / "work").iterdir()) == []


@pytest.mark.parametrize("layers", [LAYERS, ("limits",)], ids=["all", "limits"])
def test_a_swarm_is_ended(place, layers):
    with place.vessel(place.policy(layers, processes=100), "bomb", 300) as vessel:
        assert "pid" in vessel.reply()
        assert vessel.process.stdout.readline() == "left\n"
        assert "status" in vessel.reply()
        assert _hung_up(vessel)
    assert _processes(place.folder) == []


@by_layers
def test_the_keeper_cannot_be_killed_to_any_profit(place, layers):
    with place.vessel(place.policy(layers), "kill_the_keeper") as vessel:
        assert "pid" in vessel.reply()
        if place.user and not {"namespaces", "landlock"} & set(layers):
            # It is the student's own process, and the warden does its work.
            assert vessel.reply() == {"status": -signal.SIGKILL}
        else:
            assert vessel.process.stdout.readline() in ("refused\n", "waiting\n")
            vessel.close()
        assert vessel.process.stdout.read() in ("", "waiting\n")
    _until(lambda: not _processes(place.folder))


@by_layers
def test_the_student_is_nobody(place, layers):
    uid = NOBODY if place.user == 0 else place.user
    state = json.loads(place.output(place.policy(layers), "state"))
    assert state.pop("cwd") == str(place.folder / "work")
    assert state.pop("places") == [0, 1, 2]
    assert state.pop("uid") == state.pop("gid") == [uid] * 3
    assert state.pop("NoNewPrivs") == "1"
    assert {int(value, 16) for value in state.values()} == {0}


def test_the_work_of_the_student_stays_inside(place):
    work = place.folder / "work"
    (work / "given").write_text("as it was")
    (work / "sub").mkdir()
    (work / "sub" / "link").symlink_to("../given")
    for path in (work / "given", work / "sub"):
        os.chown(path, place.user, place.user)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(work / "socket"))
    assert place.output(place.policy(), "write_everywhere") == "done\n"
    assert (work / "given").read_text() == "as it was"
    assert sorted(path.name for path in work.iterdir()) == ["given", "socket", "sub"]
    names = ["given", "sub/link", "."]
    inside = json.loads(place.output(place.policy(), "files", names))
    assert inside == {"given": "as it was", "sub/link": "as it was", ".": ["given", "sub"]}


@pytest.mark.parametrize("layers", [LAYERS, ("landlock",)], ids=["all", "landlock"])
def test_sockets_are_shared(place, layers):
    run = place.folder / "run"
    (run / "given").write_text("given")
    (run / "given").chmod(0o644)
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as gone:
        gone.bind(str(run / "gone"))
        server.bind(str(run / "outer"))
        (run / "outer").chmod(0o777)
        server.listen()
        with place.vessel(place.policy(layers), "sockets", str(run)) as vessel:
            assert "pid" in vessel.reply()
            connection, _ = server.accept()
            connection.sendall(b"from outside")
            connection.close()
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(10)
                client.connect(str(run / "inner"))
                assert client.recv(100) == b"from inside"
            assert vessel.process.stdout.read() == "from outside\ngiven\n"
            assert vessel.reply() == {"status": 0}
    assert not (run / "gone").exists()


@pytest.mark.parametrize("layers", [LAYERS, ("namespaces",), ("landlock",)], ids="+".join)
def test_hidden_files_are_not_there(place, layers):
    shown = place.folder / "shown"
    for name in ("open", "secret"):
        (shown / name).mkdir()
        (shown / name / "file").write_text(name)
    (shown / "way").symlink_to("secret")
    policy = place.policy(layers, [str(shown)], [str(shown / "secret")])
    names = [str(shown / name) for name in ("open/file", "secret/file", "way/file")]
    read, *refused = json.loads(place.output(policy, "files", names)).values()
    assert read == "open"
    assert set(refused) <= {"ENOENT", "EACCES"}


def test_says_what_is_wrong(place):
    policy = place.policy()
    wrong = {
        "no such layers: magic": Policy(policy.run, policy.work, (), layers=("magic",)),
        "not the real path of a folder": Policy(policy.run + "/none", policy.work, ()),
        "may lie in the other": Policy(str(place.folder), policy.work, ()),
    }
    for reason, each in wrong.items():
        with place.vessel(each, "wait") as vessel:
            assert reason in vessel.reply()["error"]
            assert vessel.reply() == {}


def test_a_layer_that_fails_lets_nothing_run(place):
    (place.folder / "work" / "large").write_bytes(bytes(1 << 20))
    with place.vessel(place.policy(disk=1 << 19), "wait") as vessel:
        assert vessel.reply()["error"].startswith("namespaces: ")
        assert vessel.reply() == {}
        assert _hung_up(vessel)
    assert _processes(place.folder) == []


def test_policies_survive_json(place):
    policy = place.policy(("landlock",), ["/a"], ["/a/b"], memory=5)
    assert Policy.from_json(policy.as_json()) == policy
    assert "\n" not in policy.as_json()
