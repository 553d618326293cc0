"""A server for all tests, and databases in it."""

from itertools import count

import pytest

from gdhelpers.autograder import gradebook
from gdhelpers.autograder.course import Course

from .server import running

NUMBERS = count()


@pytest.fixture(scope="session")
def server():
    """A server that ends with the tests."""
    with running() as server:
        yield server


@pytest.fixture(scope="session")
def prepared(server, tmp_path_factory):
    """The name of a database in which a gradebook knows the assignments: making one takes seconds."""
    course = Course(tmp_path_factory.mktemp("prepared"), db_url=server.create("prepared"))
    with gradebook.opened(course) as book:
        for name in course.assignments():
            gradebook.register(book, course, course.assignment(name))
    return "prepared"


@pytest.fixture
def database(server, prepared):
    """The name of a database of its own with such a gradebook."""
    server.create(name := f"gradebook-{next(NUMBERS)}", prepared)
    return name


@pytest.fixture
def course(tmp_path, server, database):
    """A course with that gradebook."""
    return Course(tmp_path, db_url=server.url(database))
