"""Add internal notes."""

import uuid
from typing import Any, cast

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Max
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from messaging import access
from messaging.body import clean_text, normalize_body
from messaging.models import Conversation, Note
from messaging.team import actions as team
from messaging.team import events
from messaging.team.frames import NoteCreated
from notifications import actions as notifications
from trato import rate_limits
from trato.clock import database_now
from trato.errors import conflict
from trato.people import Person

from . import notices
from .mentions import mentioned
from .queries import unread_notices


@rate_limits.given_back_on_failure
@transaction.atomic
def add(actor: Person, conversation_id: int, client_id: uuid.UUID, body: str) -> Note:
    """Add a note for the shop's team, and announce it only to the team, on commit.

    A repeated `client_id` with the same text returns the first note and doesn't count against the
    limit. It is announced again, because the first announcement may have been lost; receivers
    ignore a second one. Ended conversations can still get notes: the shop may have something to
    remember.

    Raises:
        Http404: the conversation doesn't exist, or the actor is not on its seller side.
        Refused: `conflict` if the actor's note with this `client_id` has a different text,
            `invalid` or `too_long` for the text, `rate_limited` after too many notes.
    """
    # Locks out the deletion of the account, which empties only the notes that it finds.
    people = get_user_model()._default_manager.filter(pk=actor.pk, is_active=True)
    if not people.select_for_update(no_key=True).exists():
        raise Http404("no such account any more")
    conversation = access.team_conversation_for(actor, conversation_id)
    note = _earlier(conversation, actor, client_id)
    if note is None:
        note = _store(conversation, actor, client_id, _clean(body))
    elif note.body != normalize_body(body):
        raise conflict()
    events.send(conversation, NoteCreated.of(note))
    return note


@transaction.atomic
def read_notices(actor: Person, conversation_id: int) -> None:
    """Mark the actor's notices of mentions in a conversation, and of its assignment, as read.

    Raises:
        Http404: the conversation doesn't exist, or the actor is not on its seller side.
    """
    conversation = access.team_conversation_for(actor, conversation_id)
    unread = unread_notices(conversation, actor).order_by("news__subject_kind", "news__subject_id")
    for kind, subject_id in unread.values_list("news__subject_kind", "news__subject_id"):
        notifications.mark_read(actor, subject_kind=kind, subject_id=subject_id)


def _store(conversation: Conversation, actor: Person, client_id: uuid.UUID, text: str) -> Note:
    rate_limits.hit("NOTES_PER_MINUTE", actor.pk)
    revision = team.bump([conversation.pk])[conversation.pk]
    mentions = mentioned(text, conversation.shop_id, actor.pk)
    # A shopper who now works for the shop is still the shopper here, and gets no note.
    mentions = [pk for pk in mentions if pk != conversation.consumer_id]
    last = conversation.notes.aggregate(last=Max("number"))["last"] or 0
    note = Note.objects.create(
        conversation=conversation,
        number=last + 1,  # under the lock of the team's state, so that there are no gaps
        team_revision=revision,
        client_id=client_id,
        author=cast(Any, actor),
        body=text,
        mentions=mentions,
        created_at=database_now(),
    )
    notices.notify_mentioned(note)
    return note


def _earlier(conversation: Conversation, actor: Person, client_id: uuid.UUID) -> Note | None:
    """Return the note with this `client_id`. The lock on the author's row prevents a second one."""
    notes = conversation.notes.select_related("author")
    return notes.filter(author_id=actor.pk, client_id=client_id).first()


def _clean(body: str) -> str:
    limit = settings.NOTE_MAX_CHARACTERS
    too_long = _("A note can have at most %(limit)s characters; this one has %(length)s.")
    return clean_text(body, limit, too_long)
