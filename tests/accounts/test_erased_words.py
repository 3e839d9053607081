"""After an erasure, nothing that the site stores contains the person's text."""

import pytest
from django.core import mail
from django.core.management import call_command

from accounts import deletion
from accounts.models import User
from catalog.models import Product
from messaging.appeals import actions as appeals
from messaging.decisions import actions as decisions
from messaging.decisions.matters import Matter
from messaging.models import Conversation
from messaging.moderation import actions as moderation
from messaging.reports.actions import report_message
from tests.accounts.erasing import MANY, busy_owner, busy_shopper, places_of, word_of
from tests.rulings import rule
from tests.said import say

pytestmark = pytest.mark.django_db(transaction=True)


def test_no_table_and_no_file_has_a_shoppers_words(
    product: Product, seller: User, moderator: User, lead: User
) -> None:
    person = busy_shopper(product, seller, moderator, lead)
    word = word_of(person)
    assert len(places_of(word)) > MANY
    deletion.delete_account(person.pk)
    assert places_of(word) == []
    assert word not in str([message.message() for message in mail.outbox])


def test_nor_those_of_an_owner_whose_shop_closes(shopper: User) -> None:
    person = busy_owner(shopper)
    word = word_of(person)
    assert len(places_of(word)) > MANY
    deletion.delete_account(person.pk)
    assert places_of(word) == []


def test_what_somebody_else_wrote_stays(
    product: Product, seller: User, moderator: User, lead: User
) -> None:
    person = busy_shopper(product, seller, moderator, lead)
    deletion.delete_account(person.pk)
    assert "messaging_message" in places_of("what do you mean?")


def test_decisions_and_the_audit_trail_keep_no_quotes(
    conversation: Conversation, shopper: User, moderator: User, lead: User
) -> None:
    word = "zqquartz"
    message = say(shopper, conversation, f"Buy at {word} now")
    facts = str(Matter(people=[shopper], message=message).initial()["reason"])
    assert word in facts
    decision = rule(moderator, shopper.pk, "warn", facts, message_id=message.pk)
    appeal = appeals.appeal(shopper, decision.pk, f"I only said {word}")
    appeals.decide(lead, appeal.pk, "upheld", f"You did write {word}.")
    deletion.delete_account(shopper.pk)
    assert places_of(word) == []
    call_command("verify_audit")


def test_a_report_that_is_closed_later_forgets_the_words(
    conversation: Conversation, shopper: User, seller: User, moderator: User
) -> None:
    word = "zqquartz"
    message = say(shopper, conversation, f"Hello {word}")
    report = report_message(seller, conversation.pk, message.sequence, "scam", "")
    deletion.delete_account(shopper.pk)
    said = {"message_id": message.pk, "report_id": report.pk}
    rule(moderator, shopper.pk, "dismiss", f"{word} is nothing bad", **said)
    assert places_of(word) == []
    call_command("verify_audit")


def test_an_appeal_that_is_decided_later_forgets_the_words(
    conversation: Conversation, shopper: User, moderator: User, lead: User
) -> None:
    word = "zqquartz"
    message = say(shopper, conversation, f"Buy at {word} now")
    decision = rule(moderator, shopper.pk, "warn", f"You wrote {word}", message_id=message.pk)
    appeal = appeals.appeal(shopper, decision.pk, f"I only said {word}")
    deletion.delete_account(shopper.pk)
    assert places_of(word)  # staff need them to decide the appeal
    appeals.decide(lead, appeal.pk, "upheld", f"You did write {word}.")
    assert places_of(word) == []
    call_command("verify_audit")


def test_reasons_that_staff_give_later_are_forgotten(
    conversation: Conversation, shopper: User, seller: User, moderator: User
) -> None:
    word = "zqquartz"
    message = say(shopper, conversation, "Hello")
    report = report_message(seller, conversation.pk, message.sequence, "scam", "")
    decision = rule(moderator, shopper.pk, "warn", "Rude")
    deletion.delete_account(shopper.pk)
    decisions.undo(moderator, decision.pk, f"{word} was no threat")
    assert places_of(word) == []
    moderation.resolve_report(moderator, report.pk, "dismissed", f"{word} is nothing bad")
    assert places_of(word) == []
    call_command("verify_audit")
