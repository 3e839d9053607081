"""After an erasure, nothing that is stored has the person's words."""

import pytest
from django.core import mail

from accounts import deletion
from accounts.models import User
from catalog.models import Product
from tests.accounts.erasing import MANY, busy_owner, busy_shopper, places_of, word_of

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
