"""A person's own picture: who sets it, what is stored, and where it is shown."""

import re
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from accounts import pictures
from accounts.models import User
from messaging.factories import MessageFactory
from messaging.models import Conversation
from tests.products import picture

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_hurry")]

ADDRESS = "/accounts/profile/picture/"


def upload(content: bytes | None = None, name: str = "me.jpg") -> dict[str, Any]:
    return {"picture": SimpleUploadedFile(name, content or picture(size=(640, 360)))}


def stored(user: User) -> str:
    user.refresh_from_db()
    return str(user.picture.name or "")


def test_a_picture_is_a_square_without_metadata_under_a_random_name(
    shopper: User, client_of: Any
) -> None:
    exif = Image.Exif()
    exif[0x010F] = "A camera"
    content = picture(size=(900, 300), exif=exif)
    assert client_of(shopper).post(ADDRESS, upload(content, "lucia.jpg")).status_code == 302
    assert re.fullmatch(r"people/[0-9a-f-]{36}\.jpg", stored(shopper))
    with default_storage.open(stored(shopper)) as file, Image.open(file) as made:
        assert made.size == (256, 256)
        assert not made.getexif()


def test_a_new_picture_replaces_the_file_and_removing_deletes_it(
    shopper: User, client_of: Any
) -> None:
    client = client_of(shopper)
    client.post(ADDRESS, upload())
    first = stored(shopper)
    client.post(ADDRESS, upload())
    second = stored(shopper)
    assert second != first
    assert not default_storage.exists(first)
    assert default_storage.exists(second)
    client.post(ADDRESS, {"remove": "1"})
    assert stored(shopper) == ""
    assert not default_storage.exists(second)


@pytest.mark.parametrize("content", [b"GIF89a", b"<svg/>", picture()[:200]])
def test_what_is_no_picture_is_refused_and_the_old_one_stays(
    content: bytes, shopper: User, client_of: Any
) -> None:
    client = client_of(shopper)
    client.post(ADDRESS, upload())
    before = stored(shopper)
    answer = client.post(ADDRESS, upload(content))
    assert answer.status_code == 400
    assert "field__error" in answer.text
    assert stored(shopper) == before
    assert default_storage.exists(before)


def test_nobody_sets_a_picture_without_logging_in(shopper: User) -> None:
    assert Client().post(ADDRESS, upload()).status_code == 401
    assert Client(enforce_csrf_checks=True).post(ADDRESS, upload()).status_code == 403
    assert stored(shopper) == ""


def test_a_suspended_person_sets_no_picture(suspended: User) -> None:
    with pytest.raises(User.DoesNotExist):
        pictures.set_picture(suspended, None)


def test_pictures_per_hour_are_limited(shopper: User, client_of: Any, settings: Any) -> None:
    settings.PICTURES_PER_HOUR = 1
    client = client_of(shopper)
    client.post(ADDRESS, upload())
    before = stored(shopper)
    assert client.post(ADDRESS, upload()).status_code == 429
    assert stored(shopper) == before


def test_a_full_queue_asks_to_come_back(shopper: User, client_of: Any, settings: Any) -> None:
    settings.IMAGE_QUEUE_MAX = 0
    answer = client_of(shopper).post(ADDRESS, upload())
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert stored(shopper) == ""


def test_the_shop_sees_the_picture_in_its_inbox_and_the_conversation(
    shopper: User, seller: User, conversation: Conversation, client_of: Any
) -> None:
    MessageFactory(conversation=conversation, sender=shopper)
    client = client_of(seller)
    pages = ["/conversations/", conversation.get_absolute_url()]
    counts = [number_of_queries(client, page) for page in pages]
    client_of(shopper).post(ADDRESS, upload())
    for page, count in zip(pages, counts, strict=True):
        assert f'src="/media/{stored(shopper)}"' in client.get(page).text
        assert number_of_queries(client, page) == count


def number_of_queries(client: Client, page: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        client.get(page)
    return len(asked)


def test_colleagues_and_the_person_see_the_picture(
    seller: User, colleague: User, client_of: Any
) -> None:
    client_of(seller).post(ADDRESS, upload())
    for person, page in ((colleague, "/my/team/"), (seller, "/")):
        assert f'src="/media/{stored(seller)}"' in client_of(person).get(page).text
