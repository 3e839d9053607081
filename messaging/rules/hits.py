"""Count how often rules apply. A sweep stores the counts, so that no send has to wait for that.

A process that is killed loses the counts of its last few seconds.
"""

import threading
from collections import Counter
from collections.abc import Iterable
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from messaging.models import Conversation, Objection, RuleDay, ShieldRule

_lock = threading.Lock()
_hits: Counter[tuple[int, date]] = Counter()  # by rule and day
_objections: list[Objection] = []  # to refusals: their transaction stores nothing


def count(rules: Iterable[ShieldRule]) -> None:
    """Count one hit of each rule."""
    day = timezone.now().date()
    with _lock:
        _hits.update((rule.pk, day) for rule in rules)


def store_later(objections: Iterable[Objection]) -> None:
    """Store objections later, outside the transaction of their message, because it is refused."""
    with _lock:
        _objections.extend(objections)


def due(limit: int) -> int:
    """Store what was counted, see `messaging.sweeps`."""
    with _lock:
        hits, objections = dict(_hits), _objections[:]
        _hits.clear()
        _objections.clear()
    if not (hits or objections):
        return 0
    try:
        with transaction.atomic():
            _store(hits, objections)
    except Exception:
        with _lock:  # the database can't be reached: try again next time
            _hits.update(hits)
            _objections.extend(objections)
        raise
    return 0


def _store(hits: dict[tuple[int, date], int], objections: list[Objection]) -> None:
    known = set(ShieldRule.objects.values_list("pk", flat=True))
    for (rule_id, day), number in sorted(hits.items()):
        if rule_id in known:
            add(rule_id, day, hits=number)
    rows = [row for row in objections if row.rule_id in known]
    # A first question that is refused starts no conversation.
    talks = {row.conversation_id for row in rows if row.conversation_id}
    there = set(Conversation.objects.filter(pk__in=talks).values_list("pk", flat=True))
    for row in rows:
        if row.conversation_id not in there:
            row.conversation_id = None
    Objection.objects.bulk_create(rows, ignore_conflicts=True)


def add(rule_id: int, day: date, **numbers: int) -> None:
    """Add to the figures of a rule on a day: `hits`, `judged` or `overturned`."""
    rows = RuleDay.objects.filter(rule=rule_id, day=day)
    more = {name: F(name) + number for name, number in numbers.items()}
    if rows.update(**more):
        return
    try:
        with transaction.atomic():
            RuleDay.objects.create(rule_id=rule_id, day=day, **numbers)
    except IntegrityError:  # another process was faster
        rows.update(**more)
