"""A layer that could not be applied."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class LayerError(Exception):
    """One layer of the sandbox could not be applied; the text names the layer and the reason."""


def explained(error: BaseException) -> str:
    """Return what an error says, in the words of a layer if it is one of a layer."""
    return str(error) if isinstance(error, LayerError) else f"sandbox: {error!r}"


@contextmanager
def layer(name: str) -> Iterator[None]:
    """Name the layer in which an error happened."""
    try:
        yield
    except LayerError:
        raise
    except OSError as error:
        # The number of an error says nothing to an instructor; the name of a file does.
        place = f": {error.filename}" if error.filename else ""
        raise LayerError(f"{name}: {error.strerror or error}{place}") from error
    except Exception as error:
        raise LayerError(f"{name}: {error}") from error
