"""TensorFlow is loaded after triton, whatever imports it, and whenever.

On Linux torch's default build brings triton. Both TensorFlow and triton bring an LLVM, and TensorFlow shows its own to
all that is loaded later: a torch optimiser, which imports triton when it is made, then ends Python without a word
(tensorflow/tensorflow, issue 124205). Loaded first, triton keeps to its own.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib.abc import MetaPathFinder
from types import ModuleType


class _TritonFirst(MetaPathFinder):
    """Finds no module, but sees which one is looked for: at the first look for TensorFlow it imports triton."""

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> None:
        """Find nothing."""
        del path, target
        if name == "tensorflow":
            sys.meta_path.remove(self)
            with suppress(Exception):  # whatever is wrong with it, TensorFlow may do without
                importlib.import_module("triton")


def keep() -> None:
    """Keep the order from now on, in this process."""
    if "tensorflow" not in sys.modules:
        sys.meta_path.insert(0, _TritonFirst())
