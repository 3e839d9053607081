"""Trust grows with age and answers; staff see it and set it, with a reason."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.factories import UserFactory
from accounts.models import User
from catalog.factories import ProductFactory, ShopFactory
from messaging.factories import ConversationFactory, MessageFactory
from messaging.models import PersonTrust
from messaging.trust.actions import set_trust
from messaging.trust.queries import trust_of
from tests.conftest import ClientOf
from tests.rulings import rule
from trato.audit.models import AuditEntry
from trato.errors import AlreadyDone

from .conftest import of_age

pytestmark = pytest.mark.django_db


def answered(person: User, times: int, shop: Any = None, **values: Any) -> None:
    for _ in range(times):
        product = ProductFactory(shop=shop or ShopFactory())
        talk = ConversationFactory(consumer=person, product=product)
        MessageFactory(conversation=talk)
        MessageFactory(conversation=talk, side="seller", sender=UserFactory(), **values)


def test_trust_grows_with_age_and_answers(settings: Any) -> None:
    person = of_age(UserFactory(), 6)
    answered(person, settings.TRUST_GOOD_SHOPS - 1)
    assert trust_of(person).status == "new"
    assert trust_of(of_age(person, 8)).status == "ordinary"
    assert trust_of(of_age(person, 91)).status == "ordinary"
    answered(person, 1, is_automatic=True)
    assert trust_of(person).status == "ordinary"
    answered(person, 1)
    assert trust_of(person).status == "known_good"
    assert trust_of(of_age(person, 89)).status == "ordinary"


def test_one_shop_that_helps_is_not_enough(settings: Any) -> None:
    person = of_age(UserFactory(), 91)
    answered(person, settings.TRUST_GOOD_SHOPS, ShopFactory())
    assert trust_of(person).status == "ordinary"


def test_a_decision_against_somebody_ends_it(settings: Any, moderator: User) -> None:
    person = of_age(UserFactory(), 91)
    answered(person, settings.TRUST_GOOD_SHOPS)
    rule(moderator, person.pk, "warn", "Spam")
    assert trust_of(person).status == "ordinary"


def test_staff_set_it_with_a_reason_and_let_it_grow_again(
    moderator: User, shopper: User, client_of: ClientOf
) -> None:
    client, page = client_of(moderator), reverse("admin:trust", args=[shopper.pk])
    assert "automatic: New account" in client.get(page).text
    assert client.post(page, {"status": "watched", "reason": " "}).status_code == 400
    assert not PersonTrust.objects.exists()
    assert client.post(page, {"status": "watched", "reason": "Odd"}).status_code == 302
    assert trust_of(shopper).status == "watched"
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.subject) == ("user.trust_set", f"user:{shopper.pk}")
    assert entry.reason == "watched: Odd"
    assert client.post(page, {"status": "watched", "reason": "Odd"}).status_code == 409
    assert client.post(page, {"status": "", "reason": "Fine"}).status_code == 302
    assert not trust_of(shopper).is_set


def test_nobody_sets_their_own(moderator: User) -> None:
    with pytest.raises(ValidationError):
        set_trust(moderator, moderator.pk, "known_good", "I know myself")
    with pytest.raises(AlreadyDone):
        set_trust(moderator, UserFactory().pk, "", "As it is")


def test_others_do_not_see_who_exists(auditor: User, shopper: User, client_of: ClientOf) -> None:
    client = client_of(auditor)
    for key in (shopper.pk, 0):
        assert client.get(reverse("admin:trust", args=[key])).status_code == 403
