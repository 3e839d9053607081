"""What a crafted picture may cost, and how many are decoded at once."""

import io
import json
import struct
import subprocess
import sys
import threading
import zlib
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from accounts.models import User
from catalog import image_queue, images
from catalog.image_queue import Abandoned, Busy, Queue, Uploader
from catalog.models import Product, Shop

MEGABYTE = 2**20
PATIENCE = 30  # seconds
# What the decoder of one picture may hold at its worst. It reports its own peak when it ends.
MEASURE = """
import runpy, sys
sys.argv = sys.argv[1:]
try:
    runpy.run_path(sys.argv[0], run_name="__main__")
finally:
    # Not `getrusage`: its peak is also that of the process that started this one.
    [peak] = [line for line in open("/proc/self/status") if line.startswith("VmHWM:")]
    print(peak.split()[1], file=sys.stderr)
"""


@pytest.fixture(autouse=True)
def no_hurry(settings: Any) -> None:
    """Decoders give way to everything else: on a busy machine they take long."""
    settings.IMAGE_DECODER_MAX_SECONDS = settings.IMAGE_QUEUE_SECONDS = 600


def saved(picture: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, *extra: bytes, colour: int = 0, depth: int = 8) -> bytes:
    """A PNG of nothing but zeros, with more chunks."""
    samples = {0: 1, 2: 3, 6: 4}[colour]
    row = 1 + (width * samples * depth + 7) // 8
    packer = zlib.compressobj(1)
    rows = 4096
    parts = [packer.compress(bytes(row * rows)) for _ in range(height // rows)]
    parts += [packer.compress(bytes(row * (height % rows))), packer.flush()]
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    pixels = chunk(b"IDAT", b"".join(parts))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(extra) + pixels + chunk(b"IEND", b"")


@cache
def bomb(size: int = 100 * MEGABYTE) -> bytes:
    """Many zeros in few bytes."""
    packer = zlib.compressobj(1)
    return b"".join(
        [*(packer.compress(bytes(MEGABYTE)) for _ in range(size // MEGABYTE)), packer.flush()]
    )


def animated(kind: str, side: int, frames: int) -> bytes:
    pictures = [Image.new("RGBA", (side, side), (step, 0, 0, 9)) for step in range(frames)]
    return saved(pictures[0], kind, save_all=True, append_images=pictures[1:])


def many_scans(side: int, count: int) -> bytes:
    """A progressive JPEG that refines the same pixels over and over."""
    whole = saved(Image.new("L", (side, side), 128), "JPEG", progressive=True)
    start = whole.rindex(b"\xff\xda")
    last, end = whole[start:-2], whole[-2:]
    return whole[:start] + last * count + end


def grey(width: int, height: int, mode: str = "RGB") -> Image.Image:
    return Image.new(mode, (width, height), 128 if mode == "L" else (9, 99, 199, 128)[: len(mode)])


HOSTILE = {
    "one pixel wide, forty million high": lambda: png(1, 40_000_000),
    "as wide as PNG allows": lambda: png(2**31 - 1, 1, depth=1)[:1000],
    "as many pixels as are allowed, grey": lambda: png(7000, 7000),
    "as many pixels as are allowed, transparent": lambda: png(7000, 7000, colour=6),
    "sixteen bits": lambda: png(6000, 6000, depth=16),
    "sixteen bits of each colour": lambda: png(6000, 6000, depth=16, colour=2),
    "a colour profile that unpacks to 100 MB": lambda: png(
        9, 9, chunk(b"iCCP", b"icc\0\0" + bomb())
    ),
    "a text that unpacks to 100 MB": lambda: png(9, 9, chunk(b"zTXt", b"Comment\0\0" + bomb())),
    "many such texts": lambda: png(9, 9, *[chunk(b"zTXt", b"Comment\0\0" + bomb())] * 20),
    "an international text that unpacks": lambda: png(
        9, 9, chunk(b"iTXt", b"C\0\1\0\0\0" + bomb())
    ),
    "a hundred thousand chunks": lambda: png(9, 9, *[chunk(b"tEXt", b"a\0b")] * 100_000),
    "pixels that unpack beyond their size": lambda: png(9, 9, chunk(b"IDAT", bomb())),
    "a moving PNG": lambda: animated("PNG", 600, 10),
    "a moving WebP": lambda: animated("WEBP", 1800, 3),
    "a large WebP": lambda: saved(grey(12000, 1000), "WEBP", quality=1, method=0),
    "a large lossless WebP": lambda: saved(
        grey(3300, 3300, "RGBA"), "WEBP", lossless=True, quality=0, method=0
    ),
    "a large progressive JPEG": lambda: saved(
        grey(5500, 5500), "JPEG", progressive=True, subsampling=0
    ),
    "a large JPEG of four inks": lambda: saved(
        Image.new("CMYK", (4500, 4500)), "JPEG", progressive=True
    ),
    "a JPEG of a thousand scans": lambda: many_scans(2000, 1000),
    "a JPEG with 10 MB of colour profile": lambda: saved(
        grey(9, 9), "JPEG", icc_profile=bytes(9 * MEGABYTE)
    ),
    "a GIF": lambda: animated("GIF", 500, 30),
    "a TIFF by another name": lambda: saved(grey(99, 99), "TIFF"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_no_picture_takes_more_than_200_mb(case: str) -> None:
    limits = {
        "memory": django_settings.IMAGE_DECODER_MAX_BYTES,
        "seconds": 4,
        "bytes": django_settings.IMAGE_MAX_BYTES,
        "pixels": django_settings.IMAGE_MAX_PIXELS,
        "side": django_settings.IMAGE_MAX_SIDE,
        "new_side": images.MAX_SIDE,
    }
    content = HOSTILE[case]()
    done = subprocess.run(
        [sys.executable, "-I", "-c", MEASURE, str(images.DECODER), json.dumps(limits)],
        input=content[: django_settings.IMAGE_MAX_BYTES],
        capture_output=True,
        check=False,
    )
    if done.returncode == 0:  # else a limit of the operating system ended it
        assert int(done.stderr.split()[-1]) <= 200 * 1024  # KiB
        assert {"format", "error"} & json.loads(done.stdout.partition(b"\n")[0]).keys()
    assert django_settings.IMAGE_DECODER_MAX_BYTES <= 200 * MEGABYTE


@pytest.mark.parametrize(
    "case",
    ["one pixel wide, forty million high", "a JPEG of a thousand scans", "a GIF", "a moving WebP"],
)
def test_a_hostile_picture_is_refused_with_words_or_made_small(case: str, settings: Any) -> None:
    settings.IMAGE_DECODER_MAX_CPU_SECONDS = 4
    upload = SimpleUploadedFile("crafted.png", HOSTILE[case]())
    refusal, made = "", None
    try:
        made = images.sanitize(upload)
    except ValidationError as error:
        refusal = str(error.message)
    assert refusal.startswith("crafted.png: ") or (made is not None)
    assert made is None or max(Image.open(made).size) <= images.MAX_SIDE


@pytest.mark.parametrize(
    ("mode", "size", "options", "code"),
    [
        ("RGB", (12000, 1100), {}, "too_much_memory"),
        ("RGB", (8000, 7000), {}, "too_many_pixels"),
        ("RGBA", (8000, 7000), {}, "too_many_pixels"),
        ("RGBA", (8000, 7000), {"lossless": True}, "too_many_pixels"),
    ],
)
def test_a_webp_that_is_too_large_to_open_says_so(
    mode: str, size: tuple[int, int], options: dict[str, Any], code: str
) -> None:
    content = saved(grey(*size, mode), "WEBP", quality=0, method=0, **options)
    with pytest.raises(ValidationError) as refusal:
        images.sanitize(SimpleUploadedFile("large.webp", content))
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("kind", "size", "options"),
    [
        ("JPEG", (4032, 3024), {}),
        ("JPEG", (8064, 6048), {}),
        ("JPEG", (5400, 5400), {"progressive": True}),
        ("PNG", (6000, 6000), {}),
        ("WEBP", (3648, 2736), {}),
        ("JPEG", (16000, 3000), {}),
    ],
)
def test_what_cameras_and_phones_make_is_taken(
    kind: str, size: tuple[int, int], options: dict[str, Any]
) -> None:
    made = images.sanitize(SimpleUploadedFile("photo", saved(grey(*size), kind, **options)))
    assert max(Image.open(made).size) == images.MAX_SIDE


def test_a_large_picture_of_sixteen_bit_greys_is_taken() -> None:
    made = images.sanitize(SimpleUploadedFile("scan.png", png(4200, 4200, depth=16)))
    assert Image.open(made).size == (2000, 2000)


def test_a_photo_is_upright_after_it_was_made_smaller() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter
    upload = SimpleUploadedFile("photo.jpg", saved(grey(3000, 1500), "JPEG", exif=exif))
    assert Image.open(images.sanitize(upload)).size == (1000, 2000)


def test_the_decoder_is_told_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[Any] = []
    real = subprocess.Popen

    def record(*args: Any, **kwargs: Any) -> Any:
        given.append(kwargs["env"])
        return real(*args, **kwargs)

    monkeypatch.setattr(subprocess, "Popen", record)
    images.sanitize(SimpleUploadedFile("photo.jpg", saved(grey(9, 9), "JPEG")))
    assert given == [{}]


# -- Turns -------------------------------------------------------------------------------------


class Forms:
    """Forms whose pictures are being decoded, each in its thread until it is let go."""

    def __init__(self, queue: Queue) -> None:
        self.queue = queue
        self.running = threading.Semaphore(0)
        self.release = threading.Event()
        self.gone = threading.Event()
        self.ended: list[object] = []
        self.threads: list[threading.Thread] = []

    def start(self, person_id: int) -> None:
        thread = threading.Thread(target=self._have_turn, args=(person_id,), daemon=True)
        self.threads.append(thread)
        thread.start()

    def _have_turn(self, person_id: int) -> None:
        try:
            with self.queue.turn(Uploader(person_id, self.gone.is_set)):
                self.running.release()
                self.release.wait(PATIENCE)
            self.ended.append(person_id)
        except (Busy, Abandoned) as error:
            self.ended.append(type(error))

    def wait_until_queued(self, count: int) -> None:
        with self.queue._changed:
            assert self.queue._changed.wait_for(lambda: len(self.queue._waiting) == count, PATIENCE)

    def finish(self) -> list[object]:
        self.release.set()
        for thread in self.threads:
            thread.join(PATIENCE)
        return self.ended


@pytest.fixture
def forms(settings: Any) -> Iterator[Forms]:
    settings.IMAGE_DECODERS, settings.IMAGE_QUEUE_MAX, settings.IMAGE_FORMS_AT_ONCE = 2, 3, 2
    made = Forms(Queue())
    yield made
    made.finish()


def run_two(forms: Forms) -> None:
    for person in (1, 2):
        forms.start(person)
        assert forms.running.acquire(timeout=PATIENCE)


def test_only_as_many_decode_at_once_as_there_are_decoders(forms: Forms) -> None:
    run_two(forms)
    forms.start(3)
    forms.wait_until_queued(1)
    assert not forms.running.acquire(blocking=False)
    assert sorted(map(str, forms.finish())) == ["1", "2", "3"]


def test_a_full_queue_says_so_at_once(forms: Forms) -> None:
    run_two(forms)
    for waiting, person in enumerate((3, 4, 5), 1):
        forms.start(person)
        forms.wait_until_queued(waiting)
    with pytest.raises(Busy), forms.queue.turn(Uploader(6)):
        pass
    assert len(forms.finish()) == 5


def test_one_person_does_not_fill_the_queue(forms: Forms) -> None:
    run_two(forms)
    forms.start(1)
    forms.wait_until_queued(1)
    with pytest.raises(Busy), forms.queue.turn(Uploader(1)):
        pass
    forms.start(3)  # others still find room
    forms.wait_until_queued(2)
    assert len(forms.finish()) == 4


def test_nobody_waits_longer_than_the_setting_says(forms: Forms, settings: Any) -> None:
    run_two(forms)
    settings.IMAGE_QUEUE_SECONDS = 0
    with pytest.raises(Busy), forms.queue.turn(Uploader(3)):
        pass
    assert sorted(map(str, forms.finish())) == ["1", "2"]


def test_who_has_gone_gives_up_the_place(forms: Forms) -> None:
    run_two(forms)
    forms.start(3)
    forms.wait_until_queued(1)
    forms.gone.set()
    forms.wait_until_queued(0)
    assert Abandoned in forms.finish()


def test_a_decoder_is_killed_when_its_client_has_gone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    endless = tmp_path / "endless.py"
    endless.write_text("import time\nwhile True: time.sleep(9)")
    monkeypatch.setattr(images, "DECODER", endless)
    upload = SimpleUploadedFile("photo.jpg", b"x")
    with pytest.raises(Abandoned):
        images.sanitize(upload, Uploader(1, lambda: True))


def test_a_decoder_that_starts_late_gets_the_whole_picture(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.IMAGE_DECODER_MAX_SECONDS = PATIENCE
    monkeypatch.setattr(images, "LOOK_SECONDS", 0.01)  # looked after before it has read anything
    content = saved(Image.effect_noise((700, 700), 90), "PNG")
    assert len(content) > 2**17  # more than a pipe holds
    assert images.sanitize(SimpleUploadedFile("photo.png", content)).size


# -- The form ----------------------------------------------------------------------------------


def form_for(product: Product) -> dict[str, Any]:
    return {
        "shop": product.shop_id, "title": "A bowl with a long name",
        "category": product.category_id,
        "description": "", "currency": "EUR", "amount": "12.50", "stock": 2,
        "pictures": SimpleUploadedFile("bowl.jpg", saved(grey(9, 9), "JPEG")),
    }  # fmt: skip


@pytest.mark.django_db
def test_a_seller_is_told_when_there_is_no_turn_and_keeps_the_words(
    product: Product, seller: User, client_of: Any, settings: Any
) -> None:
    settings.IMAGE_QUEUE_MAX = 0
    answer = client_of(seller).post("/my/products/new/", form_for(product))
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "A bowl with a long name" in answer.text
    assert Product.objects.count() == 1
    settings.IMAGE_QUEUE_MAX = 1
    assert client_of(seller).post("/my/products/new/", form_for(product)).status_code == 302
    assert Product.objects.count() == 2


@pytest.mark.django_db
def test_pictures_per_hour_are_counted_for_each_person(
    product: Product, seller: User, other_seller: User, client_of: Any, settings: Any
) -> None:
    settings.PICTURES_PER_HOUR = 1
    client = client_of(seller)
    assert client.post("/my/products/new/", form_for(product)).status_code == 302
    answer = client.post("/my/products/new/", form_for(product))
    assert answer.status_code == 429
    assert "A bowl with a long name" in answer.text
    others = form_for(product) | {"shop": Shop.objects.get(slug="north-loom").pk}
    assert client_of(other_seller).post("/my/products/new/", others).status_code == 302


@pytest.mark.django_db
def test_a_form_without_pictures_waits_for_nobody(
    product: Product, seller: User, client_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(image_queue.Queue, "turn", None)
    form = form_for(product)
    del form["pictures"]
    assert client_of(seller).post("/my/products/new/", form).status_code == 302
    assert Client().get("/products/").status_code == 200
