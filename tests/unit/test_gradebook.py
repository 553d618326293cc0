"""A gradebook that is missing is made, a half-made one completed, and anything else named; what is written is whole."""

import shutil
import sqlite3
import sys
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import MissingEntry
from nbgrader.plugins import LateSubmissionPlugin

from gdhelpers.autograder import gradebook, pages
from gdhelpers.autograder.course import Course
from gdhelpers.trouble import Trouble
from tests.crowd import fill, graded
from tests.interruption import Struck, at_every_statement, killed, statements, steps_of_sqlite, strike

NAME = "ps3-logistic-regression"
STEM = "logistic_regression"
TESTS = 18.0
"""Points of the cells that are graded automatically."""


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
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DROP TABLE alembic_version")


def half_made_with_an_empty_version(path: Path):
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM alembic_version")


def half_made_without_some_tables(path: Path):
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DROP TABLE alembic_version")
        connection.execute("DROP TABLE comment")


@pytest.mark.parametrize(
    "damage", [half_made_without_version, half_made_with_an_empty_version, half_made_without_some_tables]
)
def test_a_half_made_gradebook_is_completed(course, damage):
    open_and_close(course)
    damage(database(course))
    assert open_and_close(course) == ["ada"]
    with closing(sqlite3.connect(database(course))) as connection, connection:
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
    with closing(sqlite3.connect(database(course))) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = 'older'")
    with pytest.raises(Trouble, match="another version of nbgrader"):
        open_and_close(course)


def test_a_folder_in_its_place_is_named(course):
    database(course).mkdir()
    with pytest.raises(Trouble, match="cannot be used: unable to open"):
        open_and_close(course)


# What is said of a database


@pytest.mark.parametrize(
    ("db_url", "said"),
    [
        ("no address", "It looks like postgresql"),
        ("postgresql://ada:secret@localhost:port/grades", "It looks like postgresql"),
        ("postgres://ada:secret@localhost/grades", "of a kind that is not known"),
    ],
)
def test_an_address_that_is_none_is_named_without_its_password(tmp_path, db_url, said):
    with pytest.raises(Trouble, match=said) as raised:
        open_and_close(Course(tmp_path, db_url=db_url))
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize("driver", ["psycopg", "psycopg2"])
def test_a_driver_that_is_missing_is_named_with_the_remedy(tmp_path, monkeypatch, driver):
    monkeypatch.setitem(sys.modules, driver, None)
    with pytest.raises(Trouble, match=rf"{driver}\. Run: pip install 'psycopg\[binary\]'") as raised:
        open_and_close(Course(tmp_path, db_url=f"postgresql+{driver}://ada:secret@localhost/grades"))
    assert "secret" not in str(raised.value)
    assert "\n" not in str(raised.value)


# What is written


@pytest.fixture(scope="module")
def registered(tmp_path_factory):
    """A gradebook that knows the assignments: making one takes seconds."""
    gradebook.prepare(root := tmp_path_factory.mktemp("registered"))
    return root / "gradebook.db"


@pytest.fixture
def known(tmp_path, registered):
    """A course with that gradebook."""
    shutil.copy(registered, tmp_path)
    return Course(tmp_path)


@pytest.fixture
def assignment(known):
    return known.assignment(NAME)


def without_a_graded_cell(assignment):
    cells = assignment.notebook.cells
    del cells[next(index for index, cell in enumerate(cells) if cell.metadata.get("nbgrader", {}).get("grade"))]
    return assignment


def stored(course):
    """All that the file holds, as SQL."""
    with closing(sqlite3.connect(database(course))) as connection, connection:
        return sorted(connection.iterdump())


def test_a_result_is_there_with_scores_and_comments(known, assignment):
    with gradebook.opened(known) as book:
        gradebook.write(book, known, assignment, graded(assignment, "ada"), datetime(2030, 1, 2, tzinfo=UTC))
        submission = book.find_submission(NAME, "ada")
        assert (submission.score, submission.max_score) == (TESTS, 20.0)
        assert submission.needs_manual_grade, "the written answer awaits a person"
        assert submission.timestamp == datetime(2030, 1, 2), "in UTC, without saying so"
        comment = book.find_comment("accuracy", STEM, NAME, "ada")
        assert comment.comment == "100% right. (1 of 1 points)"


def test_what_a_person_gave_stays(known, assignment):
    with gradebook.opened(known) as book:
        gradebook.write(book, known, assignment, graded(assignment, "ada"), None)
        grade = book.find_grade("test-accuracy", STEM, NAME, "ada")
        grade.manual_score, grade.extra_credit = 0.25, 0.5
        book.find_comment("accuracy", STEM, NAME, "ada").manual_comment = "Nearly."
        book.db.commit()
        gradebook.write(book, known, assignment, graded(assignment, "ada", 0.0), None)
        grade = book.find_grade("test-accuracy", STEM, NAME, "ada")
        assert (grade.auto_score, grade.manual_score, grade.score, grade.needs_manual_grade) == (0.0, 0.25, 0.75, True)
        assert book.find_comment("accuracy", STEM, NAME, "ada").comment == "Nearly."
        assert book.find_submission(NAME, "ada").score == 0.75


def test_scores_come_by_student_and_cell(known, assignment):
    with gradebook.opened(known) as book:
        assert gradebook.scores_of(book, assignment) == {}
        gradebook.write(book, known, assignment, graded(assignment, "ada"), None)
        gradebook.write(book, known, assignment, graded(assignment, "bob", 0.5), None)
        other = known.assignment("ps1-autograd")
        gradebook.write(book, known, other, graded(other, "ada"), None)
        book.find_grade("test-accuracy", STEM, NAME, "ada").manual_score = 0.0
        book.db.commit()
        points = {cell.grade_id: cell.points for cell in assignment.graded if cell.kind == "test"}
        with statements() as sent:
            scores = gradebook.scores_of(book, assignment)
    assert len(sent) == 1
    by_hand = {cell.grade_id: None for cell in assignment.graded if cell.kind == "manual"}
    assert scores == {"ada": points | by_hand, "bob": {cell: half / 2 for cell, half in points.items()} | by_hand}


def test_the_roster_is_in_the_order_of_names(known):
    with gradebook.opened(known) as book:
        book.add_student("1", last_name="Noether")
        book.add_student("2", last_name="Lovelace")
        assert gradebook.roster(book) == ["2", "1"]


def test_a_result_that_is_taken_back_says_why(known, assignment):
    with gradebook.opened(known) as book:
        with pytest.raises(MissingEntry):
            gradebook.clear(book, assignment, "ada", "It could not be read.")
        gradebook.write(book, known, assignment, graded(assignment, "ada"), None)
        gradebook.clear(book, assignment, "ada", "It could not be read.")
        assert set(gradebook.scores_of(book, assignment)["ada"].values()) == {0.0}
        assert book.find_submission(NAME, "ada").needs_manual_grade
        assert book.find_comment("accuracy", STEM, NAME, "ada").comment == "It could not be read."


def test_cells_that_come_or_go_after_grading_are_refused(known, assignment):
    with gradebook.opened(known) as book:
        gradebook.write(book, known, assignment, graded(assignment, "ada"), None)
        gradebook.register(book, known, known.assignment(NAME))
        before = stored(known)
        with pytest.raises(Trouble, match="added or removed"):
            gradebook.register(book, known, without_a_graded_cell(assignment))
    assert stored(known) == before


# Late submissions


class Tenth(LateSubmissionPlugin):
    """A course's own: a tenth of the score a day, and whatever a test wants beyond that."""

    factor = 1.0

    def late_submission_penalty(self, student_id, score, total_seconds_late):
        assert (self.parent.assignment_id, self.parent.notebook_id, self.parent.student_id) == (NAME, STEM, student_id)
        return self.factor * score * total_seconds_late / 864000


def penalty(course, assignment, timestamp):
    with gradebook.opened(course) as book:
        book.update_or_create_assignment(NAME, duedate="2030-01-01T00:00:00")
        gradebook.write(book, course, assignment, graded(assignment, "ada"), timestamp)
        return book.find_submission_notebook(STEM, NAME, "ada").late_submission_penalty


ON_TIME, LATE = datetime(2029, 12, 31, tzinfo=UTC), datetime(2030, 1, 3, tzinfo=UTC)


@pytest.mark.parametrize(("factor", "expected"), [(1.0, 0.2 * TESTS), (-1.0, 0.0), (100.0, TESTS)])
def test_the_plugin_of_a_course_says_what_a_late_submission_loses(known, assignment, monkeypatch, factor, expected):
    known.config.AssignLatePenalties.plugin_class = Tenth
    monkeypatch.setattr(Tenth, "factor", factor)
    assert penalty(known, assignment, LATE) == pytest.approx(expected)
    assert penalty(known, assignment, ON_TIME) is None, "an earlier penalty is taken back"
    assert penalty(known, assignment, None) is None


def test_nbgraders_own_plugin_is_configured_as_ever(known, assignment):
    assert penalty(known, assignment, LATE) is None
    known.config.LateSubmissionPlugin.penalty_method = "zero"
    assert penalty(known, assignment, LATE) == TESTS


def test_the_penalty_is_of_the_score_that_counts(known, assignment):
    known.config.LateSubmissionPlugin.penalty_method = "zero"
    penalty(known, assignment, LATE)
    with gradebook.opened(known) as book:
        grade = book.find_grade("why-a-falling-loss", STEM, NAME, "ada")
        grade.manual_score, grade.extra_credit = 2.0, 1.0
        book.db.commit()
    assert penalty(known, assignment, LATE) == TESTS + 3.0


# Nothing is half-written


def first_attempt(book, course, assignment):
    gradebook.write(book, course, assignment, graded(assignment, "ada", 0.5), LATE)


def second_attempt(book, course, assignment):
    gradebook.write(book, course, assignment, graded(assignment, "bob", 0.5), LATE)


def take_back(book, _course, assignment):
    gradebook.clear(book, assignment, "bob", "It could not be read.")


def register_anew(book, course, _assignment):
    gradebook.register(book, course, without_a_graded_cell(course.assignment("ps1-autograd")))


CHANGES = [first_attempt, second_attempt, take_back, register_anew]


@pytest.fixture
def late(known, assignment):
    """A course in which Bob has a result, and whoever is late loses all."""
    known.config.LateSubmissionPlugin.penalty_method = "zero"
    with gradebook.opened(known) as book:
        book.update_or_create_assignment(NAME, duedate="2030-01-01T00:00:00")
        gradebook.write(book, known, assignment, graded(assignment, "bob"), ON_TIME)
    return known


def sent_by(change, course, assignment):
    """Make a change and take it back; return the statements that it took."""
    kept = database(course).read_bytes()
    before = stored(course)
    with gradebook.opened(course) as book, statements() as sent:
        change(book, course, assignment)
    assert stored(course) != before
    database(course).write_bytes(kept)
    return sent


@pytest.mark.parametrize("change", CHANGES)
def test_an_error_after_any_statement_leaves_the_old_state_whole(late, assignment, change):
    sent = sent_by(change, late, assignment)
    before = stored(late)
    with gradebook.opened(late) as book:
        for last in range(1, len(sent) + 1):
            with pytest.raises(Struck), at_every_statement(partial(strike, last)):
                change(book, late, assignment)
            assert stored(late) == before, sent[last - 1]
        change(book, late, assignment)
    assert stored(late) != before, "and the gradebook can still be written to"


@pytest.mark.parametrize("change", CHANGES[:3])
def test_kill_9_after_any_statement_that_writes_leaves_the_old_state_whole(late, assignment, change):
    sent = sent_by(change, late, assignment)
    before = stored(late)
    writing = [number for number, statement in enumerate(sent, 1) if not statement.startswith("SELECT")]
    assert len(writing) >= 3
    for last in writing:
        killed(change, late, assignment, last)
        assert stored(late) == before, sent[last - 1]


def test_an_error_that_the_database_makes_is_said_in_one_line(late, assignment):
    with gradebook.opened(late) as book:
        with closing(sqlite3.connect(database(late))) as connection, connection:
            connection.execute("DROP TABLE grade")
        with pytest.raises(Trouble, match="cannot be used: no such table: grade"):
            gradebook.write(book, late, assignment, graded(assignment, "ada"), None)


# One student among many


@pytest.fixture
def steps():
    """The steps that SQLite takes, for any gradebook that is opened."""
    with steps_of_sqlite() as taken:
        yield taken


def only_open(_book, course, _assignment):
    with gradebook.opened(course):
        pass


def register_again(book, course, assignment):
    gradebook.register(book, course, assignment)


def make_feedback(_book, course, assignment):
    folder = course.folder("autograded", "bob", NAME)
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(assignment.stub, folder / assignment.file_name)
    pages.Feedback(course).write(assignment, "bob")


@pytest.mark.parametrize("work", [only_open, register_again, first_attempt, second_attempt, take_back, make_feedback])
def test_the_work_for_one_student_does_not_grow_with_the_class(late, assignment, steps, work):
    kept, effort = database(late).read_bytes(), {}
    for others in (3, 300):
        database(late).write_bytes(kept)
        with gradebook.opened(late) as book:
            fill(book, "bob", [f"student {number}" for number in range(others)])
            steps.clear()
            with statements() as sent:
                work(book, late, assignment)
            effort[others] = len(sent), len(steps)
    assert effort[300][0] == effort[3][0]
    # The order of nbgrader's random ids makes a step more or less; a look at every student would make hundreds.
    assert abs(effort[300][1] - effort[3][1]) < 30
