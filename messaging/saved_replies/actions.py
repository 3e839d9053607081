"""Add, change and delete saved replies, and count their use. Each is one transaction."""

from collections.abc import Sequence

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.http import Http404
from django.utils import timezone
from django.utils.text import normalize_newlines
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from messaging import access
from messaging.files.actions import copy
from messaging.models import File, SavedReply, SavedReplyFile
from messaging.ownership import lock_owner
from trato import rate_limits
from trato.errors import Refused
from trato.people import Person

from . import attachments, queries

SHORT_TAKEN = _("Another reply has this shortcut already.")


@transaction.atomic
def add(
    actor: Person,
    shop_id: int | None,
    *,
    name: str,
    short: str,
    body: str,
    files: Sequence[int] = (),
) -> SavedReply:
    """Add a reply for a shop, or for the actor if `shop_id` is None.

    If the same reply already exists, as after a second click, return it.

    Args:
        files: see `attachments.attach`.

    Raises:
        Http404: the actor doesn't work for the shop, or doesn't sell at all.
        ValidationError: a value is wrong, or the shortcut is taken; by field.
        Refused: `forbidden` if there are too many already; for the files, see `attachments.attach`.
    """
    queries.shops_for(actor)
    siblings = SavedReply.objects.filter(lock_owner(actor, shop_id))
    body = normalize_newlines(body)
    same = siblings.filter(short=short).first()
    if same and _says(same, (name, short, body), files):
        return same
    limit = settings.SAVED_REPLIES_PER_SHOP if shop_id else settings.SAVED_REPLIES_PER_PERSON
    if siblings.count() >= limit:
        words = ngettext_lazy(
            "There is already %(count)s saved reply here. Delete one first.",
            "There are already %(count)s saved replies here. Delete one first.",
            "count",
        )
        raise Refused("forbidden", words % {"count": limit})
    reply = SavedReply(
        shop_id=shop_id, owner_id=actor.pk if shop_id is None else None,
        name=name, short=short, body=body,
    )  # fmt: skip
    _save(reply)
    attachments.attach(reply, files)
    return reply


@transaction.atomic
def change(
    actor: Person,
    reply_id: int,
    *,
    revision: int,
    name: str,
    short: str,
    body: str,
    files: Sequence[int] = (),
) -> SavedReply:
    """Change a reply. Do nothing if it already has these values, as after a second click.

    Args:
        revision: the reply's revision when the actor loaded it.
        files: all files that the reply will have, see `attachments.attach`.

    Raises:
        Http404: see `queries.reply_for`.
        ValidationError: a value is wrong, or the shortcut is taken; by field.
        Refused: `conflict` if somebody has changed the reply since; for the files, see
            `attachments.attach`.
    """
    reply = queries.reply_for(actor, reply_id, lock=True)
    body = normalize_newlines(body)
    if reply.revision != revision:
        if _says(reply, (name, short, body), files):
            return reply
        raise Refused("conflict", _("A colleague has changed this reply in the meantime."))
    reply.name, reply.short, reply.body = name, short, body
    reply.revision += 1
    reply.changed_at = timezone.now()
    _save(reply, "name", "short", "body", "revision", "changed_at")
    attachments.attach(reply, files)
    return reply


@transaction.atomic
def delete(actor: Person, reply_id: int) -> str | None:
    """Delete a reply and its files for good. Messages that were sent with it keep their copies.

    Returns:
        The reply's name; None if the actor has no such reply, as after a second click.

    Raises:
        Http404: see `queries.shops_for`.
    """
    reply = queries.replies_of(actor).select_for_update(no_key=True).filter(pk=reply_id).first()
    if reply is None:
        return None
    attachments.attach(reply, ())
    reply.delete()
    return reply.name


def use(actor: Person, conversation_id: int, reply_id: int) -> list[File]:
    """Count one use of a reply in a conversation, and copy its files there.

    Returns:
        The copies, which the actor can send or discard like uploaded files.

    Raises:
        Http404, Refused: see `count_use` and `files.actions.copy`.
    """
    count_use(actor, conversation_id, reply_id)
    sources = SavedReplyFile.objects.filter(reply=reply_id, is_ready=True)
    return copy(actor, conversation_id, list(sources.order_by("position")))


@rate_limits.given_back_on_failure
@transaction.atomic
def count_use(actor: Person, conversation_id: int, reply_id: int) -> None:
    """Count one use of a reply: somebody inserted it into a message of a conversation.

    Raises:
        Http404: the actor isn't on the conversation's seller side, or can't use the reply there.
        Refused: `rate_limited` after too many uses.
    """
    conversation = access.team_conversation_for(actor, conversation_id)
    rate_limits.hit("SAVED_REPLY_USES_PER_MINUTE", actor.pk)
    replies = queries.usable_in(conversation, actor).filter(pk=reply_id)
    if not replies.order_by().update(uses=F("uses") + 1):
        raise Http404("no such saved reply")


def _says(reply: SavedReply, words: tuple[str, str, str], files: Sequence[int]) -> bool:
    """Whether a reply has this text, and files with the same names and sizes."""
    if (reply.name, reply.short, reply.body) != words:
        return False
    given = SavedReplyFile.objects.filter(pk__in=files)
    rows = (given, reply.files.all())
    one, other = (sorted(some.values_list("name", "size")) for some in rows)
    return one == other


def _save(reply: SavedReply, *fields: str) -> None:
    """Store a reply if its values are valid."""
    reply.clean_fields()
    try:
        with transaction.atomic():
            reply.save(update_fields=fields or None)
    except IntegrityError as error:
        raise ValidationError({"short": ValidationError(SHORT_TAKEN, code="taken")}) from error
