"""A server's memory for large photos: the peak that the system reports."""

import http.client
import io
import os
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from PIL import Image

from accounts.models import User
from messaging.models import Conversation, File
from tests.patience import PATIENCE
from tests.site import CSRF_TOKEN, Site, session_of

MEGABYTE = 1024**2
PHOTOS = 3
BOUNDARY = "a-photo-in-a-form"

pytestmark = pytest.mark.django_db(transaction=True)


def large_photo() -> bytes:
    """Return a noisy JPEG of nearly 10 MB."""
    buffer = io.BytesIO()
    noise = Image.frombytes("RGB", (4000, 3000), os.urandom(4000 * 3000 * 3))
    noise.save(buffer, "JPEG", quality=85)
    assert 6 * MEGABYTE < buffer.tell() <= 10 * MEGABYTE
    return buffer.getvalue()


def post(site: Site, session: str, conversation: Conversation, content: bytes) -> int:
    body = (
        f"--{BOUNDARY}\r\nContent-Disposition: form-data; name=client_id\r\n\r\n{uuid.uuid4()}\r\n"
    )
    body += f"--{BOUNDARY}\r\nContent-Disposition: form-data; name=file; filename=photo.jpg\r\n\r\n"
    headers = {
        "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
        "Cookie": f"csrftoken={CSRF_TOKEN}; {settings.SESSION_COOKIE_NAME}={session}",
        "X-CSRFToken": CSRF_TOKEN,
        "Accept": "application/json",
    }
    connection = http.client.HTTPConnection("127.0.0.1", site.ports[0], timeout=PATIENCE)
    try:
        address = f"{conversation.get_absolute_url()}files/"
        whole = body.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()
        connection.request("POST", address, whole, headers)
        return connection.getresponse().status
    finally:
        connection.close()


def test_a_photo_of_10_mb_takes_less_than_200_mb_of_the_server(
    shopper: User, conversation: Conversation, tmp_path: Path, client_of: Any
) -> None:
    content, session = large_photo(), session_of(shopper)
    with Site.on_test_database(tmp_path) as site:
        site.start()
        before = site.memory()
        statuses = [post(site, session, conversation, content) for _ in range(PHOTOS)]
        status = Path(f"/proc/{site.processes[0].pid}/status").read_text()
    assert statuses == [200] * PHOTOS
    assert File.objects.count() == PHOTOS
    [peak] = [int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")]
    assert peak * 1024 - before < 200 * MEGABYTE
