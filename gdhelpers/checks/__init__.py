"""Judging a value, numerically and in words; safe to give to students."""

from gdhelpers.checks.comparator import Mismatch, compare
from gdhelpers.checks.errors import AnswerRaised, NotAnswered, Objection, WrongAnswer, tell_unanswered
from gdhelpers.checks.plain import NotPlainError, describe, plain
from gdhelpers.checks.visible import agrees, more_at_grading, numerical_gradient, slope_along, slopes_agree, tell

__all__ = [
    "AnswerRaised",
    "Mismatch",
    "NotAnswered",
    "NotPlainError",
    "Objection",
    "WrongAnswer",
    "agrees",
    "compare",
    "describe",
    "more_at_grading",
    "numerical_gradient",
    "plain",
    "slope_along",
    "slopes_agree",
    "tell",
    "tell_unanswered",
]
