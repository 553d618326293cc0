"""The demonstration, whose submissions are ours, runs in as much of a sandbox as there is, and says so."""

import errno
import shutil

from gdhelpers import sandbox
from gdhelpers.autograder import demonstration
from gdhelpers.cli import main


def test_it_runs_without_a_layer_that_is_missing_and_says_so(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sandbox, "missing", lambda: {"landlock": "the kernel is too old"})
    seen = []

    def grade(course, *arguments, **options):
        seen.append(course.config.Examiner.do_without)
        return []

    monkeypatch.setattr(demonstration, "grade", grade)
    main(["demo", "--out", str(tmp_path / "demo"), "--students", "1"])
    assert seen == [["landlock"]]
    assert "landlock (the kernel is too old)" in capsys.readouterr().out


def test_an_earlier_one_that_cannot_be_removed_is_said(tmp_path, monkeypatch, capsys):
    def refuse(*_):
        raise OSError(errno.EROFS, "Read-only file system", "gradebook.db")

    (tmp_path / demonstration.MARKER).touch()
    monkeypatch.setattr(sandbox, "missing", dict)
    monkeypatch.setattr(shutil, "rmtree", refuse)
    assert main(["demo", "--out", str(tmp_path)]) == 2
    expected = f"gd: {tmp_path} cannot be made: Read-only file system. Name another folder with --out.\n"
    assert capsys.readouterr().err == expected
