"""A photo's path: uploaded, sent, and seen by the other side but by nobody else."""

import io
import json
import uuid
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.test import Client
from PIL import Image

from accounts.models import User
from messaging import actions
from messaging.models import Conversation, File, Message
from tests.patience import PATIENCE
from tests.uploads import PDF, jpeg, post_file, uploaded

pytestmark = pytest.mark.usefixtures("no_hurry")


def send(client: Client, conversation: Conversation, **form: Any) -> Any:
    form.setdefault("client_id", str(uuid.uuid4()))
    return client.post(
        f"{conversation.get_absolute_url()}new_message/",
        form,
        headers={"accept": "application/json"},
    )


@pytest.mark.django_db
def test_an_uploaded_photo_is_sent_and_fetched_by_the_other_side(
    shopper: User, seller: User, stranger: User, conversation: Conversation, client_of: Any
) -> None:
    answer = post_file(client_of(shopper), conversation, jpeg(3000, 1500)).json()
    assert answer.pop("id")
    assert answer.pop("size") > 0
    assert answer == {
        "kind": "image", "name": "photo.jpg", "width": 2000, "height": 1000, "alt": "",
    }  # fmt: skip
    row = File.objects.get()
    sent = send(client_of(shopper), conversation, body="This one", files=row.pk).json()
    assert [file["id"] for file in sent["message"]["files"]] == [row.pk]
    fetched = client_of(seller).get(row.url)
    assert fetched["Content-Type"] == "image/jpeg"
    assert Image.open(io.BytesIO(fetched.content)).size == (2000, 1000)
    for size, width in (("", 320), ("?size=large", 640)):
        small = client_of(seller).get(f"{row.thumbnail_url}{size}")
        assert Image.open(io.BytesIO(small.content)).size == (width, width // 2)
    for address in (row.url, row.thumbnail_url):
        assert client_of(stranger).get(address).status_code == 404
    for person in (shopper, seller):
        assert row.thumbnail_url in client_of(person).get(conversation.get_absolute_url()).text


@pytest.mark.django_db
def test_head_answers_like_get_without_the_bytes(
    shopper: User, stranger: User, conversation: Conversation, client_of: Any
) -> None:
    row = uploaded(shopper, conversation)
    for address in (row.url, row.thumbnail_url):
        head, whole = (getattr(client_of(shopper), method)(address) for method in ("head", "get"))
        assert head.status_code == 200
        assert not head.content
        for header in ("Content-Type", "Content-Length", "ETag", "Cache-Control"):
            assert head[header] == whole[header]
        assert client_of(stranger).head(address).status_code == 404


@pytest.mark.django_db
def test_an_unsent_file_is_only_its_owners(
    shopper: User, seller: User, conversation: Conversation, client_of: Any
) -> None:
    row = uploaded(shopper, conversation)
    assert client_of(shopper).get(row.url).status_code == 200
    assert client_of(seller).get(row.url).status_code == 404
    assert client_of(seller).delete(row.url).status_code == 404
    assert send(client_of(seller), conversation, body="Mine", files=row.pk).status_code == 404
    assert File.objects.get().message_id is None
    assert not Message.objects.exists()


@pytest.mark.django_db
def test_a_message_needs_no_words_if_it_has_files(
    shopper: User, seller: User, conversation: Conversation, client_of: Any
) -> None:
    files = [uploaded(shopper, conversation), uploaded(shopper, conversation, PDF, "rules.pdf")]
    sent = send(client_of(shopper), conversation, files=[file.pk for file in files]).json()
    assert [file["name"] for file in sent["message"]["files"]] == ["photo.jpg", "rules.pdf"]
    assert send(client_of(shopper), conversation, body=" ").status_code == 400
    rows = client_of(seller).get("/conversations/", headers={"accept": "application/json"})
    assert rows.json()["rows"][0]["preview"] == "Files"


@pytest.mark.django_db
def test_a_repeat_is_the_same_message_only_with_the_same_files(
    shopper: User, conversation: Conversation, client_of: Any
) -> None:
    first, other = uploaded(shopper, conversation), uploaded(shopper, conversation)
    form = {"client_id": str(uuid.uuid4()), "body": "Look", "files": first.pk}
    client = client_of(shopper)
    answers = [send(client, conversation, **form).json() for _ in range(2)]
    assert answers[0] == answers[1]
    refused = send(client, conversation, **form | {"files": other.pk})
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    assert Message.objects.count() == 1


@pytest.mark.django_db(transaction=True)
async def test_both_sides_get_a_message_with_its_files_in_order(
    shopper: User, seller: User, conversation: Conversation, socket_of: Any
) -> None:
    file = await sync_to_async(uploaded)(shopper, conversation)
    sockets = [await socket_of(person) for person in (shopper, seller)]
    for socket in sockets:
        assert (await socket.receive_json_from(timeout=PATIENCE))["type"] == "session.ready"
    bodies = ["one", "with a photo", "three"]
    for body in bodies:
        files = [file.pk] if "photo" in body else []
        frame = {"type": "message.send", "conversation": conversation.pk, "body": body}
        await sockets[0].send_json_to({**frame, "client_id": str(uuid.uuid4()), "files": files})
    got: list[Any] = []
    while len(got) < 3:
        frame = await sockets[1].receive_json_from(timeout=PATIENCE)
        if frame["type"] == "message.created":
            got.append((frame["sequence"], frame["body"], [one["id"] for one in frame["files"]]))
    assert got == [(1, "one", []), (2, "with a photo", [file.pk]), (3, "three", [])]


@pytest.mark.django_db
def test_a_client_that_resumes_gets_the_files(
    shopper: User, seller: User, conversation: Conversation, client_of: Any
) -> None:
    row = uploaded(shopper, conversation)
    actions.send(shopper, conversation.pk, uuid.uuid4(), "", [row.pk])
    state = client_of(seller).get(f"{conversation.get_absolute_url()}messages/").json()
    assert [file["id"] for file in state["messages"][0]["files"]] == [row.pk]
    assert json.dumps(state).count('"files"') == 1
