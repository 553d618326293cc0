"""The database that a gradebook lies in: SQLite or PostgreSQL. A half-made one is completed, and troubles are named."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from alembic.script import ScriptDirectory
from filelock import FileLock, Timeout
from nbgrader.api import Base, Comment, Grade, InvalidEntry, SubmittedAssignment, SubmittedNotebook
from nbgrader.dbutil import ALEMBIC_DIR
from sqlalchemy import Index, create_engine, inspect, text
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, DBAPIError, NoSuchModuleError

from gdhelpers.trouble import Trouble

FORM = "postgresql+psycopg://USER@HOST:5432/DATABASE"
"""What c.CourseDirectory.db_url looks like for PostgreSQL."""

PATIENCE = 60.0
"""Seconds to wait for another program that changes the gradebook."""

QUEUE = 0x6764
"""The number of the lock in which programs queue that change a gradebook on a server."""

INDEXES = [
    Index(f"ix_{column.class_.__tablename__}_{column.key}", column)
    for column in (
        SubmittedAssignment.student_id, SubmittedNotebook.assignment_id, Grade.notebook_id, Comment.notebook_id,
    )
]  # fmt: skip
"""What nbgrader's tables lack: without them the score of one student is summed over the grades of all."""


@contextmanager
def troubles_named(db_url: str | URL) -> Iterator[None]:
    """Turn what a database refuses into `Trouble` of one line: a server's own words, or what befell a file."""
    try:
        yield
    except NoSuchModuleError as error:
        raise Trouble(
            f"The gradebook {shown(db_url)} is of a kind that is not known. Use SQLite, or PostgreSQL: {FORM}"
        ) from error
    except ModuleNotFoundError as error:
        raise Trouble(
            f"The gradebook {shown(db_url)} needs a driver that is not installed: {error.name}. "
            f"Run: pip install 'psycopg[binary]', and write c.CourseDirectory.db_url as {FORM}"
        ) from error
    except DBAPIError as error:
        raise Trouble(_words(db_url, error)) from error
    except InvalidEntry as error:
        # What nbgrader makes of the same.
        if not isinstance(error.__context__, DBAPIError):
            raise
        raise Trouble(_words(db_url, error.__context__)) from error


@contextmanager
def transaction(gradebook: Any) -> Iterator[None]:
    """Do all that is done with nbgrader's gradebook in one transaction: kept whole in the end, or nothing of it.

    Most of nbgrader's methods commit. Here that sends the statements, and the transaction goes on. Objects that were
    read before do not belong to it. Raises `Trouble` for what the database refuses.
    """
    url = gradebook.engine.url
    with _alone(url), troubles_named(url), gradebook.engine.begin() as connection:
        _queue(connection)
        gradebook.db.remove()
        session = gradebook.db(bind=connection, join_transaction_mode="rollback_only")
        try:
            yield
            session.flush()
        finally:
            gradebook.db.remove()


def complete(db_url: str) -> None:
    """Make a gradebook, or mend one whose making was cut short.

    Raises `Trouble` for a gradebook of another version of nbgrader, and for an address that is none.
    """
    try:
        make_url(db_url)
    except (ArgumentError, ValueError) as error:
        # The address itself is not repeated: there may be a password in it.
        raise Trouble(f"c.CourseDirectory.db_url is not the address of a database. It looks like {FORM}") from error
    with troubles_named(db_url):
        engine = create_engine(db_url)
        try:
            with _alone(db_url), engine.begin() as connection:
                _queue(connection)
                _make(connection)
        finally:
            engine.dispose()


@contextmanager
def _alone(db_url: str | URL) -> Iterator[None]:
    """Wait until nobody else changes a gradebook that is a file: two may find that the same thing has to be made."""
    path = Path(str(make_url(db_url).database))
    with ExitStack() as held:
        if _is_file(make_url(db_url)) and path.parent.is_dir():
            lock = FileLock(path.with_name(f".{path.name}.lock"), timeout=PATIENCE, mode=0o600)
            try:
                held.enter_context(lock)
            except Timeout as error:
                used = f"has been in use by another program for {PATIENCE:g} seconds"
                raise Trouble(f"The gradebook {path} {used}. Wait for it, and run the command again.") from error
            except OSError:
                pass  # where no file can be made, the database says so
        yield


def _queue(connection: Connection) -> None:
    """Wait for those who change the same gradebook on a server; that ends with the transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": QUEUE})


def shown(db_url: str | URL) -> str:
    """Name a database without its password.

    >>> shown("postgresql+psycopg://ada:secret@localhost/grades?password=secret&sslmode=require")
    'postgresql+psycopg://ada:***@localhost/grades?sslmode=require'
    """
    url = make_url(db_url)
    if _is_file(url):
        return str(Path(str(url.database)))
    return url.difference_update_query(["password"]).render_as_string()


def _is_file(url: URL) -> bool:
    return url.get_backend_name() == "sqlite" and bool(url.database)


def _words(db_url: str | URL, error: DBAPIError) -> str:
    """Say in one line what a database said, and for a file what to do."""
    said = " ".join(str(error.orig).split())
    name = shown(db_url)
    if not _is_file(make_url(db_url)):
        return f"The gradebook {name} cannot be used. Its server says: {said}"
    if type(error) is DatabaseError:
        return f"{name} is not a gradebook: {said}. Move the file away, and a new one is made."
    return f"The gradebook {name} cannot be used: {said}. Is another program using it, or is its folder read-only?"


def _make(connection: Connection) -> None:
    """Make the tables and note their version, in this order: a database without the note is not complete."""
    newest = ScriptDirectory(ALEMBIC_DIR).get_current_head()
    noted = inspect(connection).has_table("alembic_version")
    version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar() if noted else None
    if version is None:
        Base.metadata.create_all(connection)
        if not noted:
            connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        connection.execute(text("INSERT INTO alembic_version (version_num) VALUES (:version)"), {"version": newest})
    elif version != newest:
        raise Trouble(
            f"The gradebook {shown(connection.engine.url)} was made by another version of nbgrader. "
            "Make a copy of it, then run: nbgrader db upgrade"
        )
    for index in INDEXES:
        index.create(connection, checkfirst=True)
