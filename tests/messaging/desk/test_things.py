"""Staff see what a case is about: pictures, blurred at first, and a product's name."""

import re
import uuid
from typing import Any

import pytest

from accounts.deletion import delete_account
from accounts.models import User
from catalog.models import Product
from messaging.desk import actions
from messaging.held.holding import hold
from messaging.held.models import HeldMessage
from messaging.models import Case, Conversation, File
from messaging.records import Attempt
from messaging.reports.actions import report_message, report_person, report_product
from messaging.review.actions import release
from tests.messaging.rules.asking import send
from tests.said import in_log
from tests.uploads import uploaded

pytestmark = pytest.mark.django_db


def held_photo(person: User, talk: Conversation) -> tuple[HeldMessage, File]:
    file = uploaded(person, talk)
    attempt = Attempt(
        sender=person,
        conversation_id=talk.pk,
        client_id=uuid.uuid4(),
        body="",
        files=(file.pk,),
        held_for="word",
    )
    talk.refresh_from_db()
    hold(talk, attempt)
    return HeldMessage.objects.get(), file


def test_a_reported_photo_is_on_the_page_of_its_case(
    conversation: Conversation, shopper: User, seller: User, moderator: User, client_of: Any
) -> None:
    file = uploaded(seller, conversation)
    sent = in_log(send(seller, conversation, "", files=[file.pk]))
    report_message(shopper, conversation.pk, sent.sequence, "scam", "")
    case = Case.objects.get()
    client = client_of(moderator)
    address = f"/admin/messaging/case/{case.pk}/change/"
    picture = f"/admin/messaging/conversation/{conversation.pk}/thread/files/{file.pk}/"
    assert picture not in client.get(address).text
    assert client.get(picture).status_code == 404
    actions.take(moderator, case.pk)
    page = client.get(address).text
    assert f"{picture}?small" in page
    assert "Show the picture" in page
    assert page.count(f"{picture}?small") == 1
    assert f"<h1>Message {sent.id}</h1>" in page
    assert client.get(picture).status_code == 200


def test_a_held_photo_is_shown_to_those_who_decide_about_it_until_then(
    conversation: Conversation, shopper: User, moderator: User, auditor: User, seller: User,
    client_of: Any,
) -> None:  # fmt: skip
    held, file = held_photo(shopper, conversation)
    picture = f"/admin/messaging/heldmessage/{held.pk}/files/{file.pk}/"
    page = f"/admin/messaging/heldmessage/{held.pk}/change/"
    actions.take(moderator, Case.objects.get().pk)
    client = client_of(moderator)
    for shown in (page, f"/admin/messaging/case/{Case.objects.get().pk}/change/"):
        assert f"{picture}?small" in client.get(shown).text
    for address in (picture, f"{picture}?small"):
        assert client.get(address)["content-type"].startswith("image/")
    assert picture not in client_of(auditor).get(page).text
    assert client_of(auditor).get(picture).status_code == 403
    assert client_of(seller).get(picture).status_code == 302
    assert client.get(picture.replace(f"files/{file.pk}", "files/0")).status_code == 404
    release(moderator, held.pk, "Harmless")
    assert client.get(picture).status_code == 404
    assert picture not in client.get(page).text


def test_a_reported_product_or_person_is_named_on_the_page_of_its_case(
    conversation: Conversation, shopper: User, seller: User, moderator: User, product: Product,
    client_of: Any,
) -> None:  # fmt: skip
    report_product(shopper, product, "counterfeit", "")
    report_person(seller, conversation.pk, shopper.pk, "scam", "")
    of_product, of_person = Case.objects.order_by("pk")
    client = client_of(moderator)
    for case in (of_product, of_person):
        actions.take(moderator, case.pk)
    link = f'<a href="{product.get_absolute_url()}">Speckled bowl</a>'
    page = f"/admin/messaging/case/{of_product.pk}/change/"
    assert link in client.get(page).text
    Product.objects.update(published_at=None)
    assert link not in client.get(page).text
    assert "Speckled bowl" in client.get(page).text
    text = client.get(f"/admin/messaging/case/{of_person.pk}/change/").text
    assert '<h2 id="desk-thing">Person</h2>' in text


def test_an_automatic_reply_is_called_one(
    conversation: Conversation, shopper: User, seller: User, moderator: User, client_of: Any
) -> None:
    sent = in_log(send(seller, conversation, "We're closed"))
    report_message(shopper, conversation.pk, sent.sequence, "spam", "")
    case = actions.take(moderator, Case.objects.get().pk)
    page = f"/admin/messaging/case/{case.pk}/change/"
    assert "Automatic reply" not in client_of(moderator).get(page).text
    conversation.messages.update(is_automatic=True)
    assert client_of(moderator).get(page).text.count("Automatic reply") == 2  # also around it


def test_an_act_starts_in_the_first_field_or_where_an_error_is(
    conversation: Conversation, shopper: User, seller: User, moderator: User, client_of: Any
) -> None:
    sent = in_log(send(seller, conversation, "We're closed"))
    report = report_message(shopper, conversation.pk, sent.sequence, "spam", "")
    client, focused = client_of(moderator), re.compile(r"<\w+ [^>]*name=\"(\w+)\"[^>]* autofocus")
    decide = f"/admin/messaging/decision/decide/?report={report.pk}"
    assert focused.findall(client.get(decide).text) == ["measure"]
    dismiss = f"/admin/messaging/report/{report.pk}/dismissed/resolve/"
    assert focused.findall(client.get(dismiss).text) == ["reason"]
    form = {"measure": "warn", "ground": "terms", "reason": "So", "clause": "1", "seen": "0"}
    assert focused.findall(client.post(decide, form).text) == ["explanation"]


def test_the_queue_is_in_good_spanish(
    conversation: Conversation, shopper: User, seller: User, moderator: User, client_of: Any
) -> None:
    sent = in_log(send(seller, conversation, "We're closed"))
    report_message(shopper, conversation.pk, sent.sequence, "spam", "")
    page = client_of(moderator).get("/admin/messaging/case/", headers={"Accept-Language": "es"})
    assert '<td class="field-kind">Denuncia</td>' in page.text
    assert "Abiertos" in page.text
    assert "Cerrados" in page.text


def test_a_deleted_person_is_called_so_at_the_desk(
    conversation: Conversation, shopper: User, seller: User, moderator: User, client_of: Any
) -> None:
    sent = in_log(send(shopper, conversation, "Hello"))
    report_message(seller, conversation.pk, sent.sequence, "spam", "")
    case = actions.take(moderator, Case.objects.get().pk)
    delete_account(shopper.pk)
    for page in ("", f"{case.pk}/change/"):
        text = client_of(moderator).get(f"/admin/messaging/case/{page}").text
        text = text.partition("field-subject")[0]  # the details link to the account by its address
        assert "deleted.invalid" not in text
        assert "Deleted account" in text


def test_lists_call_a_deleted_account_so_in_the_readers_language(
    conversation: Conversation, shopper: User, seller: User, lead: User, client_of: Any
) -> None:
    sent = in_log(send(seller, conversation, "Hello"))
    report_message(shopper, conversation.pk, sent.sequence, "spam", "")
    delete_account(shopper.pk)
    for language, name in (("en", "Deleted account"), ("es", "Cuenta eliminada")):
        for model in ("report", "message", "conversation"):
            page = f"/admin/messaging/{model}/"
            text = client_of(lead).get(page, headers={"Accept-Language": language}).text
            assert "deleted.invalid" not in text, model
            if model != "message":
                assert f"{name} ({shopper.pk})" in text, model
