"""Carry out dry runs in the background, in slices of a few seconds.

A process claims a run for one slice, holds no transaction meanwhile, and stores its counts together
with its progress if the claim is still its own. If it is killed, the claim expires, and the next
process continues from the last stored slice.
"""

import time
import uuid
from datetime import datetime, timedelta

import msgspec
import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from messaging.due import loop
from messaging.due.claims import claimed
from messaging.models import DryRun, Message, ShieldRule
from trato.clock import database_now
from trato.prepared import prepared
from trato.realtime.database import give_back_connections

from .hit_counts import HitCounts
from .trial import Text, Trial

log = structlog.get_logger("trato.lab")

State = DryRun.State


def due(limit: int) -> int:
    """Carry out slices of dry runs, which take turns; return how many slices."""
    if not _waiting():
        return 0
    for count in range(limit):
        if loop.is_stopping() or not _next_slice():
            return count
    return limit


@prepared
def _waiting() -> QuerySet[DryRun, int]:
    """Check whether a run is waiting. One hardly ever is, and a claim takes four statements."""
    rows = DryRun.objects.filter(state=State.WAITING).order_by()
    return rows.values_list("pk", flat=True)[:1]


def _next_slice() -> bool:
    run = _claim()
    if run is None:
        return False
    own = DryRun.objects.filter(pk=run.pk, token=run.token, state=State.WAITING).order_by()
    try:
        changes = _slice(run)
    except Exception:
        log.exception("dry_run_failed", run=run.pk, attempt=run.attempts)
        own.update(free_at=_later(settings.RULE_LAB_RETRY_SECONDS))
    else:
        if not own.update(**changes):
            log.info("dry_run_superseded", run=run.pk)
    return True


@transaction.atomic
def _claim() -> DryRun | None:
    """Claim the next run for one slice; mark runs that were tried too often as failed."""
    waiting = DryRun.objects.filter(state=State.WAITING, free_at__lte=database_now())
    while rows := claimed(waiting.order_by("free_at", "pk"), 1):
        [run] = rows
        if run.attempts < settings.RULE_LAB_ATTEMPTS_MAX:
            run.token, run.attempts = uuid.uuid4(), run.attempts + 1
            run.free_at = _later(settings.RULE_LAB_LEASE_SECONDS)
            run.save(update_fields=["token", "attempts", "free_at"])
            return run
        run.state, run.ended_at, run.hit_counts = State.FAILED, database_now(), {}
        run.save(update_fields=["state", "ended_at", "hit_counts"])
    return None


def _slice(run: DryRun) -> dict[str, object]:
    """Look at messages for `RULE_LAB_SLICE_SECONDS`; return the row's new values."""
    until = time.monotonic() + settings.RULE_LAB_SLICE_SECONDS
    rule = run.tried
    others = ShieldRule.objects.filter(is_on=True).exclude(pk=run.rule_id or 0)
    trial = Trial(rule, list(others))
    counts = msgspec.convert(run.hit_counts, HitCounts) if run.hit_counts else HitCounts.of(rule)
    first, last = _range(run)
    place, looked = max(run.place, first), run.looked
    while place < last:
        before, place = place, min(place + settings.RULE_LAB_BATCH_KEYS, last)
        texts = _texts(before, place, run.since)
        for hit in trial.hits(trial.matching(texts)):
            counts.add(hit)
        looked += len(texts)
        if time.monotonic() >= until or loop.is_stopping():
            break
        if texts:
            time.sleep(settings.RULE_LAB_PAUSE_SECONDS)
    give_back_connections()
    changes: dict[str, object] = {"first": first, "last": last, "place": place, "looked": looked}
    if place >= last:
        counts.close()
        changes |= {"state": State.DONE, "ended_at": database_now()}
    builtins = msgspec.to_builtins(counts)
    return changes | {
        "attempts": 0, "hits": counts.hits, "hit_counts": builtins, "free_at": database_now(),
    }  # fmt: skip


def _range(run: DryRun) -> tuple[int, int]:
    """Return the key before the first message's, and the last key; the same for all slices."""
    if run.last is not None:
        return run.first, run.last
    keys = Message.objects.values_list("pk", flat=True)
    first, last = keys.order_by("pk").first(), keys.order_by("-pk").first()
    return (first or 1) - 1, last or 0


def _texts(after: int, until: int, since: datetime) -> list[Text]:
    """Read the messages between two keys.

    No index contains the time, because it would slow down every send. The run skips older messages
    by their keys, one batch at a time, so that no query takes long.
    """
    rows = Message.objects.filter(
        pk__gt=after,
        pk__lte=until,
        created_at__gte=since,
        is_automatic=False,
        withdrawn_at=None,
    )
    return list(rows.order_by().values_list("pk", "body"))


def _later(seconds: float) -> datetime:
    return database_now() + timedelta(seconds=seconds)
