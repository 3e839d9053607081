"""Inbox filters, parsed from the URL."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q
from django.http import Http404, QueryDict

from messaging.access import Scope
from messaging.host import host, product_model
from messaging.lanes.queries import ALL, LANES
from messaging.models import (
    SUBJECT_KIND,
    Conversation,
    ConversationLabel,
    Label,
    Participant,
)  # fmt: skip
from notifications.models import Notification
from trato.responses import key_from

NEWEST, WAITING = "newest", "waiting"
WORDS_MAX = 100  # characters
NAMES = (
    "lane", "unread", "assigned", "label", "product", "starred", "archived", "snoozed", "q", "sort",
)  # fmt: skip


@dataclass(frozen=True)
class Filter:
    """The conversations to show, and their order.

    Archived and snoozed conversations are hidden unless the filter asks for them, or is a search.

    Args:
        lane: see `lanes.queries.LANES`.
        assigned: "me", "none", the ID of a colleague, or empty for all. "none" also finds
            conversations assigned to somebody who no longer works for the shop.
        label, product: their IDs, or 0 for all.
        words: what to search for.
        sort: by the last message, or by who has waited longest, without settled conversations.
    """

    lane: str = ALL
    unread: bool = False
    assigned: str = ""
    label: int = 0
    product: int = 0
    starred: bool = False
    archived: bool = False
    snoozed: bool = False
    words: str = ""
    sort: str = NEWEST

    @property
    def hides(self) -> bool:
        """Whether archived and snoozed conversations are hidden."""
        return not (self.archived or self.snoozed or self.words)

    @property
    def number(self) -> int:
        """The number of conditions besides the lane, the search and the order."""
        flags = (self.unread, self.starred, self.archived, self.snoozed)
        return sum(map(bool, (*flags, self.assigned, self.label, self.product)))

    @property
    def query(self) -> str:
        """The filter in a URL: the same for equal filters, and empty for no filter."""
        values = {
            "lane": "" if self.lane == ALL else self.lane,
            "assigned": self.assigned,
            "label": self.label or "",
            "product": self.product or "",
            "q": self.words,
            "sort": "" if self.sort == NEWEST else self.sort,
        }
        flags = {"unread", "starred", "archived", "snoozed"}
        values |= {name: "1" if getattr(self, name) else "" for name in flags}
        return urlencode([(name, values[name]) for name in NAMES if values[name]])


def filter_from(query: QueryDict, scope: Scope) -> Filter:
    """Parse a filter from a URL.

    Raises:
        Http404: a label, product or colleague doesn't exist, or isn't the person's to use.
    """
    wanted = parsed(query)
    for exists in _checks(wanted, scope):
        if not exists:
            raise Http404("no such label, product or colleague")
    return wanted


def parsed(query: QueryDict) -> Filter:
    """Parse a filter whose label, product and colleague needn't exist.

    Unknown lanes and orders count as the default ones.

    Raises:
        Http404: a label, product or colleague isn't a valid key.
    """
    lane, assigned = query.get("lane", ALL), query.get("assigned", "")
    return Filter(
        lane=lane if lane in LANES else ALL,
        unread=query.get("unread") == "1",
        assigned=assigned if assigned in ("", "me", "none") else str(_key(assigned)),
        label=_key(query.get("label", "")),
        product=_key(query.get("product", "")),
        starred=query.get("starred") == "1",
        archived=query.get("archived") == "1",
        snoozed=query.get("snoozed") == "1",
        words=query.get("q", "").strip()[:WORDS_MAX].replace("\0", ""),
        sort=WAITING if query.get("sort") == WAITING else NEWEST,
    )


def _key(text: str) -> int:
    if text and not key_from(text):
        raise Http404("no such key")
    return key_from(text)


def _checks(wanted: Filter, scope: Scope) -> Iterator[bool]:
    shops = scope.shop_ids
    if wanted.label:
        yield Label.objects.filter(pk=wanted.label, shop__in=shops).exists()
    if wanted.product:
        of_shop = Q((f"{host.product_shop_field}__in", shops))
        own = product_model()._default_manager.filter(of_shop, pk=wanted.product).exists()
        asked = Conversation.objects.filter(consumer=scope.user_id, product=wanted.product)
        yield own or asked.exists()
    if wanted.assigned.isdigit():
        members = host.active_members().filter(user_id=int(wanted.assigned), shop_id__in=shops)
        yield members.exists()


def conditions(wanted: Filter, scope: Scope, now: datetime) -> Q:
    """Return the condition for a whole filter except its lane and words."""
    states = Participant.objects.filter(user=scope.user_id, conversation=OuterRef("pk"))
    archived = Q(archived_sequence__gte=OuterRef("last_sequence"))
    asleep = Q(snoozed_until__gt=now, snoozed_sequence__gte=OuterRef("last_sequence"))
    # A shopper who has joined the shop doesn't see how the team labels and assigns their questions.
    of_team = ~Q(consumer=scope.user_id)
    condition = Q()
    if wanted.hides:
        condition &= ~Q(Exists(states.filter(archived | asleep)))
    if wanted.archived:
        condition &= Q(Exists(states.filter(archived)))
    if wanted.snoozed:
        condition &= Q(Exists(states.filter(asleep)))
    if wanted.starred:
        condition &= Q(Exists(states.filter(starred_at__isnull=False)))
    if wanted.unread:
        unread = Notification.objects.filter(
            recipient=scope.user_id,
            read_at=None,
            news__subject_kind=SUBJECT_KIND,
            news__subject_id=OuterRef("pk"),
        )
        condition &= Q(Exists(unread))
    if wanted.label:
        labelled = ConversationLabel.objects.filter(
            label=wanted.label, conversation=OuterRef("pk"), label__shop__in=scope.shop_ids
        )
        condition &= Q(Exists(labelled)) & of_team
    if wanted.product:
        condition &= Q(product=wanted.product)
    if wanted.assigned == "none":
        condition &= _nobodys(scope) & of_team
    elif wanted.assigned:
        assignee = scope.user_id if wanted.assigned == "me" else wanted.assigned
        condition &= Q(assignee=assignee, shop__in=scope.shop_ids) & of_team
    return condition


def _nobodys(scope: Scope) -> Q:
    """Return the condition for conversations to which no member of their shop is assigned."""
    condition = Q(pk__in=())
    for shop_id in scope.shop_ids:
        # Not one EXISTS for all shops: this way, PostgreSQL reads a shop's members once, not per
        # row.
        members = host.active_members().filter(shop_id=shop_id).order_by().values("user_id")
        condition |= Q(shop=shop_id) & ~Q(assignee__in=members)
    return condition
