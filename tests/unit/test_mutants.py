"""Mutation testing of the hidden tests: every misconception loses its points, every right spelling keeps them."""

import json
from itertools import combinations
from pathlib import Path

import pytest

from gdhelpers import misconceptions, mutants, spellings
from gdhelpers.cli import main
from gdhelpers.hidden_tests import diagnosis, exercise, seed
from gdhelpers.misconceptions import Misconception

FUNCTIONS = list(exercise.functions())
CONFUSION = Path(__file__).parents[2] / "build" / "confusion"
ENOUGH_SPELLINGS, ENOUGH_MISCONCEPTIONS = 10, {"logistic_gradients": 20}


def produce(name, matrix):
    """Leave a confusion matrix for a person to read: what was handed in, and what it was taken for."""
    CONFUSION.mkdir(parents=True, exist_ok=True)
    (CONFUSION / f"{name}.json").write_text(json.dumps(matrix, indent=2) + "\n")


def test_every_graded_function_has_its_cases():
    assert len(FUNCTIONS) == 15
    assert all(exercise.cases(function) for function in FUNCTIONS)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_there_are_enough_of_both(function):
    assert len(spellings.of(function)) >= ENOUGH_SPELLINGS
    assert len(misconceptions.of(function)) >= ENOUGH_MISCONCEPTIONS.get(function, 12)
    assert len({m.slug for m in misconceptions.of(function)}) == len(misconceptions.of(function))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_misconception_loses_its_points_on_every_seed_and_is_named(function):
    tried = mutants.mutants(function)
    assert all(mutant.seeds == 20 for mutant in tried)
    assert [(mutant.misconception.slug, mutant.survived) for mutant in tried if not mutant.killed] == []
    assert all(mutant.killed_by for mutant in tried)
    produce(function, {mutant.misconception.slug: mutant.named_as for mutant in tried})
    right = sum(mutant.named for mutant in tried)
    names = sum(sum(mutant.named_as.values()) for mutant in tried)
    assert right >= 0.9 * sum(mutant.seeds for mutant in tried), "nine in ten are named"
    assert right >= 0.95 * names, "a name that is given is right at least nineteen times in twenty"


@pytest.mark.parametrize("function", FUNCTIONS)
def test_any_two_misconceptions_differ_on_some_case(function):
    with seed.seeded(0):
        cases = exercise.cases(function)
    for first, second in combinations(misconceptions.of(function), 2):
        assert not all(
            diagnosis.alike(diagnosis.wrong_answer(first, case), diagnosis.wrong_answer(second, case)) for case in cases
        ), f"{first.slug} and {second.slug} are one"


@pytest.mark.parametrize("function", FUNCTIONS)
def test_of_two_misconceptions_at_once_none_is_named_that_is_not_held(function):
    tried = list(mutants.pairs(function, spellings.of(function)[0], number=3))
    assert len(tried) >= 3
    produce(f"{function}-pairs", {f"{pair.first.slug} + {pair.second.slug}": pair.named for pair in tried})
    assert sum(pair.misnamed for pair in tried) <= 0.05 * sum(pair.named is not None for pair in tried)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_spelling_keeps_its_points_on_every_seed(function):
    assert mutants.rejected(function, spellings.of(function)) == []


def test_a_right_answer_handed_in_as_a_misconception_survives():
    """A check of the check."""
    right = Misconception("mse", "Nothing is wrong with this.", spellings.of("mse")[0])
    tried = mutants._tried(right, range(3))
    assert (tried.survived, tried.killed, tried.named_as, tried.killed_by) == ((0, 1, 2), False, {}, {})


def test_a_wrong_answer_handed_in_as_a_spelling_is_rejected():
    wrong = misconceptions.of("mse")[0].wrong
    assert [(name, number) for name, number, _ in mutants.rejected("mse", [wrong], range(3))] == [
        (wrong.__name__, 0), (wrong.__name__, 1), (wrong.__name__, 2),
    ]  # fmt: skip


def test_the_command_prints_a_table_and_writes_the_sources(tmp_path, capsys):
    out = tmp_path / "mutants.json"
    assert main(["mutants", "ps1-autograd", "--seeds", "1", "--json", str(out)]) == 0
    said = capsys.readouterr().out
    listed = json.loads(out.read_text())
    known = [m for function in FUNCTIONS[:4] for m in misconceptions.of(function)]
    assert [(entry["function"], entry["slug"]) for entry in listed] == [(m.function, m.slug) for m in known]
    assert f"{len(known)} of {len(known)} misconceptions lose their points" in said
    for entry, misconception in zip(listed, known, strict=True):
        assert entry["sentence"] == misconception.sentence
        assert entry["source"].startswith(f"def {entry['function']}(")
        assert (entry["seeds"], entry["survived"]) == (1, [])
        assert entry["killed_by"]


@pytest.mark.parametrize("arguments", [["ps9"], ["--seeds", "0"], ["--json", "/nowhere/file.json"]])
def test_a_wrong_call_is_2(arguments, capsys):
    try:
        code = main(["mutants", *arguments])
    except SystemExit as left:
        code = left.code
    assert code == 2
    assert "Traceback" not in capsys.readouterr().err
