"""The configuration's limits hold, and what it cannot mean is said."""

import pytest
from traitlets.config import Config

from gdhelpers import sandbox
from gdhelpers.autograder import settings
from gdhelpers.autograder.settings import Settings
from gdhelpers.trouble import Trouble


@pytest.fixture(autouse=True)
def _fresh():
    settings._missing.cache_clear()
    yield
    settings._missing.cache_clear()


def config(**examiner):
    return Config({"Examiner": examiner})


def test_an_assignment_has_its_own_limits_over_those_of_the_course():
    given = config(limits={"test_seconds": 5, "memory_mib": 512}, limits_of={"ps3": {"test_seconds": 9.5}})
    assert Settings.of(given, "ps1").limits.test_seconds == 5
    limits = Settings.of(given, "ps3").limits
    assert (limits.test_seconds, limits.memory_mib, limits.processes) == (9.5, 512, 512)
    assert limits.of_sandbox(10).memory == 512 * 2**20


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"limits": {"memory": 5}}, "memory_mib"),
        ({"limits": {"test_seconds": 0}}, "above zero"),
        ({"limits": {"test_seconds": "long"}}, "above zero"),
        ({"limits": {"processes": True}}, "above zero"),
        ({"do_without": ["walls"]}, "namespaces"),
    ],
)
def test_what_makes_no_sense_is_said_with_what_would(given, words):
    with pytest.raises(Trouble, match=words):
        Settings.of(config(**given), "ps1")


def test_grading_refuses_a_weaker_sandbox_until_it_is_allowed_by_name(monkeypatch):
    monkeypatch.setattr(sandbox, "missing", lambda: {"landlock": "the kernel is too old"})
    with pytest.raises(Trouble, match=r"landlock \(the kernel is too old\).*do_without = \['landlock'\]"):
        Settings.of(config(), "ps1")
    allowed = Settings.of(config(do_without=["landlock"]), "ps1")
    assert allowed.layers == ("namespaces", "seccomp", "limits")


@pytest.mark.parametrize("name", ["container", "privileged"])
def test_what_root_makes_in_a_container_needs_no_consent(name, monkeypatch):
    monkeypatch.setattr(sandbox, "missing", dict)
    monkeypatch.setattr(sandbox, "profile", lambda: name)
    assert Settings.of(config(), "ps1").layers == sandbox.PROFILES[name]
    assert Settings.of(config(do_without=["namespaces"]), "ps1").layers == sandbox.PROFILES[name]


def test_the_weakest_profile_is_named_and_allowed_by_one_line(monkeypatch):
    monkeypatch.setattr(sandbox, "missing", lambda: {"namespaces": "they are switched off"})
    monkeypatch.setattr(sandbox, "profile", lambda: "ordinary")
    with pytest.raises(Trouble, match=r"profile ordinary.*c\.Examiner\.do_without = \['namespaces'\]"):
        Settings.of(config(), "ps1")
    assert Settings.of(config(do_without=["namespaces"]), "ps1").layers == ("landlock", "seccomp", "limits")


def test_a_layer_that_is_there_is_used_even_where_it_may_be_missing():
    if sandbox.missing():
        pytest.skip(f"this machine lacks {', '.join(sandbox.missing())}")
    assert Settings.of(config(do_without=list(sandbox.LAYERS)), "ps1").layers == sandbox.LAYERS
