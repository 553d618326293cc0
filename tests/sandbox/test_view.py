"""What a sandbox shows: the readable minus the hidden, for trees of all shapes."""

import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from gdhelpers.sandbox.view import Entry, below, view

NAMES = st.sampled_from(["a", "ab", "b"])
PATHS = st.lists(NAMES, max_size=4).map("/".join)
SETS = st.sets(PATHS, max_size=6)


def _grow(folder, files):
    """Make files; where one is in the way of another, the longer path wins."""
    for path in sorted(files, key=len, reverse=True):
        target = folder / path
        if not target.exists() and path:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(path)


@settings(deadline=None, max_examples=300)
@given(files=st.sets(PATHS, max_size=12), readable=SETS, hidden=SETS)
def test_shows_the_readable_minus_the_hidden(files, readable, hidden):
    folder = Path(tempfile.mkdtemp()).resolve()
    try:
        with suppress(NotADirectoryError, FileExistsError):
            _grow(folder, files)
        tops = [str(folder / path) for path in readable]
        veils = [str(folder / path) for path in hidden]
        entries = view(tops, veils)
        wholes = [entry.path for entry in entries if entry.kind == "whole"]
        folders = {entry.path for entry in entries if entry.kind == "folder"}
        for path in map(str, folder.rglob("*")):
            wanted = any(below(path, top) for top in tops) and not any(below(path, veil) for veil in veils)
            shown = any(below(path, whole) for whole in wholes)
            if Path(path).is_file():
                assert shown == wanted
            else:
                assert (shown or path in folders) == wanted
        # No whole lies in another, and no folder that is shown as a whole holds anything hidden.
        assert not any(one != other and below(one, other) for one in wholes for other in wholes)
        assert not any(below(veil, whole) for veil in veils for whole in wholes if Path(whole).is_dir())
        assert list(entries) == sorted(entries, key=lambda entry: entry.path)
    finally:
        shutil.rmtree(folder)


def test_recreates_the_links_on_the_way(tmp_path):
    folder = tmp_path.resolve()
    (folder / "real").mkdir()
    (folder / "real" / "program").write_text("x")
    (folder / "link").symlink_to("real")
    (folder / "absolute").symlink_to(folder / "link")
    path = str(folder / "absolute" / ".." / "absolute" / "program")
    assert set(view([str(folder / "absolute" / "program")], [])) == {
        Entry(str(folder / "absolute"), "link", str(folder / "link")),
        Entry(str(folder / "link"), "link", "real"),
        Entry(str(folder / "real" / "program"), "whole"),
    }
    assert view([path], []) == view([str(folder / "absolute" / "program")], [])


def test_a_link_in_a_folder_shows_nothing_that_is_hidden(tmp_path):
    folder = tmp_path.resolve()
    for name in ("shown", "secret"):
        (folder / name).mkdir()
    (folder / "secret" / "file").write_text("x")
    (folder / "shown" / "way").symlink_to(folder / "secret")
    (folder / "shown" / "other").write_text("x")
    shown = str(folder / "shown")
    for hidden in ([f"{shown}/way"], [f"{shown}/way", f"{folder}/secret"]):
        assert view([shown, f"{shown}/way/file"], hidden) == (
            Entry(shown, "folder"),
            Entry(f"{shown}/other", "whole"),
        )


def test_a_ring_of_links_is_left_out(tmp_path):
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    assert all(entry.kind == "link" for entry in view([str(tmp_path / "a")], []))


def test_the_outside_of_proc_dev_and_sys_is_never_shown():
    paths = {entry.path for entry in view(["/"], [])}
    assert "/" in paths
    assert not paths & {"/proc", "/dev", "/sys"}
    assert view(["/proc/cpuinfo", "/dev/mem", "/nowhere"], []) == ()
