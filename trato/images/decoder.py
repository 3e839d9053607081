"""Decode and re-encode one untrusted picture: run as a program, never imported.

`python -I decoder.py LIMITS` reads the picture from its standard input. It writes one line of
JSON, and then the new picture and its thumbnails, whose sizes are in `bytes`. The line is
`{"error": …}` or `{"format": …, "width": …, "height": …, "hash": …, "codes": […], "bytes": […]}`.

It runs in a separate process to contain the damage that a crafted file does to a decoder: the
operating system limits its memory and CPU time, it has no secrets and no connections, and it can be
killed. It has a lower priority than everything else on the machine.
"""

import io
import json
import resource
import sys
from collections.abc import Sequence
from typing import Any

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "WEBP")
STILL_FORMATS = (*FORMATS, "GIF", "HEIF")
ANIMATED = ("GIF", "PNG", "WEBP")  # but a JPEG may have a second picture, as phones' photos do
QUALITY = 85
# Bytes of memory per pixel, measured with Pillow 13. Pillow itself takes four; WebP has two
# canvases and a copy in addition; a progressive JPEG has all coefficients of its colours at once.
PIXEL = 4
WEBP_PIXEL = 15
COEFFICIENT = 2
HEIF_PIXEL = 10  # with the memory of its library
PALETTE_MAX_PIXELS = 12_000_000  # that can be converted, which takes room for two copies
BASE_BYTES = 40 * 2**20  # Python, Pillow, the file, the new picture
HASH_SIDE = 8  # rows of the difference hash, and bits per row
HASH_STEP = 4  # of 255 grey levels; smaller steps are compression noise, as in a white background


class Unfit(Exception):
    """A picture that we don't accept; the code says why."""


def main() -> None:
    """Decode standard input within the limits in the first argument, see `sanitize._decode`."""
    limits = json.loads(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (limits["memory"], limits["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (limits["seconds"], limits["seconds"]))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    answer, picture = _answer(sys.stdin.buffer.read(limits["bytes"] + 1), limits)
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + picture)


def _answer(data: bytes, limits: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    formats = STILL_FORMATS if limits.get("still") else FORMATS
    try:
        if data[4:8] == b"ftyp" and "HEIF" in formats:
            _prepare_heif()
        _check(data, formats, limits)
        picture = _square(_decode(data, formats, limits["new_side"]), limits.get("square", 0))
        codes = _read_codes(picture, limits["codes"]) if limits.get("codes") else []
        answer, content = _encode_all(picture, limits.get("thumbnails", ()))
        return {**answer, "codes": codes}, content
    except Unfit as error:
        return {"error": str(error)}, b""
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return {"error": "too_many_pixels"}, b""
    except MemoryError:
        return {"error": "too_much_memory"}, b""
    except UnidentifiedImageError:
        return {"error": "not_a_picture"}, b""
    except Exception:  # a crafted file can make a decoder fail in any way
        return {"error": "damaged"}, b""


def _prepare_heif() -> None:
    """Let Pillow read HEIC, the format of iPhones, if the optional package is installed."""
    try:
        from pillow_heif import register_heif_opener
    except ImportError as error:
        raise Unfit("no_heif") from error
    register_heif_opener(thumbnails=False)


def _check(data: bytes, formats: tuple[str, ...], limits: dict[str, Any]) -> None:
    """Check size and integrity before decoding any pixels."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":  # Pillow allocates a WebP's canvas on opening
        width, height = _webp_size(data)
        _check_size(width, height, BASE_BYTES + WEBP_PIXEL * width * height, limits)
    with Image.open(io.BytesIO(data), formats=formats) as picture:
        _check_size(*picture.size, _memory(picture, limits["new_side"]), limits)
        if limits.get("still") and picture.format in ANIMATED and _is_animated(picture):
            raise Unfit("animated")
        picture.verify()  # makes the picture unusable, so `_decode` opens it again


def _is_animated(picture: Any) -> bool:
    return bool(getattr(picture, "is_animated", False))


def _check_size(width: int, height: int, memory: int, limits: dict[str, Any]) -> None:
    if max(width, height) > limits["side"]:
        raise Unfit("too_long_side")
    if width * height > limits["pixels"]:
        raise Unfit("too_many_pixels")
    if memory > limits["memory"]:
        raise Unfit("too_much_memory")


def _webp_size(data: bytes) -> tuple[int, int]:
    """Return the size from the header of a WebP (RFC 9649, 2.5 to 2.7)."""
    if data[12:16] == b"VP8X":
        width, height = (int.from_bytes(data[at : at + 3], "little") for at in (24, 27))
        return width + 1, height + 1
    if data[12:16] == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = (int.from_bytes(data[at : at + 2], "little") for at in (26, 28))
    return width & 0x3FFF, height & 0x3FFF


def _memory(picture: Image.Image, new_side: int) -> int:
    """Return how many bytes it takes to decode a picture that isn't a WebP."""
    pixels = picture.width * picture.height
    coefficients = pixels * _coefficients(picture) if picture.info.get("progressive") else 0
    _draft(picture, new_side)  # as in `_decode`
    per_pixel = HEIF_PIXEL if picture.format == "HEIF" else PIXEL
    return BASE_BYTES + per_pixel * picture.width * picture.height + int(COEFFICIENT * coefficients)


def _coefficients(picture: Any) -> float:
    """Return a JPEG's coefficients per pixel: 3, or 1.5 if two channels are quarter-size."""
    layers = [(across, down) for _name, across, down, _table in picture.layer]
    whole = max(across for across, _ in layers) * max(down for _, down in layers)
    return float(sum(across * down for across, down in layers) / whole)


def _decode(data: bytes, formats: tuple[str, ...], new_side: int) -> Image.Image:
    """Return the picture upright, in sRGB and no larger than `new_side` squared."""
    with Image.open(io.BytesIO(data), formats=formats) as file:
        profile = file.info.get("icc_profile")
        _draft(file, new_side)
        file.load()
        picture = _in_shades(file)
        # Shrink by whole factors first, without the copy that `resize` needs; Pillow can't do that
        # for pictures with 16 bits of grey.
        gap = None if picture.mode.startswith("I") else 1.0
        picture.thumbnail((new_side, new_side), Image.Resampling.LANCZOS, reducing_gap=gap)
        return _in_srgb(ImageOps.exif_transpose(picture), profile)


def _in_shades(picture: Image.Image) -> Image.Image:
    """Convert a picture with few colours, which Pillow would shrink by skipping pixels."""
    if picture.mode == "1":
        return picture.convert("L")
    if picture.mode == "P" and picture.width * picture.height <= PALETTE_MAX_PIXELS:
        return picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    return picture


def _square(picture: Image.Image, side: int) -> Image.Image:
    """Return the middle of the picture as a square of `side` pixels; all of it if `side` is 0."""
    return ImageOps.fit(picture, (side, side), Image.Resampling.LANCZOS) if side else picture


def _draft(picture: Image.Image, new_side: int) -> None:
    """Let the JPEG decoder skip what shrinking would throw away; other decoders ignore this."""
    longer = max(picture.size)
    if longer > new_side:
        wanted = [max(1, side * new_side // longer) for side in picture.size]
        picture.draft(None, (wanted[0], wanted[1]))


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Convert the picture to RGB, or to RGBA if it has transparency."""
    if picture.mode.startswith("I"):  # 16 bits of grey, which `convert` would clip
        clear = picture.info.get("transparency")
        picture = picture.point(lambda value: value / 256).convert("L")
        if isinstance(clear, int):
            picture.info["transparency"] = clear >> 8
    mode = "RGBA" if picture.has_transparency_data else "RGB"
    if picture.mode == "RGB":
        picture = picture.convert(mode)  # a profile would change the one transparent colour
    if profile and picture.mode in ("RGB", "RGBA", "CMYK"):
        try:
            converted: Any = ImageCms.profileToProfile(
                picture,
                ImageCms.ImageCmsProfile(io.BytesIO(profile)),
                ImageCms.createProfile("sRGB"),
                outputMode=mode,
            )
        except (ImageCms.PyCMSError, OSError, ValueError):
            return picture.convert(mode)  # don't refuse a photo because of a broken profile
        return converted or picture.convert(mode)
    return picture.convert(mode)


def _encode_all(picture: Image.Image, sides: Sequence[int]) -> tuple[dict[str, Any], bytes]:
    """Encode a picture and its thumbnails, which fit into squares; the largest side comes first."""
    answer: dict[str, Any] = {"width": picture.width, "height": picture.height}
    answer["format"], content = _encode(picture)
    contents = [content]
    for side in sides:
        picture.thumbnail((side, side), Image.Resampling.LANCZOS)
        contents.append(_encode(picture)[1])
    answer["hash"] = _difference_hash(picture)
    return {**answer, "bytes": [len(content) for content in contents]}, b"".join(contents)


def _encode(picture: Image.Image) -> tuple[str, bytes]:
    """Encode only pixels: a new canvas has no comment, no profile and no EXIF data."""
    canvas = Image.new(picture.mode, picture.size)
    canvas.paste(picture)
    buffer = io.BytesIO()
    if canvas.mode == "RGBA":
        canvas.save(buffer, "WEBP", quality=QUALITY)
        return "webp", buffer.getvalue()
    canvas.save(buffer, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return "jpg", buffer.getvalue()


def _difference_hash(picture: Image.Image) -> int | None:
    """Return 64 bits, as a signed number; similar pictures have nearly all of them in common.

    The picture is divided into 9 × 8 fields. Each bit says whether a field is brighter than its
    right neighbour. None for a picture without edges, since all of those have the same bits.
    """
    size = (HASH_SIDE + 1, HASH_SIDE)
    greys = _on(picture, "white").convert("L").resize(size, Image.Resampling.BOX).tobytes()
    bits = 0
    for row in range(HASH_SIDE):
        for column in range(HASH_SIDE):
            at = row * size[0] + column
            bits = bits << 1 | (greys[at] - greys[at + 1] >= HASH_STEP)
    signed = bits - 2**64 if bits >= 2**63 else bits
    return signed if signed not in (0, -1) else None


def _read_codes(picture: Image.Image, limit: int) -> list[str]:
    """Return what the QR codes in a picture say; nothing without the optional package.

    Crafted patterns can take long; then the CPU time limit ends this program, and the picture is
    refused.
    """
    try:
        from zxingcpp import TextMode, barcode_formats_from_str, read_barcodes
    except ImportError:
        return []
    texts: dict[str, None] = {}
    qr = barcode_formats_from_str("QRCode")
    # People see the picture on light or dark pages, and a code may show on only one of them.
    grounds = ("white", "black") if picture.mode == "RGBA" else ("white",)
    for ground in grounds:
        greys = _on(picture, ground).convert("L")
        view = memoryview(greys.tobytes()).cast("B", (greys.height, greys.width))
        codes = read_barcodes(view, formats=qr, text_mode=TextMode.Plain)
        texts |= dict.fromkeys(code.text for code in codes)
    return list(texts)[:limit]


def _on(picture: Image.Image, ground: str) -> Image.Image:
    """Return a picture without transparency, on a background of one colour."""
    if picture.mode != "RGBA":
        return picture
    return Image.alpha_composite(Image.new("RGBA", picture.size, ground), picture)


if __name__ == "__main__":
    main()
