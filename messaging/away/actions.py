"""Set a shop's automatic replies. Only its managers may do so."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from messaging import access
from messaging.body import clean_body
from messaging.models import AwayWords
from messaging.rules.texts import judge
from trato.clock import database_now
from trato.errors import Refused
from trato.people import Person


@transaction.atomic
def set_words(actor: Person, shop_id: int, *, is_on: bool, words: str) -> str:
    """Set whether and what the shop replies outside its opening hours.

    Returns:
        What the message rules warn about in the text; empty if nothing.

    Raises:
        Http404: the actor doesn't work for the shop.
        PermissionDenied: the actor may not change it.
        ValidationError: the text is missing, can't be sent, or is stopped by a rule.
    """
    row = _locked(actor, shop_id)
    row.is_on = is_on
    row.words, remark = _judged(actor, "words", words)
    row.save()
    return remark


@transaction.atomic
def set_away(actor: Person, shop_id: int, until: datetime, words: str) -> str:
    """Mark the shop as away until a time, whatever its opening hours, and set its reply.

    Returns and raises the same as `set_words`; ValidationError also for a time in the past.
    """
    row = _locked(actor, shop_id)
    if until <= row.changed_at:
        raise ValidationError({"until": _("That time has passed. Choose a later one.")})
    row.until = until
    row.until_words, remark = _judged(actor, "until_words", words)
    row.save()
    return remark


@transaction.atomic
def set_back(actor: Person, shop_id: int) -> None:
    """Mark the shop as no longer away. Raises the same exceptions as `set_words`."""
    row = _locked(actor, shop_id)
    row.until = None
    row.save()


def _locked(actor: Person, shop_id: int) -> AwayWords:
    """Return the shop's row, locked until the transaction ends."""
    access.own_shop(actor, shop_id, manage=True)
    AwayWords.objects.get_or_create(shop_id=shop_id)
    row = AwayWords.objects.select_for_update(no_key=True).get(shop_id=shop_id)
    row.changed_at = database_now()
    return row


def _judged(actor: Person, field: str, words: str) -> tuple[str, str]:
    """Return the text as it will be sent, and what the rules warn about in it."""
    try:
        body = clean_body(words)
        return body, judge(actor, body)
    except Refused as refusal:
        raise ValidationError({field: str(refusal.detail)}) from refusal
