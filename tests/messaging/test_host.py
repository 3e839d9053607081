"""One predicate says who works for a shop: in Python, in queries and in statements."""

from typing import Any

import pytest
from django.db import connection
from django.db.models import Model

from accounts.factories import UserFactory
from accounts.models import User
from catalog.factories import ShopMemberFactory
from catalog.models import Shop
from messaging import access
from messaging.contact import queries
from messaging.host import host
from messaging.models import Conversation, KeptQuestion
from notifications.factories import NotificationFactory
from notifications.queries import visible_to

pytestmark = pytest.mark.django_db

PEOPLE: dict[str, tuple[dict[str, Any], bool]] = {
    "an active seller": ({"seller": True}, True),
    "a suspended seller": ({"seller": True, "is_active": False}, False),
    "an account that only shops": ({"role": User.Role.CONSUMER}, False),
    "a suspended account that only shops": ({"is_active": False}, False),
}


@pytest.mark.parametrize("kind", PEOPLE)
def test_every_way_to_ask_who_works_for_a_shop_has_one_answer(
    kind: str, shop: Shop, conversation: Conversation
) -> None:
    fields, works_there = PEOPLE[kind]
    person: User = UserFactory(**fields)
    assert answers(person, shop, conversation) == {False}
    ShopMemberFactory(shop=shop, user=person)
    assert answers(person, shop, conversation) == {works_there}


def answers(person: User, shop: Shop, conversation: Conversation) -> set[bool]:
    if not person.notifications.exists():
        NotificationFactory(recipient=person, news__team_id=shop.pk)
    return {
        host.is_member(person.pk, shop.pk),
        person.pk in host.members_of(shop.pk),
        host.shops_of([person.pk]) == {person.pk: [shop.pk]},
        (shop.pk, person.pk) in rows(*host.members_sql()),
        bool(rows(*_participation(person, conversation))),
        access.scope_of(person).shop_ids == (shop.pk,),
        access.conversations_of(person.pk).exists(),
        queries.shop_answers(shop.pk, None, person.pk)["is_own_shop"],
        visible_to(person.pk).exists(),
    }


def _participation(person: User, conversation: Conversation) -> tuple[str, list[Any]]:
    members, parameters = host.members_sql()
    participates = access.participation_sql(str(person.pk))
    return (
        f"WITH active_member(shop_id, user_id) AS ({members}) "  # noqa: S608
        f"SELECT c.id FROM messaging_conversation c WHERE c.id = %s AND {participates}",
        [*parameters, conversation.pk],
    )


def rows(statement: str, parameters: Any) -> set[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return set(cursor.fetchall())


@pytest.mark.parametrize("model", [Conversation, KeptQuestion])
def test_migrations_name_the_settings_and_not_this_shops_models(model: type[Model]) -> None:
    for name, setting in (
        ("product", "MESSAGING_PRODUCT_MODEL"),
        ("shop", "MESSAGING_SHOP_MODEL"),
    ):
        field: Any = model._meta.get_field(name)
        assert field.deconstruct()[-1]["to"].setting_name == setting
