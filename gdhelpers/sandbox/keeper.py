"""The keeper: the student's parent, and within namespaces the first process of all."""

from __future__ import annotations

import os
import select
import signal
import sys
import tempfile
from typing import NoReturn

from gdhelpers.sandbox import descendants, landlock, limits, mounts, namespaces, seccomp
from gdhelpers.sandbox.identity import Identity, drop, dumpable
from gdhelpers.sandbox.line import Line
from gdhelpers.sandbox.policy import Policy
from gdhelpers.sandbox.syscall import call, prctl
from gdhelpers.sandbox.trouble import explained, layer
from gdhelpers.sandbox.view import Entry, view
from gdhelpers.system import LINUX

_PR_SET_PDEATHSIG = 1
_FIRST, _LAST = 3, (1 << 31) - 1


def start(policy: Policy, identity: Identity, line: Line, kept: int | None) -> None:
    """Become the keeper, and return in the student's process alone."""
    student = -1
    try:
        student = _set_up(policy, identity, line, kept)
    except BaseException as error:
        line.send(error=explained(error))
        os._exit(1)
    if student:
        if kept is not None:
            os.close(kept)
        keep(student, line, "namespaces" in policy.layers, identity.account)


def keep(student: int, line: Line, alone: bool, account: int | None) -> NoReturn:
    """Wait until the student's process ends, or the warden does, and end what is left."""
    try:
        if alone:
            # Without namespaces, root's own keeper needs them to kill what runs as somebody else.
            drop()
            # Whatever becomes of the warden; and the end of the first process is the end of the whole namespace.
            prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        _wait(student, line)
        if not alone:
            descendants.end(student)
            if account is not None:
                descendants.end(None, account)
    finally:
        os._exit(0)


def _wait(student: int, line: Line) -> None:
    told, tell = os.pipe()
    os.set_blocking(tell, False)
    signal.set_wakeup_fd(tell, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    events = select.poll()
    events.register(told, select.POLLIN)
    # What comes on the line is for the student's process; only its end is of interest here.
    events.register(line.fileno(), 0)
    while True:
        ended = descendants.reap()
        if student in ended:
            return line.send(status=ended[student])
        if any(place == line.fileno() for place, _ in events.poll()):
            return None
        os.read(told, 1 << 10)


def _set_up(policy: Policy, identity: Identity, line: Line, kept: int | None) -> int:
    """Set the layers up, and return 0 in the student's process and its number in the keeper."""
    alone = "namespaces" in policy.layers
    if alone:
        with layer("namespaces"), namespaces.explained():
            namespaces.leave(line, users="account" not in policy.layers)
    else:
        descendants.adopt()
    line.send(keeper=os.getpid())
    shown: tuple[Entry, ...] = ()
    if alone or "landlock" in policy.layers:
        # What is shared or the student's own comes to its place by other means.
        shown = view(policy.readable, (*policy.hidden, policy.run, policy.work))
    if alone:
        with layer("namespaces"), namespaces.explained():
            mounts.build(policy, identity, shown)
    if not line.receive():
        os._exit(0)
    if LINUX:
        dumpable(False)
    interrupt = signal.signal(signal.SIGINT, signal.SIG_IGN)
    student = os.fork()
    if student == 0:
        signal.signal(signal.SIGINT, interrupt)
        _settle(policy, identity, shown, line, kept)
    return student


def _settle(policy: Policy, identity: Identity, shown: tuple[Entry, ...], line: Line, kept: int | None) -> None:
    """Apply to the student's process what is its own, and tell the warden."""
    alone = "namespaces" in policy.layers
    os.setsid()
    # Without namespaces, the folder for temporary files is shared with all the world.
    os.environ["TMPDIR"] = "/tmp" if alone else policy.work  # noqa: S108
    tempfile.tempdir = None
    if "limits" in policy.layers:
        with layer("limits"):
            limits.limit(policy.limits, identity.uid, alone or identity.account is not None)
    if "chroot" in policy.layers:
        with layer("chroot"):
            os.chroot(policy.root)
    os.chdir(policy.work)
    ruleset = None
    if "landlock" in policy.layers:
        with layer("landlock"):
            # The student may not be able to open all that the rules name.
            ruleset = landlock.rules(policy, shown)
    with layer("identity"):
        identity.assume()
    if ruleset is not None:
        with layer("landlock"):
            landlock.restrict(ruleset)
    if "seccomp" in policy.layers:
        with layer("seccomp"):
            seccomp.refuse(seccomp.groups(policy, identity.other))
    sys.stdout.flush()
    line.send(ready=os.getpid())
    # The warden must have taken hold of this process before it can end.
    if not line.receive():
        os._exit(0)
    line.close()
    if kept is None:
        _close(_FIRST, _LAST)
    else:
        _close(_FIRST, kept - 1)
        _close(kept + 1, _LAST)


def _close(first: int, last: int) -> None:
    """Close all files of these numbers."""
    if first <= last:
        try:
            call("close_range", first, last, 0)
        except OSError:
            os.closerange(first, min(last + 1, os.sysconf("SC_OPEN_MAX"), 1 << 16))
