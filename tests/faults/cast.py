"""The people of a scenario: two shops with their customers, created in the database."""

import uuid
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client as Browser

from accounts.factories import UserFactory
from accounts.models import User
from catalog.factories import ShopFactory, ShopMemberFactory
from catalog.models import Shop
from messaging import actions
from messaging.factories import ConversationFactory
from messaging.moderation import permissions

from .tab import Person

WATCHED = 3  # every third conversation


@dataclass
class Cast:
    """The people and conversations of a scenario.

    Args:
        people: by name.
        conversations: each person's conversations, by name.
        members: the IDs of each conversation's people.
        shops: by the owner's name.
        watched: the conversations in which people write messages that are held for review. Once a
            message was held there, sends take another path, so most conversations are not watched.
        staff: two moderators.
    """

    people: dict[str, Person]
    conversations: dict[str, list[int]]
    members: dict[int, set[int]]
    shops: dict[str, Shop]
    watched: set[int]
    staff: list[User]

    @property
    def moderator(self) -> User:
        return self.staff[0]


def create(*, shoppers: int) -> Cast:
    """Create two shops of two people each; every shopper asks one of them in turn."""
    people: dict[str, Person] = {}
    conversations: dict[str, list[int]] = {}
    members: dict[int, set[int]] = {}
    shops: dict[str, Shop] = {}
    watched: set[int] = set()
    try:
        teams = []
        for number in range(2):
            owner, agent = UserFactory(seller=True), UserFactory(seller=True)
            suffix = uuid.uuid4().hex[:8]
            shop = ShopFactory(owner=owner, name=f"Shop {suffix}", slug=suffix)
            ShopMemberFactory(shop=shop, user=agent)
            shops[f"owner{number}"] = shop
            for name, user in ((f"owner{number}", owner), (f"agent{number}", agent)):
                people[name], conversations[name] = log_in(user), []
            teams.append((number, shop, owner, agent))
        for number in range(shoppers):
            team, shop, owner, agent = teams[number % len(teams)]
            shopper = UserFactory()
            conversation = ConversationFactory(consumer=shopper, shop=shop)
            # The first messages, so that a client's first page gives it a revision to resume from.
            actions.send(shopper, conversation.pk, uuid.uuid4(), "seed of the conversation")
            name = f"shopper{number}"
            people[name] = log_in(shopper)
            for teller in (name, f"owner{team}", f"agent{team}"):
                conversations.setdefault(teller, []).append(conversation.pk)
            members[conversation.pk] = {shopper.pk, owner.pk, agent.pk}
            if number % WATCHED == WATCHED - 1:
                watched.add(conversation.pk)
        staff: list[User] = [UserFactory(staff=True), UserFactory(staff=True)]
        for moderator in staff:
            moderator.groups.add(Group.objects.get(name=permissions.NAME))
    finally:
        connection.close()
    return Cast(people, conversations, members, shops, watched, staff)


def log_in(user: User) -> Person:
    """Create a session for a person."""
    browser = Browser()
    browser.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return Person(user.pk, browser.cookies[settings.SESSION_COOKIE_NAME].value)
