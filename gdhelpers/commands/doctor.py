"""Say what is installed and what is missing: of everything that is missing what to do about it."""

from __future__ import annotations

import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    """Add no options: `gd doctor` has none."""
    del parser


def run(options: argparse.Namespace) -> int:
    """Look at the installation."""
    from gdhelpers.autograder.doctor import examine_installation

    del options
    return examine_installation()
