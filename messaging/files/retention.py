"""Retention of files that nobody sees."""

from collections.abc import Callable, Sequence
from functools import partial

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from messaging.models import File, Report
from trato.retention import Rule, ago
from trato.stored_files.actions import PRIVATE, delete_on_commit

from .models import UNSENT


def _unsent() -> QuerySet[File]:
    return File.objects.filter(
        **UNSENT,
        held_at__lt=ago(hours=settings.UNSENT_FILES_KEEP_HOURS),
    )


def _hidden() -> QuerySet[File]:
    """Return files of hidden messages, once staff no longer need them, as for open reports."""
    until = ago(days=settings.HIDDEN_FILES_KEEP_DAYS)
    reports = Report.objects.filter(message=OuterRef("message"), outcome="", is_set_aside=False)
    is_over = Q(message__removed_at__lt=until) | Q(message__withdrawn_at__lt=until)
    return File.objects.filter(is_over, ~Exists(reports))


def _delete_stored(expired: Callable[[], QuerySet[File]], keys: Sequence[int]) -> None:
    """On commit, delete the stored files of rows that are about to be deleted."""
    rows = expired().select_for_update(of=("self",)).filter(pk__in=keys)
    delete_on_commit([name for row in rows for name in row.stored_names()], PRIVATE)


RULES = [
    Rule("files that were never sent", _unsent, partial(_delete_stored, _unsent)),
    Rule(
        "files of messages that were removed or withdrawn",
        _hidden,
        partial(_delete_stored, _hidden),
    ),
]
