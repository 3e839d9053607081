"""A frame of a WebSocket, where it comes whole: read in one go."""

from django.conf import settings

FIN_TEXT = 0x81  # RFC 6455, section 5.2: the last and only part of a text message
MASKED = 0x80  # as all that a client sends
TWO_BYTES = 126  # stands for the size where that is in the next two bytes


def whole_text(data: bytes) -> str | None:
    """The text, if bytes from a client are exactly one text frame, and one that may come in.

    See RFC 6455, section 5.2, for how a frame is laid out and masked.
    """
    if len(data) < 6 or data[0] != FIN_TEXT:
        return None
    size, start = data[1] ^ MASKED, 2
    if size == TWO_BYTES:
        size, start = int.from_bytes(data[2:4], "big"), 4
        if size < TWO_BYTES:
            return None
    elif size > TWO_BYTES:  # longer still, or not masked
        return None
    mask, masked = data[start : start + 4], data[start + 4 :]
    if len(masked) != size or size > settings.SOCKET_FRAME_MAX_BYTES:
        return None
    key = (mask * (size // 4 + 1))[:size]
    plain = int.from_bytes(masked, "big") ^ int.from_bytes(key, "big")
    try:
        return plain.to_bytes(size, "big").decode()
    except UnicodeDecodeError:
        return None
