"""Every inbox filter, compared with a plain check of each conversation."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.http import Http404, QueryDict
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some

from accounts.factories import UserFactory
from accounts.models import User
from catalog.factories import ProductFactory, ShopFactory, ShopMemberFactory
from catalog.models import Shop
from messaging import access, inbox_order
from messaging.factories import ConversationFactory, MessageFactory
from messaging.filtering import queries, small_results
from messaging.filtering.filters import Filter, filter_from
from messaging.inbox import queries as inbox
from messaging.models import (
    SUBJECT_KIND,
    Conversation,
    ConversationLabel,
    Label,
    Participant,
    Side,
)  # fmt: skip
from messaging.triage import actions as triage
from notifications import actions as notifications
from notifications.models import Notification
from tests.whole import tries
from trato.pagination import FIRST_PAGE, PageRequest

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


class World:
    """A seller with two shops, who also shops elsewhere, and some conversations of each kind."""

    def __init__(self) -> None:
        self.me, self.colleague = UserFactory(seller=True), UserFactory(seller=True)
        self.shops = [ShopFactory(owner=self.me) for _ in range(2)]
        ShopMemberFactory(shop=self.shops[0], user=self.colleague)
        self.suspended = UserFactory(seller=True, is_active=False)
        ShopMemberFactory(shop=self.shops[0], user=self.suspended)
        self.products = [ProductFactory(shop=shop) for shop in self.shops]
        self.labels = [
            Label.objects.create(shop=self.shops[0], name=name, folded_name=name)
            for name in ("wholesale", "gift")
        ]
        rows: list[Any] = [
            ConversationFactory(consumer=UserFactory(), product=product)
            for product in self.products
            for _ in range(3)
        ]
        rows += [ConversationFactory(consumer=self.me, product=ProductFactory()) for _ in range(2)]
        ConversationFactory(consumer=UserFactory(), product=ProductFactory(), shop=ShopFactory())
        self.rows: list[Conversation] = rows

    def act(self, act: str, place: int, hour: int) -> None:
        row = Conversation.objects.get(pk=self.rows[place % len(self.rows)].pk)
        side = row.side_of(self.me.pk)
        mine = {"conversation": row, "user": self.me}
        if act in ("ask", "answer"):
            sender = row.consumer if act == "ask" else self.colleague
            MessageFactory(
                conversation=row, sender=sender, created_at=NOON + timedelta(minutes=20 * hour)
            )
        elif act in ("settle", "reopen"):
            getattr(triage, act)(self.me, [row.pk])
        elif act == "label" and row.shop_id == self.shops[0].pk:
            ConversationLabel.objects.get_or_create(conversation=row, label=self.labels[hour % 2])
        elif act == "assign" and side is Side.SELLER:
            row.assignee = [self.me, self.colleague, None, self.suspended][hour % 4]
            row.save()
        elif act == "unread":
            notifications.notify(
                [self.me.pk], subject_kind=SUBJECT_KIND, subject_id=row.pk, title="News",
                excerpt="", url="/",
            )  # fmt: skip
        elif act in ("star", "archive", "snooze"):
            changes: dict[str, Any] = {
                "star": {"starred_at": NOON},
                "archive": {"archived_sequence": row.last_sequence},
                "snooze": {
                    "snoozed_until": datetime.now(UTC) + timedelta(days=1 - 2 * (hour % 2)),
                    "snoozed_sequence": row.last_sequence,
                },
            }
            Participant.objects.update_or_create(
                **mine, defaults=changes[act], create_defaults={**changes[act], "side": side}
            )

    def expected(self, wanted: Filter) -> set[int]:
        """Check each conversation, one part of the filter after another."""
        return {row.pk for row in Conversation.objects.all() if self._fits(row, wanted)}

    def _fits(self, row: Conversation, wanted: Filter) -> bool:
        own_shops = [shop.pk for shop in self.shops]
        if not row.last_sequence or (
            row.consumer_id != self.me.pk and row.shop_id not in own_shops
        ):
            return False
        side = row.side_of(self.me.pk)
        state = Participant.objects.filter(conversation=row, user=self.me).first() or Participant()
        archived = (state.archived_sequence or -1) >= row.last_sequence
        asleep = (
            state.snoozed_until is not None
            and state.snoozed_until > datetime.now(UTC)
            and (state.snoozed_sequence or -1) >= row.last_sequence
        )
        lane = "settled" if not row.turn else "ours" if row.turn == side else "theirs"
        unread = Notification.objects.filter(
            recipient=self.me, news__subject_id=row.pk, read_at=None
        )
        labels = {one.label_id for one in ConversationLabel.objects.filter(conversation=row)}
        assigned = str(self.me.pk) if wanted.assigned == "me" else wanted.assigned
        team = [[self.me.pk, self.colleague.pk], [self.me.pk]]
        if side is Side.SELLER and row.assignee_id in team[own_shops.index(row.shop_id)]:
            assignee = str(row.assignee_id)
        else:  # even if that person has left, is suspended, or works only for the other shop
            assignee = "none"
        return (
            wanted.lane in ("all", lane)
            and (not wanted.unread or unread.exists())
            and (not wanted.starred or state.starred_at is not None)
            and (archived if wanted.archived else not archived or wanted.snoozed)
            and (asleep if wanted.snoozed else not asleep or wanted.archived)
            and (not wanted.label or wanted.label in labels)
            and (not wanted.product or row.product_id == wanted.product)
            and (not wanted.assigned or (side is Side.SELLER and assignee == assigned))
            and (wanted.sort == "newest" or row.waiting_since is not None)
        )


ACTS = [
    "ask",
    "answer",
    "settle",
    "reopen",
    "label",
    "assign",
    "unread",
    "star",
    "archive",
    "snooze",
]
ALL = some.booleans()


@settings(
    max_examples=tries(15),
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    acts=some.lists(
        some.tuples(some.sampled_from(ACTS), some.integers(0, 7), some.integers(0, 9)),
        min_size=5, max_size=30,
    ),
    lane=some.sampled_from(["all", "ours", "theirs", "settled"]),
    flags=some.tuples(ALL, ALL, ALL, ALL),
    choice=some.tuples(some.integers(0, 2), some.integers(0, 2), some.integers(0, 3)),
    sort=some.sampled_from(["newest", "waiting"]),
    limit=some.sampled_from([0, 2_000]),
)  # fmt: skip
def test_each_filter_equals_a_plain_look(
    db: None, monkeypatch: pytest.MonkeyPatch, acts: list[tuple[str, int, int]], lane: str,
    flags: tuple[bool, ...], choice: tuple[int, ...], sort: str, limit: int,
) -> None:  # fmt: skip
    monkeypatch.setattr(small_results, "SMALL_MAX", limit)
    monkeypatch.setattr(inbox_order, "NEAREST", limit // 10 or 2)
    world = World()
    for act in acts:
        world.act(*act)
    unread, starred, archived, snoozed = flags
    wanted = Filter(
        lane=lane, unread=unread, starred=starred, archived=archived, snoozed=snoozed, sort=sort,
        label=[0, *(one.pk for one in world.labels)][choice[0]],
        product=[0, *(one.pk for one in world.products)][choice[1]],
        assigned=["", "me", "none", str(world.colleague.pk)][choice[2]],
    )  # fmt: skip
    scope = access.scope_of(world.me)
    assert set(queries.ids_of(scope, wanted, 1_000)) == world.expected(wanted)
    numbers = queries.counts_of(scope)
    for name, number in numbers.items():
        assert number == len(world.expected(Filter(lane=name))), name


@pytest.mark.parametrize("sort", ["newest", "waiting"])
@pytest.mark.parametrize("limit", [0, 2_000])
def test_pages_follow_each_other_in_both_directions(
    monkeypatch: pytest.MonkeyPatch, sort: str, limit: int
) -> None:
    monkeypatch.setattr(small_results, "SMALL_MAX", limit)
    monkeypatch.setattr(inbox_order, "NEAREST", 1)  # fewer than a shop has
    world = World()
    for place in range(6):
        world.act("ask", place, place % 4)
        world.act("star", place, 0)
    scope, wanted = access.scope_of(world.me), Filter(starred=True, sort=sort)
    whole = queries.page_of(scope, wanted, FIRST_PAGE, 50).rows
    assert len(whole) == 6
    times = [cursor.at for cursor in whole]
    assert times == sorted(times, reverse=sort == "newest")
    first = queries.page_of(scope, wanted, FIRST_PAGE, 4)
    second = queries.page_of(scope, wanted, PageRequest(first.older), 4)
    assert [*first.rows, *second.rows] == whole
    back = queries.page_of(scope, wanted, PageRequest(second.newer, newer=True), 4)
    assert back.rows == first.rows


def test_a_search_also_looks_at_what_is_archived(
    conversation: Conversation, seller: User, shopper: User
) -> None:
    MessageFactory(conversation=conversation, body="A teapot with a blue lid")
    Participant.objects.create(
        conversation=conversation, user=seller, side="seller", archived_sequence=1
    )
    assert inbox.conversation_list(seller).rows == []
    (row,) = inbox.conversation_list(seller, only=Filter(words="teapot", lane="ours")).rows
    assert row == conversation
    assert inbox.conversation_list(seller, only=Filter(words="teapot", lane="theirs")).rows == []


@pytest.mark.parametrize("name", ["label", "product", "assigned"])
@pytest.mark.parametrize("value", ["999999", "0", "x", "-1", "9" * 30])
def test_an_unknown_id_in_a_filter_is_a_404(
    seller: User, shop: Shop, name: str, value: str
) -> None:
    with pytest.raises(Http404):
        filter_from(QueryDict(f"{name}={value}"), access.scope_of(seller))


def test_what_belongs_to_another_shop_is_a_404(
    seller: User, shop: Shop, colleague: User, other_seller: User, shopper: User
) -> None:
    label = Label.objects.create(shop=shop, name="Gift", folded_name="gift")
    product = ProductFactory(shop=shop)
    addresses = [f"label={label.pk}", f"product={product.pk}", f"assigned={colleague.pk}"]
    for address in addresses:
        assert filter_from(QueryDict(address), access.scope_of(seller)) != Filter()
        for person in (other_seller, shopper):
            with pytest.raises(Http404):
                filter_from(QueryDict(address), access.scope_of(person))


def test_filters_don_t_tell_a_shopper_on_the_team_about_themselves(
    seller: User, shop: Shop, other_seller: User
) -> None:
    """Somebody who asked a question and then joined the shop is still the shopper there."""
    label = Label.objects.create(shop=shop, name="Difficult", folded_name="difficult")
    rows = [
        ConversationFactory(consumer=person, product=ProductFactory(shop=shop), assignee=seller)
        for person in (other_seller, UserFactory())
    ]
    for row in rows:
        MessageFactory(conversation=row)
        ConversationLabel.objects.create(conversation=row, label=label)
    ShopMemberFactory(shop=shop, user=other_seller)
    scope = access.scope_of(other_seller)
    assert set(queries.ids_of(scope, Filter(), 10)) == {row.pk for row in rows}
    for wanted in (Filter(label=label.pk), Filter(assigned=str(seller.pk))):
        assert queries.ids_of(scope, wanted, 10) == [rows[1].pk]
    Conversation.objects.update(assignee=None)
    assert queries.ids_of(scope, Filter(assigned="none"), 10) == [rows[1].pk]


def test_a_shopper_on_the_team_has_a_conversation_in_one_lane(
    seller: User, shop: Shop, other_seller: User
) -> None:
    asked = ConversationFactory(consumer=other_seller, product=ProductFactory(shop=shop))
    MessageFactory(conversation=asked)
    ShopMemberFactory(shop=shop, user=other_seller)
    scope = access.scope_of(other_seller)
    assert queries.counts_of(scope) == {"ours": 0, "theirs": 1, "settled": 0, "all": 1}
    assert queries.ids_of(scope, Filter(lane="ours"), 10) == []
    assert queries.ids_of(scope, Filter(lane="theirs"), 10) == [asked.pk]
    assert queries.counts_of(access.scope_of(seller))["ours"] == 1
