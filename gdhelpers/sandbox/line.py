"""The line on which the processes of a sandbox tell its warden how they are."""

from __future__ import annotations

import json
import socket
import struct
from contextlib import suppress
from typing import Any

from gdhelpers.system import LINUX

_CREDENTIALS = struct.Struct("iii")


class Line:
    """One end of a stream of messages; the kernel tells who sent each, as the receiver numbers processes."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end

    @classmethod
    def pair(cls) -> tuple[Line, Line]:
        """Return the warden's end and the other."""
        near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        if LINUX:
            near.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        return cls(near), cls(far)

    def fileno(self) -> int:
        """Return the descriptor, for poll."""
        return self._end.fileno()

    def close(self) -> None:
        """Close this end."""
        self._end.close()

    def send(self, **message: Any) -> None:
        """Send a message; that nobody listens any more is no error."""
        with suppress(BrokenPipeError, ConnectionResetError):
            self._end.sendall(json.dumps(message).encode() + b"\n")

    def receive(self) -> list[tuple[dict[str, Any], int]]:
        """Wait for messages, and return them with the process that sent them; none are left when all have hung up."""
        try:
            data, ancillary, _, _ = self._end.recvmsg(1 << 16, socket.CMSG_SPACE(_CREDENTIALS.size))
        except ConnectionResetError:
            return []
        sender = next((_CREDENTIALS.unpack(value)[0] for level, _, value in ancillary if level == socket.SOL_SOCKET), 0)
        # The kernel never joins what two processes sent, and each message is far shorter than its buffers.
        return [(json.loads(each), sender) for each in data.splitlines()]
