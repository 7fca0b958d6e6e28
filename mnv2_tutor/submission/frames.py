"""Messages to and from a process that runs a learner's code: a length, then JSON.

What comes from there is untrusted: it must come whole within its time, be of a sane size, and be a
JSON object. Nothing is ever unpickled.
"""

import json
import socket
import struct
import time
from typing import Any

LARGEST = 24_000_000
"""Bytes of one message. The observation of a whole network takes a tenth of it."""
_HEADER = struct.Struct(">I")


class Late(Exception):
    """Nothing whole came in time."""


class Broken(Exception):
    """The other side hung up, or sent what is no message. ``str(error)`` says which."""


def send(channel: socket.socket, message: dict[str, Any], seconds: float | None = None) -> None:
    """Send one message.

    Raises:
        Late: the other side did not take it within ``seconds``.
        Broken: it hung up.
    """
    data = json.dumps(message).encode()
    if len(data) > LARGEST:
        raise Broken("the message is too large")
    channel.settimeout(seconds)
    try:
        channel.sendall(_HEADER.pack(len(data)) + data)
    except TimeoutError:
        raise Late from None
    except OSError:
        raise Broken("it hung up") from None


def receive(channel: socket.socket, seconds: float | None = None) -> dict[str, Any]:
    """Wait for one message.

    Raises:
        Late: it did not come whole within ``seconds``.
        Broken: the other side hung up, or sent something else.
    """
    until = None if seconds is None else time.monotonic() + seconds
    (size,) = _HEADER.unpack(_exactly(channel, _HEADER.size, until))
    if size > LARGEST:
        raise Broken("its answer is too large")
    try:
        message = json.loads(_exactly(channel, size, until))
    except (ValueError, RecursionError):
        message = None
    if not isinstance(message, dict):
        raise Broken("its answer cannot be read")
    return message


def _exactly(channel: socket.socket, size: int, until: float | None) -> bytes:
    parts = bytearray()
    while len(parts) < size:
        left = None if until is None else until - time.monotonic()
        if left is not None and left <= 0:
            raise Late
        channel.settimeout(left)
        try:
            part = channel.recv(min(size - len(parts), 1 << 20))
        except TimeoutError:
            raise Late from None
        except OSError:
            part = b""
        if not part:
            raise Broken("it hung up")
        parts += part
    return bytes(parts)
