"""Store the traces of messages, and find messages by them. A sweep does it, so no send waits."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from messaging.due.claims import claimed
from messaging.due.leisure import give_way
from messaging.models import Message, MessageTrace, MessageVersion, TraceProgress
from trato.retention import ago

from .text_traces import Trace, traces_of

TEXTS_AT_ONCE = 1  # less than a millisecond of Python's work


def due(limit: int) -> int:
    """Read the messages and earlier texts stored since the last call; return how many there were.

    A transaction that began earlier may store a smaller key later, so the newest messages wait for
    `TRACES_DELAY_SECONDS`.

    Args:
        limit: ignored, because reading is cheap.
    """
    if not TraceProgress.objects.exists():
        TraceProgress.objects.bulk_create([TraceProgress(pk=1)], ignore_conflicts=True)
    with transaction.atomic():
        for progress in claimed(TraceProgress.objects.filter(pk=1), 1):
            return _read_on(progress)
    return 0


def matches(trace: Trace, since: datetime, limit: int) -> list[int]:
    """Return the keys of messages that have left a trace, newest first."""
    rows = MessageTrace.objects.filter(key=trace.key, created_at__gte=since)
    return list(rows.order_by("-message").values_list("message", flat=True)[:limit])


def _read_on(progress: TraceProgress) -> int:
    batch = settings.TRACES_BATCH_MAX
    until = Now() - timedelta(seconds=settings.TRACES_DELAY_SECONDS)
    messages = list(
        Message.objects.filter(pk__gt=progress.message, created_at__lte=until)
        .order_by("pk")
        .values_list("pk", "created_at", "body")[:batch]
    )
    versions = list(
        MessageVersion.objects.filter(pk__gt=progress.version, created_at__lte=until)
        .select_related("message")
        .order_by("pk")[:batch]
    )
    of_versions = [
        (row.message_id, row.message.created_at, text)
        for row in versions
        for text in (row.body, row.message.body)
    ]
    _store([*messages, *of_versions])
    progress.message = messages[-1][0] if messages else progress.message
    progress.version = versions[-1].pk if versions else progress.version
    if messages or versions:
        progress.save()
    return len(messages) + len(versions)


def _store(texts: Sequence[tuple[int, datetime, str]]) -> None:
    """Store the traces of texts, a few at a time, so that sends needn't wait for Python."""
    oldest = ago(days=settings.RECALL_DAYS)
    for start in range(0, len(texts), TEXTS_AT_ONCE):
        rows = [
            MessageTrace(key=trace.key, message_id=pk, created_at=created_at)
            for pk, created_at, text in texts[start : start + TEXTS_AT_ONCE]
            if created_at >= oldest
            for trace in traces_of(text)
        ]
        MessageTrace.objects.bulk_create(rows, ignore_conflicts=True)
        give_way()
