"""Complete WebSocket frames (RFC 6455, section 5.2), parsed and built in one go."""

from collections.abc import Sequence
from functools import lru_cache

FIN_TEXT = 0x81  # the only frame of a text message
MASKED = 0x80  # set in all client frames
TWO_BYTES, EIGHT_BYTES = 126, 127  # mean that the size is in the following bytes


def whole_texts(data: bytes, max_bytes: int) -> tuple[list[str], bytes]:
    """Parse a client's text frames at the start of the bytes.

    Returns:
        The texts of whole frames that are not too big, and the bytes after these frames.
    """
    texts, at, length = [], 0, len(data)
    while length - at >= 6 and data[at] == FIN_TEXT:
        size, start = data[at + 1] ^ MASKED, at + 2
        if size == TWO_BYTES:
            size, start = int.from_bytes(data[start : start + 2], "big"), start + 2
            if size < TWO_BYTES:
                break
        elif size > TWO_BYTES:  # longer, or not masked
            break
        begin = start + 4
        end = begin + size
        if end > length or size > max_bytes:
            break
        key = (data[start:begin] * (size // 4 + 1))[:size]
        plain = int.from_bytes(data[begin:end], "big") ^ int.from_bytes(key, "big")
        try:
            texts.append(plain.to_bytes(size, "big").decode())
        except UnicodeDecodeError:
            break
        at = end
    return texts, data[at:]


def frames_of(texts: Sequence[str]) -> bytes:
    """Encode texts as server frames."""
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
