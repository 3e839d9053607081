"""WebSocket frames as bytes (RFC 6455): only what the measuring client needs, but fast."""

import os

TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA
FIN, MASKED = 0x80, 0x80


def split(data: bytes) -> tuple[list[tuple[int, bytes]], bytes]:
    """Split what a server sent into complete frames and remaining bytes.

    Args:
        data: the remaining bytes from the last call, and what has arrived since.

    Returns:
        Opcode and payload of each frame, and the beginning of an incomplete frame.

    Raises:
        ValueError: a frame is masked or fragmented, which no server under test does.
    """
    frames = []
    start, end = 0, len(data)
    while end - start >= 2:
        opcode, length = data[start], data[start + 1]
        if not opcode & FIN or length & MASKED:
            raise ValueError("a masked or fragmented frame")
        body = start + 2
        if length == 126:
            body += 2
            length = int.from_bytes(data[start + 2 : body], "big")
        elif length == 127:
            body += 8
            length = int.from_bytes(data[start + 2 : body], "big")
        if body + length > end:
            break
        frames.append((opcode & 0x0F, data[body : body + length]))
        start = body + length
    return frames, data[start:] if start else data


class Mask:
    """Masks one client's frames, always with the same key; servers don't notice."""

    def __init__(self) -> None:
        self._key = os.urandom(4)
        self._pads: dict[int, int] = {}  # the repeated key as one number, by length

    def frame(self, payload: bytes, opcode: int = TEXT) -> bytes:
        """Return a masked frame, ready to be sent."""
        length = len(payload)
        pad = self._pads.get(length)
        if pad is None:
            repeated = self._key * (length // 4 + 1)
            pad = self._pads[length] = int.from_bytes(repeated[:length], "big")
        masked = (int.from_bytes(payload, "big") ^ pad).to_bytes(length, "big")
        return _head(opcode, length) + self._key + masked


def _head(opcode: int, length: int) -> bytes:
    if length < 126:
        return bytes((FIN | opcode, MASKED | length))
    if length < 1 << 16:
        return bytes((FIN | opcode, MASKED | 126)) + length.to_bytes(2, "big")
    return bytes((FIN | opcode, MASKED | 127)) + length.to_bytes(8, "big")
