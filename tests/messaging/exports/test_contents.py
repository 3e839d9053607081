"""An export contains everything that the person sees of the conversation, and nothing else."""

import uuid
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from accounts.models import User
from messaging import actions
from messaging.editing.actions import edit, withdraw
from messaging.exports import contents
from messaging.factories import ConversationFactory
from messaging.files.actions import delete_stored
from messaging.models import Conversation, File
from messaging.notes.actions import add as add_note
from messaging.reactions.actions import react
from tests.exports import everything_in, exported, json_of, page_of, said_with_files
from tests.rulings import remove_message
from tests.said import say
from tests.uploads import PDF, jpeg, uploaded

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_hurry")]

HOSTILE = "</p><script>alert(1)</script><img src=//evil.example/x onerror=alert(2)>{{ 7|add:7 }}"


@pytest.fixture
def talk(conversation: Conversation, shopper: User, seller: User) -> Conversation:
    """A question with a photo and a PDF, an answer that quotes it, and thanks."""
    files = (("the bowl.jpg", jpeg()), ("rules.pdf", PDF))
    said_with_files(shopper, conversation, "Is it glazed?", *files)
    actions.send(seller, conversation.pk, uuid.uuid4(), "Yes, outside too.", quote=1)
    edit(seller, conversation.pk, 2, "Yes, inside too.")
    react(shopper, conversation.pk, 2, "🙏")
    return conversation


def test_the_page_says_who_wrote_what_when_and_links_the_files(
    talk: Conversation, shopper: User, client_of: Any
) -> None:
    client = client_of(shopper)
    client.cookies["timezone"] = "Asia/Tokyo"
    archive = exported(client, talk)
    page = page_of(archive)
    for text in (
        "Conversation with Barro y Sal", "Speckled bowl", "Lucía Romero", "Is it glazed?",
        "Marta Vidal", "Yes, inside too.", "edited", "🙏 Lucía Romero", "Asia/Tokyo", "JST",
        'href="#message-1"', 'src="files/1-1%20the%20bowl.jpg"', 'href="files/1-2%20rules.pdf"',
    ):  # fmt: skip
        assert text in page, text
    sent_at = talk.messages.get(sequence=1).created_at.astimezone(ZoneInfo("Asia/Tokyo"))
    for name in ("files/1-1 the bowl.jpg", "files/1-2 rules.pdf"):
        assert archive.getinfo(name).date_time[:5] == sent_at.timetuple()[:5]
    assert archive.read("files/1-2 rules.pdf") == PDF
    assert archive.read("files/1-1 the bowl.jpg").startswith(b"\xff\xd8\xff")


def test_the_json_has_the_messages_of_the_protocol(
    talk: Conversation, shopper: User, client_of: Any
) -> None:
    client = client_of(shopper)
    exported_json = json_of(exported(client, talk))
    state = client.get(f"{talk.get_absolute_url()}messages/?since=0").json()
    paths = [[file.pop("path") for file in m["files"]] for m in exported_json["messages"]]
    assert exported_json["messages"] == state["messages"]
    assert paths == [["files/1-1 the bowl.jpg", "files/1-2 rules.pdf"], []]
    assert (exported_json["version"], exported_json["side"]) == (1, "consumer")
    assert exported_json["revision"] == state["revision"]


def test_it_is_in_the_readers_language(talk: Conversation, shopper: User, client_of: Any) -> None:
    client = client_of(shopper)
    client.cookies["django_language"] = "es"
    page = page_of(exported(client, talk))
    assert '<html lang="es">' in page
    assert "Conversación con Barro y Sal" in page


def test_a_hostile_text_is_only_text(
    conversation: Conversation, shopper: User, seller: User, client_of: Any
) -> None:
    say(shopper, conversation, HOSTILE)
    actions.send(seller, conversation.pk, uuid.uuid4(), "What?", quote=1)
    page = page_of(exported(client_of(seller), conversation))
    assert "<script" not in page
    assert page.count("<img") == page.count("<iframe") == page.count("onerror=alert(2)&gt;") - 2
    assert "&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "{{ 7|add:7 }}" in page
    assert "default-src &#x27;none&#x27;" in page or "default-src 'none'" in page


def test_the_teams_own_matters_are_in_nobodys_export(
    talk: Conversation, shopper: User, seller: User, client_of: Any
) -> None:
    add_note(seller, talk.pk, uuid.uuid4(), "Ask Iker about the quartzite")
    for person in (shopper, seller):
        text = everything_in(exported(client_of(person), talk))
        assert "quartzite" not in text
        assert "Yes, outside too." not in text  # the earlier text
        assert "client_id" in text


@pytest.mark.parametrize("act", ["edit", "withdraw", "remove"])
def test_old_words_and_files_are_in_no_export_made_afterwards(
    act: str,
    conversation: Conversation,
    shopper: User,
    seller: User,
    moderator: User,
    client_of: Any,
) -> None:
    asked = said_with_files(shopper, conversation, "A quartzite bowl?", ("quartzite.pdf", PDF))
    actions.send(seller, conversation.pk, uuid.uuid4(), "Which one?", quote=1)
    react(seller, conversation.pk, 1, "😢")
    archive = exported(client_of(seller), conversation)
    assert everything_in(archive).count("quartzite") >= 5
    if act == "edit":
        edit(shopper, conversation.pk, 1, "A stone bowl?")
    elif act == "withdraw":
        withdraw(shopper, conversation.pk, 1)
    else:
        remove_message(moderator, asked.pk, "No")
    for person in (shopper, seller):
        archive = exported(client_of(person), conversation)
        said, names = everything_in(archive), archive.namelist()
        if act == "edit":
            assert "A quartzite" not in said
            assert "files/1-1 quartzite.pdf" in names
            continue
        assert "quartzite" not in said
        assert "😢" not in said
        assert names == ["conversation.html", "conversation.json"]
        line = "was withdrawn" if act == "withdraw" else "was removed by our staff"
        assert line in page_of(archive)
        assert "This message isn&#x27;t there any more." in page_of(archive).replace("'", "&#x27;")


def test_unsent_files_and_those_of_other_conversations_are_not_in_it(
    talk: Conversation, shopper: User, client_of: Any
) -> None:
    other = ConversationFactory(consumer=shopper, shop=talk.shop)
    said_with_files(shopper, other, "Elsewhere", ("elsewhere.pdf", PDF))
    uploaded(shopper, talk, PDF, "unsent.pdf")
    text = everything_in(exported(client_of(shopper), talk))
    assert "elsewhere" not in text.lower()
    assert "unsent" not in text


def test_a_file_that_is_lost_leaves_the_rest_intact(
    talk: Conversation, shopper: User, client_of: Any
) -> None:
    delete_stored(File.objects.get(name="rules.pdf").stored_names())
    names = exported(client_of(shopper), talk).namelist()
    assert names == ["conversation.html", "conversation.json", "files/1-1 the bowl.jpg"]


def test_a_long_conversation_is_read_page_by_page(
    conversation: Conversation, shopper: User, client_of: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(contents, "PAGE_SIZE", 3)
    for number in range(8):
        say(shopper, conversation, f"Number {number}")
    archive = exported(client_of(shopper), conversation)
    bodies = [message["body"] for message in json_of(archive)["messages"]]
    assert bodies == [f"Number {number}" for number in range(8)]
    assert page_of(archive).count("<article") == 8
    assert page_of(archive).count("<h2>") == 1


def test_an_empty_conversation_is_a_valid_export(
    conversation: Conversation, shopper: User, client_of: Any
) -> None:
    assert json_of(exported(client_of(shopper), conversation))["messages"] == []


def test_the_answer_is_a_private_download(
    talk: Conversation, shopper: User, client_of: Any
) -> None:
    answer = client_of(shopper).post(f"{talk.get_absolute_url()}export/")
    assert answer["Content-Disposition"].startswith('attachment; filename="Barro y Sal ')
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]
    assert "sandbox" in answer["Content-Security-Policy"]
    answer.close()
