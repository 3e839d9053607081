"""Recall a scam or undo a recall, in a process that may be killed meanwhile, see `test_killed`."""

from contextlib import suppress
from datetime import timedelta

from django.contrib.auth import get_user_model
from django.db import OperationalError, transaction
from django.utils import timezone

from messaging.models import Conversation, Decision, Message, Recall, RecallWarning, Sanction
from messaging.recall import actions, candidates
from notifications.models import Notification
from tests.messaging.recall.conftest import order
from trato.audit.models import AuditEntry
from trato.errors import AlreadyDone


def turn(_limit: int) -> int:
    """Undo the recall that is in force, or make one. A process that waits too long gives up."""
    with suppress(OperationalError):
        _act()
        check()
    return 0


def _act() -> None:
    moderator = get_user_model()._default_manager.get(email="sam@example.com")
    scam = Message.objects.order_by("pk")[0]
    with suppress(AlreadyDone):
        if row := candidates.recalled().first():
            actions.undo(moderator, row.pk, "Again")
        else:
            copies = [one.message for one in candidates.find(moderator, scam).candidates()]
            until = timezone.now() + timedelta(days=1)
            actions.recall(moderator, scam.pk, order(*copies, mute_until=until))


@transaction.atomic
def check() -> None:
    """Check that everything is done or nothing. Nobody else recalls or undoes meanwhile."""
    talks = Conversation.objects.select_for_update().order_by("pk")
    count = len(talks.values_list("pk", flat=True))
    is_recalled = candidates.recalled().exists()
    assert candidates.recalled().count() <= 1
    hidden = Message.objects.exclude(removed_at=None).count()
    assert hidden == (count if is_recalled else 1)  # the scam itself was removed before
    removals = Decision.objects.filter(measure="remove", overturned_at=None)
    assert removals.count() == (count - 1 if is_recalled else 0)
    mutes = Sanction.objects.filter(lifted_at=None)
    assert mutes.count() == (count if is_recalled else 0)
    warned = Notification.objects.filter(news__subject_kind=Recall.NEWS_KIND)
    of_recalls = RecallWarning.objects.filter(recall__in=candidates.recalled())
    assert {*warned.values_list("news__subject_id", flat=True)} == {
        *of_recalls.values_list("pk", flat=True)
    }
    assert warned.exists() == is_recalled
    made = AuditEntry.objects.filter(verb="recall.made").count()
    undone = AuditEntry.objects.filter(verb="recall.undone").count()
    assert made - undone == int(is_recalled)
    each = AuditEntry.objects.filter(verb__startswith="decision.").exclude(
        verb="decision.overturned"
    )
    assert each.count() == made * (2 * count - 1)
