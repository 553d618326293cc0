"""The demonstration, whose submissions are ours, runs in as much of a sandbox as there is, and says so."""

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
