"""Keep shops' waits up to date; contest a late answer."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Greatest, Substr
from django.http import Http404
from django.utils import timezone
from django.utils.text import normalize_newlines
from django.utils.translation import gettext_lazy as _

from messaging.host import host, shop_model
from messaging.models import (
    NOT_HIDDEN,
    Contest,
    Conversation,
    Message,
    ReplyTime,
    Settlement,
    Side,
    Wait,
    hour_of,
)
from messaging.opening_hours.queries import schedule_of
from trato.clock import database_now
from trato.errors import Refused
from trato.people import Person
from trato.text import has_control_characters

from . import clock, queries
from .clock import Event, Kind
from .hours import usual_day
from .thanks import MAX_CHARACTERS, only_thanks

CONVERSATIONS_AT_ONCE = 200
# This much is read again, because transactions may commit out of order.
OVERLAP = timedelta(minutes=1)
REASON_MAX = Contest._meta.get_field("reason").max_length or 0


def due(limit: int) -> int:
    """Bring a few shops' waits up to date, starting with the shop checked longest ago.

    Returns:
        The number of shops checked.
    """
    since = timezone.now() - timedelta(minutes=settings.FIGURES_REFRESH_MINUTES)
    shops = ReplyTime.objects.filter(Q(checked_at=None) | Q(checked_at__lt=since))
    ids = list(shops.order_by("checked_at").values_list("shop_id", flat=True)[:limit])
    known = ReplyTime.objects.filter(shop_id=OuterRef("pk"))
    if len(ids) < limit:
        new = shop_model()._default_manager.filter(~Exists(known)).order_by("pk")
        ids += new.values_list("pk", flat=True)[: limit - len(ids)]
    return sum(catch_up(shop_id) for shop_id in ids)


def catch_up(shop_id: int, rounds: int = 10) -> bool:
    """Store a shop's waits that began, ended or disappeared since the last time.

    Args:
        rounds: at most this many, each of at most `CONVERSATIONS_AT_ONCE` conversations.

    Returns:
        Whether any were read; False if another process is doing this.
    """
    ReplyTime.objects.get_or_create(shop_id=shop_id)
    for number in range(rounds):
        is_free, is_done = _catch_up_some(shop_id)
        if not is_free or is_done:
            return is_free or number > 0
    return True


@transaction.atomic
def _catch_up_some(shop_id: int) -> tuple[bool, bool]:
    rows = ReplyTime.objects.filter(shop_id=shop_id).select_for_update(skip_locked=True)
    mark = rows.first()
    if mark is None:
        return False, False
    now = database_now()
    horizon = now - timedelta(days=settings.FIGURES_DAYS_MAX + 1)
    since = max(mark.read_until or horizon, horizon)
    sources = [_heard(shop_id, since), _settled(shop_id, since), _hidden(shop_id, since)]
    pages = [_page(rows, since) for rows in sources]
    hours = schedule_of(shop_id)
    mark.day_seconds = usual_day(hours, now)
    shoppers: set[int] = set().union(*(people for people, _until in pages))
    _store(shop_id, shoppers, horizon, hours, mark.day_seconds)
    untils = [until for _people, until in pages if until]
    is_done = not untils
    mark.read_until = min(untils, default=now - OVERLAP)
    if is_done:
        mark.checked_at = now
        mark.samples, mark.median_seconds = queries.usual_reply(shop_id, now)
    mark.save()
    return True, is_done


def _heard(shop_id: int, since: datetime) -> QuerySet[Conversation, Any]:
    """Return shoppers with new messages, by the time of the last one."""
    rows = Conversation.objects.filter(
        shop_id=shop_id, last_message_hour__gte=hour_of(since), last_message_at__gte=since
    )
    return rows.order_by("last_message_at", "pk").values_list("last_message_at", "consumer_id")


def _settled(shop_id: int, since: datetime) -> QuerySet[Settlement, Any]:
    """Return shoppers in whose conversations a question was settled, by time."""
    rows = Settlement.objects.filter(
        turn=Side.SELLER, created_at__gte=since, conversation__shop_id=shop_id
    )
    return rows.order_by("created_at", "pk").values_list("created_at", "conversation__consumer_id")


def _hidden(shop_id: int, since: datetime) -> QuerySet[Message, Any]:
    """Return shoppers with messages that were removed or withdrawn, by time."""
    is_new = Q(removed_at__gte=since) | Q(withdrawn_at__gte=since)
    rows = Message.objects.filter(is_new, conversation__shop_id=shop_id)
    at = Greatest(Coalesce("removed_at", Value(since)), Coalesce("withdrawn_at", Value(since)))
    return rows.order_by(at, "pk").values_list(at, "conversation__consumer_id")


def _page(rows: QuerySet[Any, Any], since: datetime) -> tuple[set[int], datetime | None]:
    """Return a list's first shoppers and the last one's time; None if these are all.

    Take more than `CONVERSATIONS_AT_ONCE` if they all have the same time, because the next page
    begins with the last time on this one.
    """
    size = CONVERSATIONS_AT_ONCE
    while True:
        taken = list(rows[:size])
        until = taken[-1][0] if len(taken) == size else None
        if until is None or until > since:
            return {consumer for _at, consumer in taken}, until
        size *= 2


def _store(
    shop_id: int,
    consumers: Collection[int],
    horizon: datetime,
    hours: clock.Hours,
    day_seconds: int,
) -> None:
    """Replace the stored waits of some shoppers with those that the clock finds."""
    talks = Conversation.objects.filter(shop_id=shop_id, consumer_id__in=consumers)
    shoppers = dict(talks.values_list("pk", "consumer_id"))
    stored = Wait.objects.filter(
        Q(asked_at__gte=horizon) | Q(answered_at=None), conversation_id__in=shoppers
    )
    old = {(row.conversation_id, row.sequence): row for row in stored}
    events = _events(talks, shoppers, horizon)
    for (talk, sequence), row in old.items():
        if row.asked_at < horizon:  # still unanswered, so it may end now
            events[shoppers[talk]].append(Event(row.asked_at, talk, sequence, Kind.ASKED))
    waits = {
        (wait.asked.conversation, wait.asked.sequence): wait
        for each in events.values()
        for wait in clock.waits(each)
    }
    Wait.objects.filter(pk__in=[old[key].pk for key in old.keys() - waits.keys()]).delete()
    new: list[Wait] = []
    changed: list[Wait] = []
    for key, wait in waits.items():
        row = old.get(key) or Wait(shop_id=shop_id, conversation_id=key[0], sequence=key[1])
        ended = wait.answered.at if wait.answered else None
        if row.pk and row.answered_at == ended:
            continue
        row.asked_at, row.answered_at = wait.asked.at, ended
        row.answered_by_id = wait.answered.person if wait.answered else None
        row.seconds = wait.seconds(hours, ended) if ended else None
        row.day_seconds = day_seconds
        (changed if row.pk else new).append(row)
    Wait.objects.bulk_create(new, batch_size=500)
    columns = ["answered_at", "answered_by", "seconds", "day_seconds"]
    Wait.objects.bulk_update(changed, columns, batch_size=500)


def _events(talks: Any, shoppers: dict[int, int], horizon: datetime) -> dict[int, list[Event]]:
    """Return what happened between a shop and each of the shoppers."""
    events: defaultdict[int, list[Event]] = defaultdict(list)
    messages = Message.objects.filter(
        conversation_id__in=shoppers, created_at__gte=horizon, **NOT_HIDDEN
    ).order_by()
    columns = (
        "conversation_id",
        "sequence",
        "side",
        "created_at",
        "sender_id",
        "is_automatic",
        "start",
    )
    starts = messages.annotate(start=Substr("body", 1, MAX_CHARACTERS + 1))
    for talk, sequence, side, at, sender, is_automatic, start in starts.values_list(*columns):
        kind = Kind.AUTOMATIC if is_automatic else _kind(side, start)
        events[shoppers[talk]].append(Event(at, talk, sequence, kind, sender))
    for event in _settlements(shoppers, horizon):
        events[shoppers[event.conversation]].append(event)
    ended = talks.filter(ended_at__isnull=False)
    for talk, sequence, at in ended.values_list("pk", "last_sequence", "ended_at"):
        events[shoppers[talk]].append(Event(at, talk, sequence, Kind.SETTLED))
    return events


def _settlements(talks: Collection[int], horizon: datetime) -> Iterable[Event]:
    """Return when questions were settled, unless that was undone."""
    not_undone: defaultdict[int, list[Event]] = defaultdict(list)
    rows = Settlement.objects.filter(
        turn=Side.SELLER, conversation_id__in=talks, created_at__gte=horizon
    )
    columns = "conversation_id", "sequence", "created_at", "is_undone"
    for talk, sequence, at, is_undone in rows.order_by("created_at", "pk").values_list(*columns):
        if not is_undone:
            not_undone[talk].append(Event(at, talk, sequence, Kind.SETTLED))
        elif not_undone[talk]:
            not_undone[talk].pop()
    return chain.from_iterable(not_undone.values())


def _kind(side: str, start: str) -> Kind:
    if side == Side.CONSUMER:
        return Kind.THANKED if only_thanks(start) else Kind.ASKED
    return Kind.ANSWERED


@transaction.atomic
def contest(actor: Person, wait_id: int, reason: str) -> Contest:
    """Say why a late answer should not count. It stays listed, with the reason. Safe to repeat.

    Raises:
        Http404: there is no such wait, or the actor doesn't work for the shop.
        Refused: `invalid` or `too_long` for the reason, `conflict` if it is already contested.
    """
    wait = wait_for(actor, wait_id)
    reason = normalize_newlines(reason).strip()
    if not reason:
        raise Refused("invalid", _("Say why it should not count."))
    if len(reason) > REASON_MAX:
        raise Refused("too_long", _("That is too long. Please shorten it."))
    if has_control_characters(reason, allowed="\n\t"):
        raise Refused("invalid", _("The text contains characters that can't be shown."))
    try:
        with transaction.atomic():
            return Contest.objects.create(wait=wait, by_id=actor.pk, reason=reason)
    except IntegrityError as error:
        contests = Contest.objects.filter(wait=wait, withdrawn_at=None)
        if same := contests.filter(by_id=actor.pk, reason=reason).first():
            return same  # a second click
        raise Refused("conflict", _("A colleague has contested it already.")) from error


@transaction.atomic
def withdraw(actor: Person, wait_id: int) -> bool:
    """Withdraw a contest; return whether there was one. Its row stays.

    Raises:
        Http404: there is no such wait, or the actor doesn't work for the shop.
    """
    contests = Contest.objects.filter(wait=wait_for(actor, wait_id), withdrawn_at=None)
    return bool(contests.update(withdrawn_at=database_now()))


def wait_for(actor: Person, wait_id: int) -> Wait:
    """Return one of the waits of a shop that the person works for, or raise Http404."""
    wait = Wait.objects.filter(pk=wait_id).first()
    if wait is None or not host.is_member(actor.pk, wait.shop_id):
        raise Http404("no such wait")
    return wait


def refresh(shop_ids: Iterable[int]) -> None:
    """Bring shops' waits fully up to date, such as those of the demo."""
    for shop_id in shop_ids:
        while ReplyTime.objects.filter(shop_id=shop_id, checked_at__isnull=False).count() == 0:
            catch_up(shop_id)
