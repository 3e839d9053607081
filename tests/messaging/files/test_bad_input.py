"""What people and attackers upload is refused with an explanation, and nothing is half stored."""

import errno
import html
import io
import uuid
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from accounts.models import User
from messaging.files import scanner
from messaging.files.inspection import file_name
from messaging.models import Conversation, File
from tests.trato.images.picture_files import chunk, grey, png, saved
from tests.uploads import PDF, jpeg, post_file

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_hurry")]

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"
MP4 = b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41" + bytes(2000)
FRAME = b"\x21\xf9\4\0\1\0\0\0\x2c\0\0\0\0\1\0\1\0\0\2\2\x44\1\0"
ENDLESS_GIF = b"GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff" + FRAME * 10_000 + b";"


def animated(kind: str) -> bytes:
    steps = [Image.new("RGB", (20, 20), (step * 60, 0, 0)) for step in range(3)]
    return saved(steps[0], kind, save_all=True, append_images=steps[1:])


def zipped() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("index.html", HTML)
    return buffer.getvalue()


def huge_png() -> bytes:
    """A PNG whose header promises 50,000 × 50,000 pixels."""
    tiny = png(9, 9)
    size = (50_000).to_bytes(4, "big") * 2
    return tiny[:8] + chunk(b"IHDR", size + tiny[24:29]) + tiny[33:]


REFUSED = {
    "nothing": (b"", "photo.jpg", "empty"),
    "SVG": (SVG, "drawing.svg", "kind of file"),
    "SVG named .png": (SVG, "drawing.png", "kind of file"),
    "HTML named .jpg": (HTML, "photo.jpg", "kind of file"),
    "HTML after spaces named .pdf": (b"   " + HTML + PDF, "rules.pdf", "kind of file"),
    "a film named .png": (MP4, "photo.png", "kind of file"),
    "a ZIP": (zipped(), "photo.jpg", "kind of file"),
    "a program": (b"MZ" + bytes(500), "photo.jpg", "kind of file"),
    "a TIFF named .jpg": (saved(grey(9, 9), "TIFF"), "photo.jpg", "PNG, WebP or GIF picture"),
    "an icon named .png": (saved(grey(32, 32), "ICO"), "photo.png", "kind of file"),
    "half a JPEG": (jpeg(900, 900)[:2000], "photo.jpg", "damaged"),
    "a JPEG of three bytes": (b"\xff\xd8\xff", "photo.jpg", "damaged"),
    "HTML with the head of a JPEG": (b"\xff\xd8\xff\xe0" + HTML, "photo.jpg", "damaged"),
    "HTML with the head of a GIF": (b"GIF89a" + HTML, "photo.gif", "damaged"),
    "a film with the head of a HEIC": (b"\0\0\0\x20ftypheic" + MP4, "photo.heic", ""),
    "half a PDF": (b"%PDF-1.7\n" + bytes(5000), "rules.pdf", "damaged"),
    "2.5 gigapixels": (huge_png(), "photo.png", "pixels"),
    "a GIF of 10,000 frames": (ENDLESS_GIF, "photo.gif", "animation"),
    "a moving GIF": (animated("GIF"), "photo.gif", "animation"),
    "a moving PNG": (animated("PNG"), "photo.png", "animation"),
    "a moving WebP": (animated("WEBP"), "photo.webp", "animation"),
    "11 MB": (PDF + bytes(11 * 1024**2), "rules.pdf", "larger than 10 MB"),
}


def stored(settings: Any) -> list[Path]:
    folder = Path(settings.STORAGES["private"]["OPTIONS"]["location"])
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.fixture
def client(shopper: User, client_of: Any) -> Client:
    made: Client = client_of(shopper)
    return made


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_still_picture_or_pdf_is_refused_in_words(
    case: str, client: Client, conversation: Conversation, settings: Any
) -> None:
    content, name, words = REFUSED[case]
    client_id = str(uuid.uuid4())
    answer = post_file(client, conversation, content, name, client_id=client_id)
    assert answer.status_code in (400, 413)
    assert answer.json()["client_id"] == client_id
    assert words in answer.json()["detail"]
    assert not File.objects.exists()
    assert stored(settings) == []


TAKEN = {
    "a still GIF": lambda: saved(Image.new("P", (30, 20)), "GIF"),
    "a photo of a phone with a second picture": lambda: saved(
        grey(30, 20), "MPO", save_all=True, append_images=[grey(30, 20)]
    ),
    "a transparent PNG": lambda: saved(grey(30, 20, "RGBA"), "PNG"),
    "a JPEG of four inks": lambda: saved(Image.new("CMYK", (30, 20)), "JPEG"),
    "sixteen bits of grey": lambda: png(30, 20, depth=16),
    "a WebP": lambda: saved(grey(30, 20), "WEBP"),
    "a JPEG with a ZIP behind it": lambda: saved(grey(30, 20), "JPEG") + zipped(),
    "a PNG with a script in its texts": lambda: png(30, 20, chunk(b"tEXt", b"a\0<script>")),
}


@pytest.mark.parametrize("case", TAKEN)
def test_what_is_taken_keeps_nothing_but_its_pixels(
    case: str, client: Client, conversation: Conversation, settings: Any
) -> None:
    answer = post_file(client, conversation, TAKEN[case](), "../../etc/photo.html")
    assert answer.status_code == 200, answer.text
    made = answer.json()
    assert (made["kind"], made["width"], made["height"]) == ("image", 30, 20)
    assert made["name"] in ("photo.jpg", "photo.webp")
    for path in stored(settings):
        content = path.read_bytes()
        assert b"PK\3\4" not in content
        assert b"script" not in content
        assert Image.open(path).format in ("JPEG", "WEBP")
    assert len(stored(settings)) == 3


def test_a_photo_loses_its_place_and_is_upright_in_all_sizes(
    client: Client, conversation: Conversation, settings: Any
) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # rotate by a quarter
    exif.get_ifd(0x8825)[2] = (41.0, 23.0, 12.0)  # the latitude
    made = post_file(client, conversation, saved(grey(900, 300), "JPEG", exif=exif)).json()
    assert (made["width"], made["height"]) == (300, 900)
    pictures = [Image.open(path) for path in stored(settings)]
    assert sorted(picture.size for picture in pictures) == [(107, 320), (213, 640), (300, 900)]
    assert not any(picture.getexif() or "exif" in picture.info for picture in pictures)


def test_a_photo_of_an_iphone_is_taken_or_refused_in_words(
    client: Client, conversation: Conversation
) -> None:
    heif = pytest.importorskip("pillow_heif", reason="the extra `heic` isn't installed")
    heif.register_heif_opener()
    answer = post_file(client, conversation, saved(grey(64, 32), "HEIF"), "IMG_1.HEIC")
    assert answer.json()["name"] == "IMG_1.jpg"


def test_a_pdf_is_only_ever_downloaded(client: Client, conversation: Conversation) -> None:
    polyglot = b"%PDF-1.7\n" + HTML + PDF
    made = post_file(client, conversation, polyglot, "page.html").json()
    assert (made["kind"], made["name"]) == ("pdf", "page.pdf")
    answer = client.get(f"{conversation.get_absolute_url()}files/{made['id']}/")
    assert answer.content == polyglot
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="page.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert client.get(f"{answer.request['PATH_INFO']}thumbnail/").status_code == 404


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../../etc/passwd", "passwd.jpg"),
        (r"C:\Users\me\holiday.heic", "holiday.jpg"),
        ("\u202egpj.exe", "gpj.jpg"),
        ("my %22best%22 cup.png", 'my "best" cup.jpg'),
        ("a%0D%0ASet-Cookie: b.png", "a Set-Cookie: b.jpg"),
        ("a" * 300 + ".png", "a" * 116 + ".jpg"),
        ("ña" * 200, "ña" * 58 + ".jpg"),
        ("  .htaccess", "Picture.jpg"),
        ("two\nlines\x00.jpg", "twolines.jpg"),
        ('quo"te;.jpg', 'quo"te;.jpg'),
        ("\u200b\u2060.jpg", "Picture.jpg"),
        ("....", "Picture.jpg"),
        (None, "Picture.jpg"),
    ],
)
def test_a_name_is_harmless(given: str | None, kept: str) -> None:
    assert file_name(given, "jpg", "Picture") == kept


def test_a_name_with_quotes_and_accents_arrives_as_it_is(
    client: Client, conversation: Conversation
) -> None:
    made = post_file(client, conversation, PDF, "año «1».pdf").json()
    answer = client.get(f"{conversation.get_absolute_url()}files/{made['id']}/")
    assert answer["Content-Disposition"] == (
        "attachment; filename*=utf-8''a%C3%B1o%20%C2%AB1%C2%BB.pdf"
    )


@pytest.mark.parametrize("form", [{"client_id": ""}, {"client_id": "7"}, {"file": ""}])
def test_an_upload_without_a_file_or_key_is_refused(
    form: dict[str, str], client: Client, conversation: Conversation
) -> None:
    assert post_file(client, conversation, PDF, **form).status_code == 400
    assert not File.objects.exists()


def test_a_body_that_is_shorter_than_it_says_stores_nothing(
    client: Client, conversation: Conversation, settings: Any
) -> None:
    body = b"--a\r\nContent-Disposition: form-data; name=client_id\r\n\r\n"
    body += str(uuid.uuid4()).encode() + b"\r\n--a\r\n"
    body += b"Content-Disposition: form-data; name=file; filename=a.jpg\r\n\r\n" + jpeg()[:200]
    answer = client.post(
        f"{conversation.get_absolute_url()}files/",
        body,
        content_type="multipart/form-data; boundary=a",
    )
    assert answer.status_code == 400
    assert stored(settings) == []


def test_a_repeated_upload_gets_the_first_answer_whatever_it_has_now(
    client: Client, conversation: Conversation, settings: Any
) -> None:
    client_id = str(uuid.uuid4())
    contents = (jpeg(), jpeg(), PDF)
    first, *others = (
        post_file(client, conversation, content, client_id=client_id).json() for content in contents
    )
    assert others == [first, first]
    assert len(stored(settings)) == 3  # the photo and its two thumbnails


def test_a_full_disk_is_said_in_words_and_leaves_nothing(
    client: Client, conversation: Conversation, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = FileSystemStorage.save
    saved_names: list[str] = []

    def save(storage: Any, name: str, content: Any, **options: Any) -> str:
        saved_names.append(name)
        if len(saved_names) == 2:  # in the middle of a photo
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(storage, name, content, **options)

    monkeypatch.setattr(FileSystemStorage, "save", save)
    client_id = str(uuid.uuid4())
    answer = post_file(client, conversation, jpeg(), client_id=client_id)
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert "no room" in answer.json()["detail"]
    assert not File.objects.exists()
    assert stored(settings) == []
    assert post_file(client, conversation, jpeg(), client_id=client_id).status_code == 200


def test_an_upload_that_a_killed_server_left_behind_can_be_repeated(
    client: Client, conversation: Conversation, settings: Any
) -> None:
    client_id = str(uuid.uuid4())
    first = post_file(client, conversation, jpeg(), client_id=client_id).json()
    File.objects.update(is_ready=False)  # as if killed before the files were stored
    address = f"{conversation.get_absolute_url()}files/{first['id']}/"
    assert client.get(address).status_code == 404
    again = post_file(client, conversation, jpeg(), client_id=client_id).json()
    assert File.objects.get().pk == again["id"] != first["id"]
    assert len(stored(settings)) == 3


class Suspicious(scanner.Scanner):
    def is_harmless(self, upload: Any) -> bool:
        content = upload.read()
        if b"EICAR-AWAY" in content:
            raise ConnectionRefusedError
        return b"EICAR" not in content


@pytest.mark.parametrize(
    ("inside", "status", "words"),
    [(b"EICAR", 400, "harmful"), (b"EICAR-AWAY", 503, "check"), (b"fine", 200, "")],
)
def test_what_the_scanner_has_not_passed_is_not_stored(
    inside: bytes,
    status: int,
    words: str,
    client: Client,
    conversation: Conversation,
    settings: Any,
) -> None:
    settings.FILE_SCANNER = "tests.messaging.files.test_bad_input.Suspicious"
    answer = post_file(client, conversation, b"%PDF-1.7\n" + inside + PDF, "rules.pdf")
    assert answer.status_code == status
    assert words in answer.json().get("detail", "")
    assert len(stored(settings)) == (status == 200)


def test_a_form_names_the_file_that_is_refused_and_keeps_the_others(
    client: Client, conversation: Conversation
) -> None:
    form = {
        "client_id": str(uuid.uuid4()),
        "body": "Three files",
        "upload": [
            SimpleUploadedFile("good.jpg", jpeg()),
            SimpleUploadedFile("bad.png", MP4),
            SimpleUploadedFile("rules.pdf", PDF),
        ],
    }
    answer = client.post(f"{conversation.get_absolute_url()}new_message/", form)
    assert answer.status_code == 400
    assert "bad.png: We can't send this kind of file." in html.unescape(answer.text)
    assert "Three files" in answer.text
    assert not conversation.messages.exists()
    kept = list(File.objects.order_by("pk"))
    assert [row.name for row in kept] == ["good.jpg", "rules.pdf"]
    for row in kept:
        assert f'name="files" value="{row.pk}"' in " ".join(answer.text.split())
    again = {"client_id": str(uuid.uuid4()), "body": "Two", "files": [row.pk for row in kept]}
    answer = client.post(f"{conversation.get_absolute_url()}new_message/", again)
    assert answer.status_code == 302
    assert conversation.messages.get().files.count() == 2
