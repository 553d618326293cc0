"""Each system call that the filter refuses, read from the filter and really made."""

import errno
import json
import signal
import socket
import struct

import pytest

from gdhelpers.sandbox.seccomp import ABSENT, NEW_NAMESPACE, REFUSED, TERMINAL_REQUESTS, program
from gdhelpers.sandbox.syscall import MACHINE, number

ALLOW, ERRNO, KILL = 0x7FFF0000, 0x00050000, 0x80000000
NATIVE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}[MACHINE]


def _verdict(call, *arguments, architecture=NATIVE):
    """Run the filter as the kernel does."""
    words = struct.pack("=IIQ6Q", call, architecture, 0, *(*arguments, *[0] * 6)[:6])
    instructions, place, value = program(), 0, 0
    while True:
        code, yes, no, constant = instructions[place]
        place += 1
        match code:
            case 0x20:
                value = struct.unpack_from("=I", words, constant)[0]
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
