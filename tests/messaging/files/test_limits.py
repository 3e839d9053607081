"""Limits on a person's files; other people's files look as if they didn't exist."""

import uuid
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.factories import UserFactory
from accounts.models import User
from catalog.factories import ProductFactory
from messaging import actions
from messaging.factories import ConversationFactory, MessageFactory, ParticipantFactory
from messaging.models import Conversation, File, Message
from messaging.templatetags import message_files
from tests.patience import PATIENCE
from tests.uploads import PDF, post_file, uploaded
from trato.errors import Refused

pytestmark = pytest.mark.django_db(transaction=True)


def pdf(person: User, conversation: Conversation) -> File:
    return uploaded(person, conversation, PDF, "rules.pdf")


@pytest.fixture
def foreign(shopper: User, seller: User, conversation: Conversation) -> dict[str, int]:
    """Files that the shopper can't send in the conversation."""
    other = ConversationFactory(consumer=shopper, product=ProductFactory(shop=conversation.shop))
    theirs = ConversationFactory(product=ProductFactory(), consumer=UserFactory())
    sent = pdf(shopper, conversation)
    actions.send(shopper, conversation.pk, uuid.uuid4(), "Sent", [sent.pk])
    unready = pdf(shopper, conversation)
    File.objects.filter(pk=unready.pk).update(is_ready=False)
    return {
        "the other side's": pdf(seller, conversation).pk,
        "of another conversation": pdf(shopper, other).pk,
        "a stranger's": pdf(theirs.consumer, theirs).pk,
        "sent before": sent.pk,
        "not completely stored": unready.pk,
        "none": 10**9,
    }


def test_files_that_are_not_ones_own_get_the_same_answer_as_none(
    foreign: dict[str, int], shopper: User, conversation: Conversation, client_of: Any
) -> None:
    own, client = pdf(shopper, conversation), client_of(shopper)
    address = conversation.get_absolute_url()
    json = {"accept": "application/json"}
    before = list(File.objects.order_by("pk").values())
    answers = set()
    for case, pk in foreign.items():
        form = {"client_id": str(uuid.uuid4()), "body": "Hi", "files": [own.pk, pk]}
        refused = client.post(f"{address}new_message/", form, headers=json)
        answers.add((refused.status_code, refused.json()["code"], refused.json()["detail"]))
        if case != "sent before":
            statuses = {
                client.get(f"{address}files/{pk}/").status_code,
                client.get(f"{address}files/{pk}/thumbnail/").status_code,
            }
            assert statuses == {404}, case
        assert client.delete(f"{address}files/{pk}/").status_code == 404, case
        assert client.post(f"{address}files/{pk}/", {"alt": "x"}).status_code == 404, case
    assert answers == {(404, "not_found", "A file of this message is gone. Choose it again.")}
    assert list(File.objects.order_by("pk").values()) == before
    assert Message.objects.count() == 1


async def test_the_socket_answers_the_same(
    foreign: dict[str, int], shopper: User, conversation: Conversation, socket_of: Any
) -> None:
    socket = await socket_of(shopper)
    assert (await socket.receive_json_from(timeout=PATIENCE))["type"] == "session.ready"
    for pk in foreign.values():
        client_id = str(uuid.uuid4())
        frame = {"type": "message.send", "conversation": conversation.pk, "client_id": client_id}
        await socket.send_json_to({**frame, "body": "Hi", "files": [pk]})
        answer = await socket.receive_json_from(timeout=PATIENCE)
        assert (answer["type"], answer["code"]) == ("error", "not_found")
        assert answer["client_id"] == client_id
    assert await sync_to_async(Message.objects.count)() == 1


@pytest.mark.parametrize("count", [6, 7])
def test_a_message_has_at_most_six_files(
    count: int, shopper: User, conversation: Conversation
) -> None:
    ids = [pdf(shopper, conversation).pk for _ in range(count)]
    if count == 6:
        actions.send(shopper, conversation.pk, uuid.uuid4(), "", ids)
        assert conversation.messages.get().files.count() == 6
        return
    with pytest.raises(Refused) as refusal:
        actions.send(shopper, conversation.pk, uuid.uuid4(), "", ids)
    assert (refusal.value.code, "at most 6" in str(refusal.value.detail)) == ("invalid", True)
    assert not Message.objects.exists()
    assert File.objects.filter(message=None).count() == 7


def test_a_form_with_a_seventh_file_stores_none_of_them(
    shopper: User, conversation: Conversation, client_of: Any
) -> None:
    uploads = [SimpleUploadedFile(f"{place}.pdf", PDF) for place in range(7)]
    form = {"client_id": str(uuid.uuid4()), "body": "Seven", "upload": uploads}
    answer = client_of(shopper).post(f"{conversation.get_absolute_url()}new_message/", form)
    assert answer.status_code == 400
    assert "at most 6 files" in answer.text
    assert not File.objects.exists()


def test_the_same_file_twice_is_refused(shopper: User, conversation: Conversation) -> None:
    file = pdf(shopper, conversation)
    with pytest.raises(Refused):
        actions.send(shopper, conversation.pk, uuid.uuid4(), "", [file.pk, file.pk])
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    "limit", [{"FILES_PER_PERSON": 2}, {"FILES_PER_PERSON_BYTES": 2 * len(PDF) + 5}]
)
def test_the_quota_counts_one_persons_files_in_all_conversations(
    limit: dict[str, int],
    shopper: User,
    seller: User,
    conversation: Conversation,
    client_of: Any,
    settings: Any,
) -> None:
    [(name, value)] = limit.items()
    setattr(settings, name, value)
    other = ConversationFactory(consumer=shopper, product=ProductFactory(shop=conversation.shop))
    files = [pdf(shopper, conversation), pdf(shopper, other)]
    client = client_of(shopper)
    refused = post_file(client, conversation, PDF)
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert "as many files" in refused.json()["detail"]
    assert post_file(client_of(seller), conversation, PDF).status_code == 200
    client.delete(files[0].url)
    assert post_file(client, conversation, PDF).status_code == 200


def test_uploads_are_counted_per_hour(
    shopper: User, conversation: Conversation, client_of: Any, settings: Any
) -> None:
    settings.FILES_PER_HOUR = 1
    client = client_of(shopper)
    assert post_file(client, conversation, PDF).status_code == 200
    assert post_file(client, conversation, PDF).status_code == 429


def test_nothing_is_uploaded_to_a_conversation_that_has_ended(
    shopper: User, conversation: Conversation, client_of: Any
) -> None:
    Conversation.objects.update(ended_at=timezone.now())
    assert post_file(client_of(shopper), conversation, PDF).status_code == 403
    assert not File.objects.exists()


def test_a_page_of_40_messages_with_40_pictures_costs_at_most_8_queries(
    shopper: User, conversation: Conversation, client_of: Any
) -> None:
    for place in range(41):
        message = MessageFactory(conversation=conversation, attached="photo", body="")
        File.objects.create(
            conversation=conversation, owner=shopper, client_id=uuid.uuid4(), message=message,
            kind="image", name=f"{place}.jpg", extension="jpg", size=9, width=90, height=60,
            is_ready=True,
        )  # fmt: skip
    ParticipantFactory(conversation=conversation, user=shopper, last_read_sequence=41)
    client = client_of(shopper)
    for address in ("", "messages/?since=0"):
        with CaptureQueriesContext(connection) as asked:
            page = client.get(f"{conversation.get_absolute_url()}{address}")
        assert page.text.count("thumbnail/ 1x" if not address else '"kind":"image"') == 40
        assert len(asked) <= 8, "\n".join(query["sql"][:170] for query in asked)


def test_a_description_does_not_turn_the_text_around_it(
    shopper: User, conversation: Conversation, client_of: Any
) -> None:
    own = pdf(shopper, conversation)
    form = {"alt": "The \u202egnp.\u202c rules"}
    assert client_of(shopper).post(own.url, form).status_code == 200
    own.refresh_from_db()
    assert own.alt == "The gnp. rules"


@pytest.mark.parametrize("alt", ["\u2800", "\u200b \u2060", " \t "])
def test_an_invisible_description_is_none(
    alt: str, shopper: User, conversation: Conversation, client_of: Any
) -> None:
    own = pdf(shopper, conversation)
    assert client_of(shopper).post(own.url, {"alt": alt}).json()["alt"] == ""
    assert client_of(shopper).post(own.url, {"alt": f"x{alt}"}).json()["alt"] != ""


@pytest.mark.parametrize("has_extra", [True, False])
def test_phones_are_asked_for_heic_only_where_it_can_be_read(
    has_extra: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(message_files, "find_spec", lambda _name: has_extra or None)
    fields = message_files.accepted_files.__wrapped__().split(",")
    assert ("image/heic" in fields) == has_extra
    assert {"image/jpeg", "application/pdf"} < {*fields}
