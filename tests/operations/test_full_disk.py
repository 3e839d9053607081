"""On a full disk, uploads are refused with an explanation, and everything else continues."""

import errno
import tempfile
import uuid
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from catalog.models import Product
from config.handler import ThreadedHandler
from messaging.models import Conversation, File
from tests.products import form_for, picture
from tests.site import CSRF_TOKEN, JSON, Site, session_of
from tests.uploads import PDF, jpeg, post_file

pytestmark = pytest.mark.django_db(transaction=True)

FULL = "There is no room for files right now."


class SmallDisk(Site):
    """A server on which a file can't have more than a few megabytes."""

    command = ("-m", "tests.operations.small_disk", "--port")


@pytest.fixture(scope="module")
def site(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with SmallDisk.on_test_database(tmp_path_factory.mktemp("site")) as made:
        made.start()
        yield made


def fail(*args: Any, **extras: Any) -> Any:
    raise OSError(errno.ENOSPC, "No space left on device")


def sent(site: Site, user: User, conversation: Conversation, content: bytes) -> tuple[int, str]:
    cookie = f"csrftoken={CSRF_TOKEN}; {settings.SESSION_COOKIE_NAME}={session_of(user)}"
    headers = {"Cookie": cookie, "X-CSRFToken": CSRF_TOKEN, "Accept": JSON}
    headers["Content-Type"] = "multipart/form-data; boundary=edge"
    head = "--edge\r\nContent-Disposition: form-data; name={}\r\n\r\n"
    named = head.format("client_id") + f"{uuid.uuid4()}\r\n" + head.format("file; filename=a.pdf")
    body = named.encode() + content + b"\r\n--edge--\r\n"
    line = HTTPConnection("127.0.0.1", site.ports[0], timeout=60)
    line.request("POST", f"{conversation.get_absolute_url()}files/", body, headers)
    response = line.getresponse()
    return response.status, response.read().decode()


def test_an_upload_for_which_the_server_has_no_room_is_refused(
    site: Site, shopper: User, conversation: Conversation
) -> None:
    status, text = sent(site, shopper, conversation, PDF + bytes(9 * 1024**2) + PDF)
    assert (status, '"unavailable"' in text) == (503, True)
    assert not File.objects.exists()
    status, text = sent(site, shopper, conversation, PDF)
    assert (status, '"pdf"' in text) == (200, True)


@pytest.mark.parametrize("accept", ["text/html", JSON])
async def test_a_body_that_the_application_has_no_room_for_is_refused(accept: str) -> None:
    handler, parts = ThreadedHandler(), []

    async def send(part: Any) -> None:
        parts.append(part)

    handler.read_body = fail  # type: ignore[method-assign]
    headers = [(b"accept", accept.encode()), (b"host", b"testserver")]
    scope = {"type": "http", "method": "POST", "path": "/", "headers": headers}
    await handler(scope, fail, send)
    assert parts[0]["status"] == 503
    assert FULL in parts[1]["body"].decode()


def test_a_picture_that_the_decoder_has_no_room_for_is_refused(
    shopper: User, conversation: Conversation, client_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "TemporaryFile", fail)
    answer = post_file(client_of(shopper), conversation, jpeg())
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert FULL in answer.json()["detail"]
    assert not File.objects.exists()


def test_a_form_for_which_there_is_no_room_gives_the_words_back(
    seller: User, product: Product, client_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client: Client = client_of(seller)
    monkeypatch.setattr(tempfile, "TemporaryFile", fail)
    bowl = SimpleUploadedFile("bowl.jpg", picture())
    form = form_for(product, description="Ten lines about the glaze")
    answer = client.post(f"/my/products/{product.slug}/", {**form, "pictures": bowl})
    assert (answer.status_code, FULL in answer.text) == (503, True)
    assert "Ten lines about the glaze</textarea>" in answer.text
