"""Picture files for uploads."""

import io
import struct
import zlib
from typing import Any

from PIL import Image


def saved(picture: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def grey(width: int, height: int, mode: str = "RGB") -> Image.Image:
    return Image.new(mode, (width, height), 128 if mode == "L" else (9, 99, 199, 128)[: len(mode)])


def chunk(kind: bytes, data: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, *extra: bytes, colour: int = 0, depth: int = 8) -> bytes:
    """Return a PNG of only zeros, with extra chunks."""
    samples = {0: 1, 2: 3, 6: 4}[colour]
    row = 1 + (width * samples * depth + 7) // 8
    packer = zlib.compressobj(1)
    rows = 4096
    parts = [packer.compress(bytes(row * rows)) for _ in range(height // rows)]
    parts += [packer.compress(bytes(row * (height % rows))), packer.flush()]
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    pixels = chunk(b"IDAT", b"".join(parts))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(extra) + pixels + chunk(b"IEND", b"")
