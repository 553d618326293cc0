"""The wire between the examiner and the student's process: what may travel, and how it is written and read.

Plain data travels: None, bool, int, float, str, list, tuple, dict, arrays and tensors of numbers (NumPy, torch,
TensorFlow), pandas frames of these; and, towards the student only, functions as source text. Nothing is pickled in
either direction.

What this guarantees to the reader of a message: whatever bytes the other side sends, reading them gives an object that
is made of the exact base types above and of `Foreign`, which stands for an object that could not travel, or raises
`Malformed`. It runs no code of the other side, and it takes no more memory than a small multiple of `FRAME_LIMIT`.
"""

from gdhelpers.wire.frame import FRAME_LIMIT, Lost, Malformed, Stream

__all__ = ["FRAME_LIMIT", "SOCKET", "Lost", "Malformed", "Stream"]

SOCKET = "wire"
"""The socket in the run folder of a sandbox at which the examiner's side waits for the agent."""
