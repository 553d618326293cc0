"""The secret of a course is made once, kept private, and gives every student cases of their own."""

import stat

import pytest

from gdhelpers.autograder import secret
from gdhelpers.autograder.secret import seed
from gdhelpers.trouble import Trouble


def test_it_is_made_once_and_only_its_owner_may_read_it(tmp_path):
    first = secret.read_or_make(tmp_path)
    assert len(first) == secret.BYTES
    assert secret.read_or_make(tmp_path) == first
    assert stat.S_IMODE((tmp_path / ".gd-secret").stat().st_mode) == 0o600
    (tmp_path / "other").mkdir()
    assert secret.read_or_make(tmp_path / "other") != first


def test_seeds_are_the_same_for_every_attempt_and_differ_between_students_assignments_and_courses():
    pairs = [("ada", "ps1"), ("ada", "ps3"), ("grace", "ps1"), ("adap", "s1"), ("", "adaps1"), ("Ada", "ps1")]
    seeds = [seed(key, *pair) for key in (b"a" * 32, b"b" * 32) for pair in pairs]
    assert seeds == [seed(key, *pair) for key in (b"a" * 32, b"b" * 32) for pair in pairs]
    assert len(set(seeds)) == len(seeds)
    assert all(0 <= number < 2**64 for number in seeds)


def test_it_is_the_hmac_that_anyone_can_compute():
    """An oracle: the value of `printf 'ada\\0ps1' | openssl dgst -sha256 -hmac ...` with a key of 32 letters k."""
    assert f"{seed(b'k' * 32, 'ada', 'ps1'):016x}" == "d72deb47dc56b958"


@pytest.mark.parametrize("damage", ["", "abc", "zz" * 32, "ab" * 31])
def test_a_damaged_one_is_never_replaced(tmp_path, damage):
    path = tmp_path / ".gd-secret"
    path.write_text(damage)
    with pytest.raises(Trouble, match="secret of the course"):
        secret.read_or_make(tmp_path)
    assert path.read_text() == damage
