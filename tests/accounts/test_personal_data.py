"""The download of everything that is stored about a person, only for that person."""

import json
import uuid
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import deletion
from accounts.models import User
from catalog.factories import ProductFactory
from catalog.models import Product
from messaging import actions
from messaging.editing.actions import edit, withdraw
from messaging.exports import actions as exports
from messaging.exports import building
from messaging.exports.everything import pieces
from messaging.factories import (
    ConversationFactory,
    MessageFactory,
    ReportFactory,
    SavedReplyFactory,
)
from messaging.models import Case, Conversation, Export, Look
from messaging.notes import actions as notes
from notifications.queries import notifications_of
from tests.accounts.acts import reauthenticate
from tests.accounts.erasing import busy_owner, busy_shopper, word_of
from tests.exports import everything_in, opened, said_with_files
from tests.rulings import rule
from tests.said import say
from tests.uploads import jpeg
from trato.personal_data import parts

pytestmark = pytest.mark.django_db(transaction=True)

ADDRESS = "/conversations/data/"
JSON = {"accept": "application/json"}


@pytest.fixture(autouse=True)
def no_pause(settings: Any) -> None:
    settings.EXPORT_PAUSE_SECONDS = 0


def data_of(person: User, client_of: Any) -> zipfile.ZipFile:
    """Order and fetch a person's data."""
    client = client_of(person)
    reauthenticate(client)
    assert client.post(ADDRESS, headers=JSON).status_code == 202
    assert building.due(1) == 1
    [item] = client.get(ADDRESS, headers=JSON).json()["exports"]
    return opened(client.get(item["url"]))


def json_of(archive: zipfile.ZipFile) -> Any:
    return json.loads(archive.read("data.json"))


def test_every_reference_to_a_person_says_where_it_is() -> None:
    user_model = get_user_model()
    references = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if field.concrete and not field.many_to_many and field.related_model is user_model
    }
    assert sorted(name for part in parts() for name in part.relations) == sorted(references)
    keys = [table.key for part in parts() for table in part.tables]
    assert len(keys) == len(set(keys))


def test_a_shopper_gets_all_words_and_files(
    product: Product, seller: User, moderator: User, lead: User, client_of: Any
) -> None:
    person = busy_shopper(product, seller, moderator, lead)
    word = word_of(person)
    archive = data_of(person, client_of)
    data = json_of(archive)
    with_word = {key for key, rows in data.items() if word in json.dumps(rows)}
    assert with_word == {
        "profile", "email_addresses", "devices", "held_messages", "kept_questions", "reports",
        "saved_views", "appeals", "unsent_files", "earlier_words", "hidden_words",
    }  # fmt: skip
    [folder] = {name.split("/")[1] for name in archive.namelist() if "conversations/" in name}
    page = archive.read(f"conversations/{folder}/conversation.html").decode()
    assert f"{word} is what I want" in page
    assert "What do you mean?" in page
    index = archive.read("index.html").decode()
    assert f"conversations/{folder.replace(' ', '%20')}/conversation.html" in index
    files = [name for name in archive.namelist() if name.endswith(".jpg")]
    assert {name.split("/")[0] for name in files} == {"conversations", "files"}
    assert {name.split("/")[1] for name in files} == {folder, "profile", "unsent_files"}
    [decision] = data["decisions"]
    assert (decision["measure"], decision["facts"]) == ("warn", "Shouting")


def test_an_owner_gets_the_shop_and_not_the_shoppers_words(shopper: User, client_of: Any) -> None:
    person = busy_owner(shopper)
    word = word_of(person)
    archive = data_of(person, client_of)
    data = json_of(archive)
    with_word = {key for key, rows in data.items() if word in json.dumps(rows)}
    assert with_word >= {"profile", "shops", "products", "messages_for_shops", "notes"}
    assert "saved_replies" in with_word
    assert "Still there?" not in everything_in(archive)


def test_nothing_secret_and_nothing_of_others_is_in_it(
    product: Product, seller: User, moderator: User, lead: User, stranger: User, client_of: Any
) -> None:
    person = busy_shopper(product, seller, moderator, lead)
    talk = Conversation.objects.get(consumer=person)
    notes.add(seller, talk.pk, uuid.uuid4(), "An internal quartzite")
    SavedReplyFactory(shop=product.shop, body="The quartzite reply")
    other = ConversationFactory(consumer=stranger, product=product)
    say(stranger, other, "A question about quartzite")
    text = everything_in(data_of(person, client_of))
    sessions = list(UserSession.objects.values_list("session_key", flat=True))
    for secret in ("quartzite", moderator.name, lead.name, person.password, *sessions):
        assert secret not in text, secret


def test_the_password_is_asked_first(shopper: User, client_of: Any) -> None:
    client = client_of(shopper)  # a session whose password nobody has just typed
    assert "/accounts/reauthenticate/" in client.get(ADDRESS)["Location"]
    client.post(ADDRESS)
    assert not Export.objects.exists()
    row = exports.start_everything(shopper)
    building.due(1)
    assert "/accounts/reauthenticate/" in client.get(f"{ADDRESS}{row.pk}/")["Location"]


def test_it_is_nobody_elses(shopper: User, stranger: User, moderator: User, client_of: Any) -> None:
    row = exports.start_everything(shopper)
    building.due(1)
    for person in (stranger, moderator):
        client = client_of(person)
        reauthenticate(client)
        assert client.get(f"{ADDRESS}{row.pk}/").status_code == 404
    assert "/accounts/login/" in Client().get(f"{ADDRESS}{row.pk}/")["Location"]


def test_one_whose_words_are_gone_since_is_not_sent(
    conversation: Conversation, shopper: User, seller: User, client_of: Any
) -> None:
    answer = say(seller, conversation, "Come to the quartzite fair")
    row = exports.start_everything(shopper)
    building.due(1)
    withdraw(seller, conversation.pk, answer.sequence)
    client = client_of(shopper)
    reauthenticate(client)
    assert client.get(f"{ADDRESS}{row.pk}/")["Location"] == ADDRESS
    assert "Prepare the download again" in client.get(ADDRESS).text
    assert client.get(f"{ADDRESS}{row.pk}/", headers=JSON).status_code == 409


def test_an_erasure_on_either_side_deletes_it(
    shopper: User, other_seller: User, client_of: Any
) -> None:
    product = ProductFactory(shop=other_seller.shops.get())
    conversation = ConversationFactory(consumer=shopper, product=product)
    say(other_seller, conversation, "Welcome")
    for person in (other_seller, shopper):
        exports.start_everything(shopper)
        building.due(1)
        deletion.delete_account(person.pk)
        assert not Export.objects.exists()


def test_one_download_is_prepared_at_a_time(
    conversation: Conversation, shopper: User, client_of: Any, settings: Any
) -> None:
    settings.EXPORT_DIRECT_MESSAGES = 0
    say(shopper, conversation, "Hello")
    exports.start(shopper, conversation.pk)
    client = client_of(shopper)
    reauthenticate(client)
    answer = client.post(ADDRESS)
    assert answer.status_code == 409
    assert "preparing another download" in answer.text
    building.due(1)
    assert exports.start_everything(shopper).pk == exports.start_everything(shopper).pk


def test_what_a_report_is_about_is_said_in_words(
    shopper: User, product: Product, client_of: Any
) -> None:
    ReportFactory(reporter=shopper, product=product)
    archive = data_of(shopper, client_of)
    assert '<dd dir="auto">Product</dd>' in archive.read("index.html").decode()
    [row] = json.loads(archive.read("data.json"))["reports"]
    assert row["kind"] == "product"


def test_words_are_shown_as_text(shopper: User, client_of: Any) -> None:
    hostile = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    User.objects.filter(pk=shopper.pk).update(name=hostile)
    page = data_of(shopper, client_of).read("index.html").decode()
    assert "<script>" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_rows_add_no_queries(shopper: User, seller: User, product: Product) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            for _piece in pieces(seller, {}, lambda: None):
                pass
        return len(captured)

    def add() -> None:
        ProductFactory(shop=product.shop)
        talk = ConversationFactory(consumer=shopper, product=ProductFactory(shop=product.shop))
        MessageFactory(conversation=talk, sender=seller)
        SavedReplyFactory(owner=seller)

    add()
    few = queries()
    for _ in range(5):
        add()
    assert queries() == few


def test_words_that_are_hidden_from_others_are_in_it(
    conversation: Conversation, shopper: User, moderator: User, client_of: Any
) -> None:
    edited, taken_back, removed = (
        say(shopper, conversation, words) for words in ("First quartzite", "Basalt", "Gneiss")
    )
    edit(shopper, conversation.pk, edited.sequence, "Second")
    withdraw(shopper, conversation.pk, taken_back.sequence)
    rule(moderator, shopper.pk, "remove", "Rude", message_id=removed.pk)
    data = json_of(data_of(shopper, client_of))
    assert [row["body"] for row in data["earlier_words"]] == ["First quartzite"]
    assert [row["body"] for row in data["hidden_words"]] == ["Basalt", "Gneiss"]


def test_notifications_say_what_their_list_says(
    conversation: Conversation, shopper: User, seller: User, moderator: User, client_of: Any
) -> None:
    said_with_files(seller, conversation, "", ("bowl.jpg", jpeg()))
    rule(moderator, shopper.pk, "warn", "Shouting")
    listed = {row.news.words.title for row in notifications_of(shopper)}
    rows = json_of(data_of(shopper, client_of))["notifications"]
    says = {row["news_words_title"]: row["news_words_text"] for row in rows}
    assert says["Marta Vidal · Barro y Sal"] == "Photo"
    assert says.keys() == listed


def test_removed_words_of_the_other_side_are_not(
    conversation: Conversation, shopper: User, seller: User, moderator: User, client_of: Any
) -> None:
    message = say(seller, conversation, "Rude gneiss")
    actions.send(shopper, conversation.pk, uuid.uuid4(), "What?", quote=message.sequence)
    rule(moderator, seller.pk, "remove", "Rude", message_id=message.pk)
    assert "gneiss" not in everything_in(data_of(shopper, client_of))


def test_looks_of_staff_are_in_it_once_the_person_may_see_them(
    conversation: Conversation, shopper: User, seller: User, stranger: User, client_of: Any
) -> None:
    now = timezone.now()
    quiet = Case.objects.create(subject="message:1", kind="report")
    for case, age in ((None, 3), (None, 0), (quiet, 4)):
        at = now - timedelta(days=age)
        Look.objects.create(conversation=conversation, case=case, created_at=at)
    for person, seen in ((shopper, ["own"]), (seller, ["own"]), (stranger, [])):
        rows = json_of(data_of(person, client_of)).get("looks", [])
        assert [row["why"] for row in rows] == seen
        assert all(row["conversation_id"] == conversation.pk for row in rows)
    Case.objects.update(closed_at=now)
    assert len(json_of(data_of(shopper, client_of))["looks"]) == 2
