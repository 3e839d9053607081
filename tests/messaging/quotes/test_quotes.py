"""A quote is of a message in the same conversation, and shows its text as long as it has any."""

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from messaging import actions
from messaging.editing.actions import edit, withdraw
from messaging.message_extras import excerpt_words
from messaging.models import Conversation, Message
from messaging.reactions.actions import react
from tests.exports import said_with_files
from tests.rulings import remove_message
from tests.said import say
from tests.sockets import message_frame, next_frame, send
from tests.uploads import jpeg
from trato.errors import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def quoted(shopper: User, seller: User, conversation: Conversation) -> Conversation:
    """The shopper's question, and an answer that quotes it."""
    say(shopper, conversation, "Is it glzed?")
    actions.send(seller, conversation.pk, uuid.uuid4(), "Yes", quote=1)
    return conversation


def items(client_of: Any, user: User, conversation: Conversation, since: int = 0) -> Any:
    path = f"/conversation/{conversation.pk}/messages/?since={since}"
    return client_of(user).get(path).json()["messages"]


def test_a_quote_says_what_and_whose(
    shopper: User, seller: User, quoted: Conversation, client_of: Any
) -> None:
    for user in (shopper, seller):
        question, answer = items(client_of, user, quoted)
        assert question["quote"] is None
        assert answer["quote"] == {
            "sequence": 1,
            "sender": {"id": shopper.pk, "name": "Lucía Romero"},
            "side": "consumer",
            "excerpt": "Is it glzed?",
            "attached": "",
        }


def test_it_follows_an_edit_and_loses_the_words_with_the_original(
    shopper: User, moderator: User, quoted: Conversation, client_of: Any
) -> None:
    def excerpt() -> str:
        answer = items(client_of, shopper, quoted)[1]
        return str(answer["quote"]["excerpt"])

    edit(shopper, quoted.pk, 1, "Is it glazed?")
    assert excerpt() == "Is it glazed?"
    withdraw(shopper, quoted.pk, 1)
    assert excerpt() == ""
    Message.objects.filter(sequence=1).update(withdrawn_at=None)
    remove_message(moderator, Message.objects.get(sequence=1).pk, "why")
    assert excerpt() == ""


def test_a_withdrawn_message_quotes_nothing(
    seller: User, quoted: Conversation, client_of: Any
) -> None:
    withdraw(seller, quoted.pk, 2)
    assert items(client_of, seller, quoted)[1]["quote"] is None


@pytest.mark.parametrize("quote", ["0", "3", "2147483648", "-1", "x", "1.5", "٣"])
def test_a_number_without_a_message_is_refused(
    quote: str, shopper: User, quoted: Conversation, client_of: Any
) -> None:
    form = {"body": "Well", "client_id": str(uuid.uuid4()), "quote": quote}
    path = f"/conversation/{quoted.pk}/new_message/"
    answer = client_of(shopper).post(path, form, headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert Message.objects.count() == 2


def test_a_repeat_with_another_quote_is_a_conflict(shopper: User, quoted: Conversation) -> None:
    client_id = uuid.uuid4()
    actions.send(shopper, quoted.pk, client_id, "Well", quote=2)
    assert not actions.send(shopper, quoted.pk, client_id, "Well", quote=2).is_new
    for other in (1, None):
        with pytest.raises(Refused) as refusal:
            actions.send(shopper, quoted.pk, client_id, "Well", quote=other)
        assert refusal.value.code == "conflict"


@pytest.mark.django_db(transaction=True)
async def test_the_socket_sends_and_shows_quotes(
    shopper: User, seller: User, quoted: Conversation, socket_of: Any
) -> None:
    asking, answering = await socket_of(shopper), await socket_of(seller)
    for socket in (asking, answering):
        await next_frame(socket, "session.ready")
    await send(asking, **message_frame(quoted, "Good", quote=2))
    for socket in (asking, answering):
        frame = await next_frame(socket, "message.created")
        assert (frame["quote"]["sequence"], frame["quote"]["excerpt"]) == (2, "Yes")
    for wrong in (0, 4, "1", -1, 2**31):
        await send(asking, **message_frame(quoted, "Good", quote=wrong))
        assert (await next_frame(asking, "error"))["code"] == "invalid"


def test_a_page_asks_once_and_only_if_it_has_any(
    shopper: User, seller: User, conversation: Conversation, client_of: Any
) -> None:
    client, path = client_of(shopper), f"/conversation/{conversation.pk}/messages/?since=0"

    def count() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path).status_code == 200
        return len(asked)

    say(shopper, conversation)
    plain = count()
    say(seller, conversation)
    assert count() == plain
    for _ in range(3):
        actions.send(seller, conversation.pk, uuid.uuid4(), "Yes", quote=1)
    assert count() == plain + 1
    for sequence in (1, 2):
        react(seller, conversation.pk, sequence, "👍")
        react(shopper, conversation.pk, sequence, "🙏")
    assert count() == plain + 2
    edit(shopper, conversation.pk, 1, "Is it glazed?")
    assert count() == plain + 2


def test_a_quote_of_files_alone_names_them_in_the_readers_language(
    shopper: User, seller: User, conversation: Conversation, client_of: Any
) -> None:
    said_with_files(shopper, conversation, "", ("bowl.jpg", jpeg()))
    actions.send(seller, conversation.pk, uuid.uuid4(), "Nice", quote=1)
    quote = items(client_of, seller, conversation)[1]["quote"]
    assert (quote["excerpt"], quote["attached"]) == ("", "photo")
    for language, word in (("en", "Photo"), ("es", "Foto")):
        path = conversation.get_absolute_url()
        page = client_of(seller).get(path, headers={"accept-language": language}).text
        shown = page.partition('class="message__quoted"')[2].partition("</span>")[0]
        assert word in shown.split(), language
    withdraw(shopper, conversation.pk, 1)
    quote = items(client_of, seller, conversation)[1]["quote"]
    assert (quote["excerpt"], quote["attached"]) == ("", "")


def test_a_notification_of_files_alone_names_them_in_the_readers_language(
    shopper: User, seller: User, conversation: Conversation, client_of: Any
) -> None:
    said_with_files(shopper, conversation, "", ("one.jpg", jpeg()), ("two.jpg", jpeg()))
    client = client_of(seller)
    for language, word in (("en", "Photos"), ("es", "Fotos")):
        headers = {"accept-language": language}
        answer = client.get("/notifications/unread/", headers=headers).json()
        assert answer["latest"]["excerpt"] == word
        page = client.get("/notifications/", headers=headers).text
        assert word in page
        assert "📎" not in page


def test_a_message_that_says_what_is_stored_for_files_is_shown_as_it_is() -> None:
    assert excerpt_words("photo") == "photo"
    assert excerpt_words("📎 see below") == "📎 see below"
    assert excerpt_words("") == ""
