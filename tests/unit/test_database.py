"""A gradebook has the indexes that nbgrader's tables lack: what is asked of a class grows no faster than the class."""

import sqlite3
from contextlib import closing

import pytest

from gdhelpers.autograder import gradebook, report
from gdhelpers.autograder.course import Course
from gdhelpers.autograder.database import INDEXES
from tests.crowd import fill, graded
from tests.interruption import steps_of_sqlite

NAME = "ps3-logistic-regression"


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course in which Bob has a result."""
    course = Course(tmp_path_factory.mktemp("course"))
    assignment = course.assignment(NAME)
    with gradebook.opened(course) as book:
        gradebook.register(book, course, assignment)
        gradebook.write(book, course, assignment, graded(assignment, "bob"), None)
    return course


def database(course):
    return course.root / "gradebook.db"


def test_the_work_for_a_report_grows_as_the_class_does(course):
    kept, effort = database(course).read_bytes(), {}
    for others in (30, 300):
        database(course).write_bytes(kept)
        with gradebook.opened(course) as book:
            fill(book, "bob", [f"student {number}" for number in range(others)])
        with steps_of_sqlite() as steps:
            found = report.book.read(course, course.assignment(NAME))
        assert len(found.scores) == others + 1
        effort[others] = len(steps) / len(found.scores)
    assert effort[300] < 1.2 * effort[30]


def test_a_gradebook_that_nbgrader_made_gets_the_indexes_that_it_lacks(course):
    names = {index.name for index in INDEXES}
    with closing(sqlite3.connect(database(course))) as connection, connection:
        for name in names:
            connection.execute(f"DROP INDEX {name}")
    with gradebook.opened(course):
        pass
    with closing(sqlite3.connect(database(course))) as connection, connection:
        there = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'index'")}
    assert there >= names
