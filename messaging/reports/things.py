"""The items that are reported: their names and URLs, and the people responsible for them."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from messaging.host import host
from messaging.models import Conversation, Report
from messaging.search.excerpts import address
from trato.people import Person

# The relations that the functions below read, for `select_related`.
RELATED = (
    "message__conversation__shop", "conversation__shop", "conversation__consumer",
    f"product__{host.product_shop_field}", "shop", "person", "blamed_person",
)  # fmt: skip


def name_of(report: Report) -> str:
    """Return the name of the reported item: of a product, a shop or a person.

    A product keeps the name it had when it was reported. A message or conversation has the name of
    its product.
    """
    if report.product_id:
        return report.product_title or host.product_title(report.product)
    if report.shop_id:
        return host.shop_name(report.shop)
    if report.person_id:
        return host.display_name(_person(report))
    conversation = _conversation(report)
    return conversation.product_title or host.shop_name(conversation.shop)


def name_for_reporter(report: Report) -> str:
    """Return the reported item's name as its reporter knows it.

    A person may have another name by now, and may no longer have anything to do with the reporter.
    """
    return report.person_name or name_of(report)


def url_of(report: Report) -> str:
    """Return the URL of the reported item's page; empty for people, who have none."""
    if report.message:
        return address(report.message.conversation, report.message)
    if report.product_id:
        return host.product_url(report.product)
    if report.shop_id:
        return host.shop_url(report.shop)
    return report.conversation.get_absolute_url() if report.conversation else ""


def blamed_for(thing: Mapping[str, Any], reporter_id: int | None) -> dict[str, int]:
    """Return who is responsible for a reported item, as the columns of `Report` for it.

    This is the sender of a message, the shop of a product, and for a conversation the side that
    didn't report it.

    Args:
        thing: the reported row under the name of its column.
    """
    if message := thing.get("message"):
        return {"blamed_person_id": message.sender_id}
    if person := thing.get("person"):
        return {"blamed_person_id": person.pk}
    conversation = thing.get("conversation")
    if conversation is not None and reporter_id != conversation.consumer_id:
        return {"blamed_person_id": conversation.consumer_id}
    if conversation is not None:
        return {"blamed_shop_id": conversation.shop_id}
    shop = host.shop_of(thing["product"]) if thing.get("product") else thing["shop"]
    return {"blamed_shop_id": shop.pk}


def people_behind(report: Report) -> list[Any]:
    """Return the people responsible for the reported item, whom staff may suspend.

    For a shop, these are its owners.
    """
    if report.blamed_shop_id is None:
        return [report.blamed_person]
    return _owners_of(report.blamed_shop_id)


def owners_of_product(product: Any) -> list[Any]:
    """Return the people responsible for a product."""
    return _owners_of(int(host.shop_of(product).pk))


def _owners_of(shop_id: int) -> list[Any]:
    people: Any = get_user_model()._default_manager
    return list(people.filter(pk__in=host.owners_of(shop_id)).order_by("pk"))


def against(person: Person) -> QuerySet[Report]:
    """Return the reports about a person, and about what the person is responsible for."""
    shops = owned_shops(person.pk)
    return Report.objects.filter(Q(blamed_person=person.pk) | Q(blamed_shop__in=shops))


def owned_shops(person_id: int) -> list[int]:
    """Return the keys of the shops that a person is responsible for.

    For a suspended person, these are only the shops that nobody else works for.
    """
    person: Any = get_user_model()._default_manager.get(pk=person_id)
    shops = {*host.shops_of([person_id])[person_id], *host.shops_closing_with(person)}
    return sorted(pk for pk in shops if person_id in host.owners_of(pk))


def what(kind: str, name: str) -> str:
    """Return an item as part of a sentence: "the shop “Luna”"."""
    texts = {
        Report.Kind.MESSAGE: _("a message in the conversation about “%(name)s”"),
        Report.Kind.CONVERSATION: _("the conversation about “%(name)s”"),
        Report.Kind.PRODUCT: _("the product “%(name)s”"),
        Report.Kind.SHOP: _("the shop “%(name)s”"),
        Report.Kind.PERSON: _("the account “%(name)s”"),
    }
    return texts[Report.Kind(kind)] % {"name": name}


def _conversation(report: Report) -> Conversation:
    row = report.message.conversation if report.message else report.conversation
    assert row is not None, "a report of something else"  # noqa: S101
    return row


def _person(report: Report) -> Person:
    person: Any = report.person
    return person  # type: ignore[no-any-return]
