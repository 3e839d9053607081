"""Files to upload, and how a browser uploads them."""

import uuid
from typing import Any

import zxingcpp
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from accounts.models import User
from messaging.files import actions
from messaging.models import Conversation, File
from tests.trato.images.picture_files import grey, saved
from trato.images.queue import Uploader

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def jpeg(width: int = 60, height: int = 40) -> bytes:
    return saved(grey(width, height), "JPEG")


def qr_code(text: str, background: str = "white") -> bytes:
    """A photo with a QR code in it, as a PNG."""
    code: Any = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode)
    view = memoryview(code.to_image(scale=4))
    height, width = view.shape or (0, 0)
    picture = Image.new("RGB", (600, 400), background)
    picture.paste(Image.frombuffer("L", (width, height), view.tobytes()), (90, 60))
    return saved(picture, "PNG")


def post_file(
    client: Client, conversation: Conversation, content: bytes, name: str = "photo.jpg", **form: Any
) -> Any:
    """Upload as a script does; returns the response."""
    form.setdefault("client_id", str(uuid.uuid4()))
    return client.post(
        f"{conversation.get_absolute_url()}files/",
        {"file": SimpleUploadedFile(name, content), **form},
        headers={"accept": "application/json"},
    )


def uploaded(
    person: User, conversation: Conversation, content: bytes | None = None, name: str = "photo.jpg"
) -> File:
    """Upload a file with the action; a small photo if no content is given."""
    file = SimpleUploadedFile(name, content or jpeg())
    return actions.upload(person, conversation.pk, uuid.uuid4(), file, Uploader(person.pk))
