"""Complete WebSocket frames (RFC 6455, section 5.2), read and written in one go."""

from collections.abc import Sequence
from functools import lru_cache

FIN_TEXT = 0x81  # the only frame of a text message
MASKED = 0x80  # set in all frames of a client
TWO_BYTES, EIGHT_BYTES = 126, 127  # instead of the size, which is in the next bytes


def whole_text(data: bytes, max_bytes: int) -> str | None:
    """Return the text if the bytes are exactly one text frame of a client, and not too big."""
    if len(data) < 6 or data[0] != FIN_TEXT:
        return None
    size, start = data[1] ^ MASKED, 2
    if size == TWO_BYTES:
        size, start = int.from_bytes(data[2:4], "big"), 4
        if size < TWO_BYTES:
            return None
    elif size > TWO_BYTES:  # longer, or not masked
        return None
    mask, masked = data[start : start + 4], data[start + 4 :]
    if len(masked) != size or size > max_bytes:
        return None
    key = (mask * (size // 4 + 1))[:size]
    plain = int.from_bytes(masked, "big") ^ int.from_bytes(key, "big")
    try:
        return plain.to_bytes(size, "big").decode()
    except UnicodeDecodeError:
        return None


def frames_of(texts: Sequence[str]) -> bytes:
    """Encode texts as frames of a server."""
    return frame_of(texts[0]) if len(texts) == 1 else b"".join(map(frame_of, texts))


@lru_cache(maxsize=256)  # the same text goes to many sockets
def frame_of(text: str) -> bytes:
    """Encode a text as one unmasked frame."""
    payload = text.encode()
    size = len(payload)
    if size < TWO_BYTES:
        return bytes((FIN_TEXT, size)) + payload
    if size < 2**16:
        return bytes((FIN_TEXT, TWO_BYTES)) + size.to_bytes(2, "big") + payload
    return bytes((FIN_TEXT, EIGHT_BYTES)) + size.to_bytes(8, "big") + payload
