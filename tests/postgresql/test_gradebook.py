"""A gradebook in PostgreSQL: made, completed, written whole; what its server refuses is said in one line."""

import pytest

from gdhelpers.autograder import gradebook
from gdhelpers.autograder.course import Course
from gdhelpers.trouble import Trouble
from tests.crowd import graded
from tests.interruption import Struck, at_every_statement, killed, statements, strike

from ..grading.conftest import run
from .server import PASSWORD, free_port

NAME = "ps3-logistic-regression"


def stored(server, database):
    """All that the database holds: the rows of each table."""
    with server.connect(database) as connection:
        tables = [name for (name,) in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        return {name: sorted(map(repr, connection.execute(f'TABLE "{name}"'))) for name in tables}


# Made and completed


def test_an_empty_database_becomes_a_gradebook(server, tmp_path):
    course = Course(tmp_path, db_url=server.create("empty"))
    for _ in range(2):
        with gradebook.opened(course) as book:
            book.update_or_create_student("ada")
            assert gradebook.roster(book) == ["ada"]


@pytest.mark.parametrize(
    "damage", ["DROP TABLE alembic_version", "DELETE FROM alembic_version", "DROP TABLE alembic_version, comment"]
)
def test_a_half_made_gradebook_is_completed(server, database, course, damage):
    whole = stored(server, database)
    with server.connect(database) as connection:
        connection.execute(damage)
    with gradebook.opened(course):
        pass
    assert stored(server, database) == whole


# Written whole


def first_attempt(book, course, assignment):
    gradebook.write(book, course, assignment, graded(assignment, "ada", 0.5), None)


def second_attempt(book, course, assignment):
    gradebook.write(book, course, assignment, graded(assignment, "bob", 0.5), None)


@pytest.fixture
def assignment(course):
    """An assignment of which Bob has a result."""
    assignment = course.assignment(NAME)
    with gradebook.opened(course) as book:
        gradebook.write(book, course, assignment, graded(assignment, "bob"), None)
    return assignment


def writing(change, server, database, course, assignment):
    """Make a change in a copy of the database; return the numbers of the statements that write."""
    copy = Course(course.root, db_url=server.create(f"{database}-copy", database))
    with gradebook.opened(copy) as book, statements() as sent:
        change(book, copy, assignment)
    assert stored(server, f"{database}-copy") != stored(server, database)
    return [number for number, statement in enumerate(sent, 1) if not statement.startswith("SELECT")]


@pytest.mark.parametrize("change", [first_attempt, second_attempt])
def test_what_is_killed_or_fails_while_it_writes_leaves_the_old_state_whole(
    server, database, course, assignment, change
):
    numbers = writing(change, server, database, course, assignment)
    assert len(numbers) >= 2
    before = stored(server, database)
    for last in numbers:
        killed(change, course, assignment, last)
        assert stored(server, database) == before
    with gradebook.opened(course) as book:
        for last in numbers:
            with pytest.raises(Struck), at_every_statement(lambda *sent, last=last: strike(last, *sent)):
                change(book, course, assignment)
            assert stored(server, database) == before
        change(book, course, assignment)
    assert stored(server, database) != before


def test_a_connection_that_is_cut_costs_one_result_and_no_more(server, database, course, assignment):
    with gradebook.opened(course) as book:
        gradebook.roster(book)
        book.db.remove()
        with server.connect(database) as connection:
            others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> %s"
            assert connection.execute(others, (database, connection.info.backend_pid)).fetchall() == [(True,)]
        with pytest.raises(Trouble, match=r"cannot be used. Its server says: .*terminating connection") as raised:
            first_attempt(book, course, assignment)
        assert "\n" not in str(raised.value)
        first_attempt(book, course, assignment)
        assert set(gradebook.scores_of(book, assignment)) == {"ada", "bob"}


# What a server refuses


def refused(url, tmp_path, said):
    """Open a gradebook that cannot be opened."""
    with pytest.raises(Trouble, match=said) as raised, gradebook.opened(Course(tmp_path, db_url=url)):
        pass
    message = str(raised.value)
    assert message.startswith("The gradebook postgresql+psycopg://")
    assert "\n" not in message
    assert "read-only" not in message
    assert "Move the file" not in message
    return message


def test_a_wrong_password_is_said_and_not_shown(server, tmp_path):
    message = refused(server.url("postgres", password="xyzzy"), tmp_path, "password authentication failed")  # noqa: S106
    assert "xyzzy" not in message


def test_a_server_that_is_not_there_is_said(server, tmp_path):
    url = server.url("postgres").replace(f":{server.port}/", f":{free_port()}/")
    assert PASSWORD not in refused(url, tmp_path, "Connection refused")


def test_a_database_that_is_not_there_is_said(server, tmp_path):
    assert PASSWORD not in refused(server.url("nothing"), tmp_path, 'database "nothing" does not exist')


def test_a_user_who_may_not_make_tables_is_told_so(server, tmp_path):
    server.create("closed")
    with server.connect("closed") as connection:
        connection.execute(f"CREATE ROLE guest LOGIN PASSWORD '{PASSWORD}'")
        connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    url = server.url("closed").replace("instructor", "guest")
    refused(url, tmp_path, "permission denied for schema public")


def test_the_command_says_it_in_one_line(server, tmp_path):
    url = server.url("nothing", password="xyzzy")  # noqa: S106 - it is wrong
    (tmp_path / "nbgrader_config.py").write_text(f"c = get_config()\nc.CourseDirectory.db_url = {url!r}\n")
    done = run("gd", "grade", NAME, cwd=tmp_path, check=False)
    assert done.returncode == 3
    assert done.stdout == ""
    assert done.stderr.startswith("gd: The gradebook postgresql+psycopg://instructor:***@127.0.0.1")
    assert len(done.stderr.splitlines()) == 1
    assert "xyzzy" not in done.stderr
