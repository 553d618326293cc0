"""Each system call that the filter refuses, read from the filter and really made."""

import errno
import json
import signal
import socket
import struct

import pytest

from gdhelpers.sandbox import PROFILES, Policy, landlock, seccomp
from gdhelpers.sandbox.seccomp import (
    ABSENT,
    IN_REACH,
    NEW_NAMESPACE,
    OF_OTHERS,
    REFUSED,
    SAME_USER,
    SEEMING,
    TERMINAL_REQUESTS,
    program,
)  # fmt: skip
from gdhelpers.sandbox.syscall import MACHINE, number

ALLOW, ERRNO, KILL = 0x7FFF0000, 0x00050000, 0x80000000
NATIVE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}[MACHINE]


def _verdict(call, *arguments, architecture=NATIVE, shared=()):
    """Run the filter as the kernel does."""
    words = struct.pack("=IIQ6Q", call, architecture, 0, *(*arguments, *[0] * 6)[:6])
    instructions, place, value = program(frozenset(shared)), 0, 0
    while True:
        code, yes, no, constant = instructions[place]
        place += 1
        match code:
            case 0x20:
                value = struct.unpack_from("=I", words, constant)[0]
            case 0x54:
                value &= constant
            case 0x06:
                return constant
            case _:
                holds = {0x15: value == constant, 0x35: value >= constant, 0x45: bool(value & constant)}[code]
                place += yes if holds else no


@pytest.mark.parametrize("name", [name for name in REFUSED if number(name) is not None])
def test_refuses(name):
    assert _verdict(number(name)) == ERRNO | errno.EPERM


@pytest.mark.parametrize("name", ABSENT)
def test_seems_to_lack(name):
    assert _verdict(number(name)) == ERRNO | errno.ENOSYS


def test_arguments_decide():
    for bit in range(32):
        refused = bool(NEW_NAMESPACE >> bit & 1)
        # What a caller puts into the upper half changes nothing.
        for upper in (0, 1 << 40):
            assert _verdict(number("clone"), 1 << bit | upper) == (ERRNO | errno.EPERM if refused else ALLOW)
    for family in range(64):
        for name in ("socket", "socketpair"):
            allowed = family == socket.AF_UNIX
            assert _verdict(number(name), family) == (ALLOW if allowed else ERRNO | errno.EOPNOTSUPP)
    for request in (*TERMINAL_REQUESTS, 0x5401):
        allowed = request not in TERMINAL_REQUESTS
        assert _verdict(number("ioctl"), 0, request) == (ALLOW if allowed else ERRNO | errno.EPERM)
    assert _verdict(number("personality"), 0x40000) == ERRNO | errno.EPERM
    assert {_verdict(number("personality"), value) for value in (0, 0xFFFFFFFF)} == {ALLOW}


@pytest.mark.parametrize(
    ("part", "names", "code"),
    [(SAME_USER, OF_OTHERS, errno.EPERM), (SAME_USER, SEEMING, 0)],
)
def test_refuses_more_of_what_is_shared_with_the_grader(part, names, code):
    for name in names:
        if number(name) is not None:
            assert _verdict(number(name), shared=[part]) == ERRNO | code
            assert _verdict(number(name), shared={SAME_USER, IN_REACH} - {part}) == ALLOW


def test_only_the_limits_of_the_process_itself_can_be_set():
    assert _verdict(number("prlimit64"), 0, shared=[SAME_USER]) == ALLOW
    assert _verdict(number("prlimit64"), 1234, shared=[SAME_USER]) == ERRNO | errno.EPERM
    assert _verdict(number("prlimit64"), 1234) == ALLOW


def test_sockets_in_reach_are_neither_connected_to_nor_sent_to():
    assert _verdict(number("connect"), shared=[IN_REACH]) == ERRNO | errno.EPERM
    assert _verdict(number("connect"), shared=[SAME_USER]) == ALLOW
    for kind in range(16):
        refused = kind in (socket.SOCK_DGRAM, socket.SOCK_RAW)
        for name in ("socket", "socketpair"):
            for flags in (0, socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK):
                arguments = number(name), socket.AF_UNIX, kind | flags
                assert _verdict(*arguments, shared=[IN_REACH]) == (ERRNO | errno.EOPNOTSUPP if refused else ALLOW)
                assert _verdict(*arguments) == ALLOW
            assert _verdict(number(name), socket.AF_INET, kind, shared=[IN_REACH]) == ERRNO | errno.EOPNOTSUPP


def test_what_is_shared_follows_from_the_profile_and_from_the_kernel(monkeypatch):
    def found(name, other):
        return seccomp.groups(Policy("/run", "/work", (), layers=PROFILES[name]), other)

    for version, hides in ((landlock.WITH_SCOPES, True), (landlock.WITH_SCOPES - 1, False)):
        monkeypatch.setattr(landlock, "version", lambda version=version: version)
        assert found("container", True) == (set() if hides else {IN_REACH})
        assert found("ordinary", False) == {SAME_USER, IN_REACH}
        assert found("namespaces", False) == found("privileged", True) == frozenset()


def test_allows_all_else_and_kills_other_architectures():
    named = {number(name) for name in (*REFUSED, *ABSENT, "clone", "socket", "socketpair", "ioctl", "personality")}
    assert all(_verdict(call) == ALLOW for call in range(500) if call not in named)
    for architecture in (0x40000003, 0x40000028, NATIVE ^ 1):
        assert all(_verdict(call, architecture=architecture) == KILL for call in (0, 1, 500))
    if MACHINE == "x86_64":
        assert all(_verdict(0x40000000 + call) == KILL for call in range(600))


@pytest.mark.parametrize("layers", [("seccomp",), ("namespaces", "landlock", "seccomp", "limits")])
def test_refuses_inside(place, layers):
    names = [name for name in (*REFUSED, *ABSENT) if number(name) is not None]
    codes = json.loads(place.output(place.policy(layers), "refused", names))
    assert codes == {name: errno.ENOSYS if name in ABSENT else errno.EPERM for name in names}
    assert json.loads(place.output(place.policy(layers), "particular")) == {
        "clone": errno.EPERM, "socket": errno.EOPNOTSUPP, "socketpair": errno.EOPNOTSUPP, "ioctl": errno.EPERM,
        "personality": errno.EPERM, "the same personality": 0,
        **{f"family {family}": errno.EOPNOTSUPP for family in (10, 16, 17)},
    }  # fmt: skip


@pytest.mark.skipif(MACHINE != "x86_64", reason="only x86_64 has the x32 ABI")
def test_kills_at_an_x32_call(place):
    with place.vessel(place.policy(("seccomp",)), "call_x32") as vessel:
        assert "pid" in vessel.reply()
        assert vessel.reply() == {"status": -signal.SIGSYS}
