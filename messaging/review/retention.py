"""Retention of decided messages: while somebody may appeal, and until an appeal is decided."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet

from messaging.files import actions as files
from messaging.models import Appeal, File, HeldMessage
from trato.retention import Rule, ago


def _decided() -> QuerySet[HeldMessage]:
    rows = HeldMessage.objects.filter(decided_at__lt=ago(days=settings.HELD_MESSAGES_KEEP_DAYS))
    in_appeal = Appeal.objects.filter(decision__held=OuterRef("pk"), outcome="")
    return rows.exclude(state=HeldMessage.State.CLEARED).filter(~Exists(in_appeal))


def _delete_files(keys: Sequence[Any]) -> None:
    files.delete(File.objects.filter(held_message__in=keys))


RULES = [Rule("held messages that were decided", _decided, _delete_files)]
