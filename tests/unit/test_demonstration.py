"""The demonstration, whose submissions are ours, runs in as much of a sandbox as there is, and says so."""

from gdhelpers import sandbox
from gdhelpers.autograder import demonstration
from gdhelpers.cli import main


def test_it_runs_without_a_layer_that_is_missing_and_says_so(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sandbox, "missing", lambda: {"landlock": "the kernel is too old"})
    seen = []
    monkeypatch.setattr(
        demonstration, "grade", lambda course, name, reporter: seen.append(course.config.Examiner) or []
    )
    main(["demo", "--out", str(tmp_path / "demo"), "--students", "1"])
    assert [one.do_without for one in seen] == [["landlock"]]
    assert "landlock (the kernel is too old)" in capsys.readouterr().out
