"""A gradebook that is missing is made, a half-made one completed, and anything else named."""

import sqlite3
from pathlib import Path

import pytest

from gdhelpers.autograder import gradebook
from gdhelpers.autograder.course import Course
from gdhelpers.trouble import Trouble


@pytest.fixture
def course(tmp_path):
    return Course(tmp_path)


def open_and_close(course):
    with gradebook.opened(course) as book:
        book.update_or_create_student("ada")
        return gradebook.roster(book)


def database(course):
    return course.root / "gradebook.db"


def test_a_missing_gradebook_is_made(course):
    assert open_and_close(course) == ["ada"]


def test_an_empty_file_becomes_a_gradebook(course):
    database(course).touch()
    assert open_and_close(course) == ["ada"]


def half_made_without_version(path: Path):
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE alembic_version")


def half_made_with_an_empty_version(path: Path):
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM alembic_version")


def half_made_without_some_tables(path: Path):
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE alembic_version")
        connection.execute("DROP TABLE comment")


@pytest.mark.parametrize(
    "damage", [half_made_without_version, half_made_with_an_empty_version, half_made_without_some_tables]
)
def test_a_half_made_gradebook_is_completed(course, damage):
    open_and_close(course)
    damage(database(course))
    assert open_and_close(course) == ["ada"]
    with sqlite3.connect(database(course)) as connection:
        assert len(connection.execute("SELECT version_num FROM alembic_version").fetchall()) == 1
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert {"comment", "grade", "student"} <= tables


def test_a_file_that_is_no_gradebook_is_named(course):
    database(course).write_text("Dear diary, today I learned about gradients. " * 100)
    with pytest.raises(Trouble, match=r"gradebook\.db is not a gradebook"):
        open_and_close(course)
    assert database(course).read_text().startswith("Dear diary"), "nothing is lost"


def test_a_gradebook_of_another_version_is_named(course):
    open_and_close(course)
    with sqlite3.connect(database(course)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'older'")
    with pytest.raises(Trouble, match="another version of nbgrader"):
        open_and_close(course)


def test_a_folder_in_its_place_is_named(course):
    database(course).mkdir()
    with pytest.raises(Trouble, match="cannot be used: unable to open"):
        open_and_close(course)
