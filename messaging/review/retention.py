"""How long decided messages are kept: as long as somebody may object to the decision."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from messaging.files import actions as files
from messaging.models import File, HeldMessage
from trato.retention import Rule, ago


def _decided() -> QuerySet[HeldMessage]:
    return HeldMessage.objects.filter(
        decided_at__lt=ago(days=settings.HELD_MESSAGES_KEEP_DAYS)
    ).exclude(state=HeldMessage.State.CLEARED)


def _delete_files(keys: Sequence[Any]) -> None:
    files.delete(File.objects.filter(held_message__in=keys))


RULES = [Rule("held messages that were decided", _decided, _delete_files)]
