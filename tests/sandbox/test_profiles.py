"""The profiles without user namespaces: accounts and root folders of root's making, or Landlock and seccomp alone."""

import errno
import json
import os
import select
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from gdhelpers.sandbox import PROFILES, chroot, descendants, identity, lack
from gdhelpers.sandbox.identity import ACCOUNTS, Identity
from gdhelpers.sandbox.landlock import DEVICES
from gdhelpers.sandbox.view import view
from tests.sandbox import test_warden as warden

root_alone = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give each submission an account")
of_accounts = pytest.mark.parametrize(
    "layers", [PROFILES["container"], PROFILES["privileged"], ("account",)], ids=["container", "privileged", "account"]
)

# Has its own session and another parent, and has closed itself to others.
_STRAY = """
import ctypes, os, sys, time
if os.fork() == 0:
    os.setsid()
    os.setresuid(*[int(sys.argv[1])] * 3)
    ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)
    print(os.getpid(), flush=True)
    time.sleep(60)
"""


@root_alone
@of_accounts
def test_starts_and_ends_as_with_namespaces(place_of_root, layers):
    warden.test_reports_how_the_student_ended(place_of_root, layers)
    warden.test_passes_signals_on(place_of_root, layers)
    for end in ("student", "warden", "manager"):
        warden.test_nothing_outlives(place_of_root, layers, end)


@root_alone
def test_a_swarm_is_ended(place_of_root):
    warden.test_a_swarm_is_ended(place_of_root, PROFILES["container"])


@root_alone
@of_accounts
def test_each_submission_has_an_account_of_its_own(place_of_root, layers):
    policy = place_of_root.policy(layers)
    with place_of_root.vessel(policy, "wait") as one, place_of_root.vessel(policy, "wait") as other:
        states = [_status(vessel.reply()["pid"]) for vessel in (one, other)]
    users = {state["Uid"] for state in states}
    assert len(users) == 2
    for state in states:
        (user,) = set(state["Uid"].split())
        assert any(int(user) in numbers for numbers in ACCOUNTS)
        assert (state["Gid"], state["Groups"].strip(), state["NoNewPrivs"]) == (state["Uid"], "", "1")
        assert {int(state[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {0}


def _status(pid):
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return dict(line.split(":\t", 1) for line in lines if ":\t" in line)


@root_alone
def test_another_submission_is_out_of_reach_by_its_account_alone(place_of_root):
    with place_of_root.vessel(place_of_root.policy(["account"]), "wait") as vessel:
        pid = vessel.reply()["pid"]
        held = json.loads(place_of_root.output(place_of_root.policy(["account"]), "reach", pid))
    assert held == {"signal": True, "limits": True, "memory": True}


@root_alone
def test_the_processes_of_others_leave_the_limit_as_it_is(place_of_root):
    policy = place_of_root.policy(PROFILES["container"], processes=40)
    with place_of_root.vessel(policy, "bomb_and_stay", 300) as vessel:
        assert "pid" in vessel.reply()
        assert vessel.process.stdout.readline() == "left\n"
        assert place_of_root.output(policy, "small_processes", 20) == "20\n"


@root_alone
def test_in_a_container_with_users_of_its_own_the_numbers_are_small(monkeypatch):
    monkeypatch.setattr(identity, "_mapped", lambda low, high: 0 < low <= high < 1 << 16)
    claimed = Identity.of_account()
    assert claimed.uid in ACCOUNTS[1]
    # Nobody else gets one that is taken.
    monkeypatch.setattr(identity, "ACCOUNTS", (range(claimed.uid, claimed.uid + 1),))
    with pytest.raises(OSError, match="no free account"):
        Identity.of_account()
    claimed.claim.close()
    again = Identity.of_account()
    assert again.uid == claimed.uid
    again.claim.close()


@root_alone
def test_what_root_lacks_is_said(monkeypatch):
    def refused(*_):
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "mknod", refused)
    assert "the capability MKNOD" in lack._try("account", "chroot")
    monkeypatch.setattr(identity, "_capable", lambda number: number != identity._FOR_ACCOUNTS["KILL"])
    with pytest.raises(OSError, match=r"needs the capabilities KILL$"):
        Identity.of_account()


@root_alone
def test_all_of_an_account_ends_whatever_its_parent_is():
    claimed = Identity.of_account()
    command = [sys.executable, "-Ic", _STRAY, str(claimed.uid)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        stray = int(process.stdout.readline())
        process.wait()
        assert descendants.of(claimed.uid) == {stray}
        descendants.end(None, claimed.uid)
        assert select.select([process.stdout], [], [], 10)[0]
        assert process.stdout.read() == ""
    assert descendants.of(claimed.uid) == set()
    claimed.claim.close()


@root_alone
def test_a_root_folder_shows_what_is_shown_and_nothing_else(place_of_root):
    shown, root = place_of_root.folder / "shown", place_of_root.folder / "root"
    (shown / "folder").mkdir()
    for name in ("open", "secret", "folder/inner"):
        (shown / name).write_text(name)
    (shown / "way").symlink_to("secret")
    chroot.build(root, view([str(shown)], [str(shown / "secret")]))
    inside = Path(f"{root}{shown}")
    assert sorted(path.name for path in inside.rglob("*")) == ["folder", "inner", "open", "way"]
    # Nothing is copied where links can be made.
    assert (inside / "open").samefile(shown / "open")
    # Of the machine there are devices and facts, and its folders of runs have the same names as outside.
    others = {str(path.relative_to(root)) for path in root.rglob("*") if inside not in (path, *path.parents)}
    made = {*DEVICES, *chroot._FACTS, f"/{chroot.SHARED_MEMORY}", f"/{chroot.RUNS}", "/proc/self/exe"}
    made |= {"/proc/self/cmdline", str(root)}
    folders = {str(parent)[1:] for path in (*made, str(shown)) for parent in Path(path).parents} - {""}
    assert others == {path[1:] for path in made} | folders
    assert (root / str(root)[1:]).readlink() == Path("/")


@root_alone
def test_a_root_folder_is_kept_until_what_it_shows_changes(place_of_root, monkeypatch):
    monkeypatch.setattr(chroot, "PLACE", place_of_root.folder / "roots")
    monkeypatch.setattr(chroot, "_uses", {})
    file = place_of_root.folder / "shown" / "file"
    file.write_text("one")

    def shows():
        root = chroot.kept(view([str(file.parent)], []))
        return root, Path(f"{root}{file}").read_text()

    first, content = shows()
    assert content == "one"
    assert shows() == (first, "one")
    file.unlink()
    file.write_text("other")
    second, content = shows()
    assert content == "other"
    # The first is in use by this process, until that forgets it.
    assert first.is_dir()
    os.close(chroot._uses.pop(first.name))
    third = shows()[0]
    assert (third, first.is_dir()) == (second, False)
    for use in chroot._uses.values():
        os.close(use)


@root_alone
def test_shared_memory_is_unlisted_and_goes_with_the_account(place_of_root):
    policy = place_of_root.policy(PROFILES["container"])
    assert place_of_root.output(policy, "leave_shared_memory") == "EACCES\n"
    assert list((place_of_root.folder / "dev" / "shm").iterdir()) == []


def test_sockets_of_others_are_out_of_reach(place):
    path = str(place.folder / "shown" / "socket")
    with socket.socket(socket.AF_UNIX) as stream, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as datagrams:
        stream.bind(path)
        stream.listen()
        datagrams.bind(f"{path}.datagrams")
        Path(path).chmod(0o777)
        stream.setblocking(False)
        codes = json.loads(place.output(place.policy(PROFILES["ordinary"]), "sockets_of_others", path, "none"))
        with pytest.raises(BlockingIOError):
            stream.accept()
    refused = {"SOCK_STREAM": errno.EPERM, "SOCK_DGRAM": errno.EOPNOTSUPP}
    assert codes == {f"{name} {kind}": code for name in ("path", "abstract") for kind, code in refused.items()}


def test_files_of_the_same_user_stay_as_they_are(place):
    file = place.folder / "shown" / "file"
    file.write_text("x")
    file.chmod(0o644)
    os.chown(file, place.user, place.user)
    policy = place.policy(PROFILES["ordinary"], [str(file.parent)])
    # Root's student is nobody, who may not try; another's seems to succeed.
    assert place.output(policy, "change", str(file)) == ("refused\nx\n" if place.user == 0 else "x\n")
    assert file.stat().st_mode & 0o777 == 0o644


def test_a_class_gets_the_scores_that_it_deserves(place):
    """In a container, where root has the profile `container` and an ordinary user `ordinary`."""
    command = [sys.executable, "-m", "tests.sandbox.container", "--user", str(place.user), sys.executable, "-m"]
    command += ["gdhelpers.cli", "demo", "--students", "2", "--out", str(place.folder / "work")]
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "HOME": str(place.folder / "shown")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert "All 2 scores are the known right ones." in done.stdout, done.stdout + done.stderr
    receipts = [json.loads(path.read_text()) for path in (place.folder / "work").rglob("*.receipt.json")]
    assert [receipt["profile"] for receipt in receipts] == ["container" if place.user == 0 else "ordinary"] * 2
