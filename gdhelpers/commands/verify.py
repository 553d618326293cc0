"""Grade again what receipts tell of, with the same questions, and compare.

A receipt lies beside each autograded notebook; a folder stands for all receipts in it. Exits with 1 when a second
grading differs from a receipt.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from gdhelpers.commands import DIFFERS, DONE
from gdhelpers.trouble import WrongCall


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `gd verify`."""
    parser.add_argument("receipts", metavar="RECEIPT", nargs="+", type=Path, help="receipts, or folders of receipts")


def run(options: argparse.Namespace) -> int:
    """Print what came of each receipt."""
    from gdhelpers.autograder.verification import verify
    from gdhelpers.environment import activate

    activate()
    absent = [str(path) for path in options.receipts if not path.exists()]
    if absent:
        raise WrongCall(f"There is no {absent[0]}.")
    found = []
    for verification in verify(options.receipts):
        print(verification, flush=True)
        found.append(verification.holds)
    print(f"{sum(found)} of {len(found)} receipts hold.")
    return DONE if all(found) else DIFFERS
