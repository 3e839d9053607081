"""Load what only some messages have: files, a quoted message, and reactions.

These are loaded for many messages together, without a query if no message has any.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TypeVar

from django.db.models import Q, QuerySet

from trato.array_parameters import listed
from trato.people import is_deleted

from .body import excerpt
from .host import host
from .models import Attached, Conversation, File, Message, Reaction
from .records import Quoted, Reactions, Sender, Sent, attached_words

Row = TypeVar("Row", Message, Sent)
ONLY_FILES = "📎 "  # begins the excerpt of a message with only files; their kind follows


def load(rows: Sequence[Row]) -> Sequence[Row]:
    """Add `shown_files`, `quoted` and `reactions` to messages that aren't hidden; return them.

    Args:
        rows: of any conversations.
    """
    with_files = [row for row in rows if row.attached and not row.is_hidden]
    if with_files:
        files = files_of(row.id for row in with_files)
        for row in with_files:
            row.shown_files = files[row.id]
    quoting = [row for row in rows if row.quote is not None and not row.is_hidden]
    if quoting:
        quotes = quotes_of({(row.conversation_id, row.quote or 0) for row in quoting})
        for row in quoting:
            row.quoted = quotes.get((row.conversation_id, row.quote or 0))
    reacted = [row for row in rows if row.is_reacted and not row.is_hidden]
    if reacted:
        given = _reactions(row.id for row in reacted)
        for row in reacted:
            row.reactions = given.get(row.id, ())
    return rows


def files_of(message_ids: Iterable[int]) -> defaultdict[int, list[File]]:
    """Return files by message, including the files of hidden messages, which staff see."""
    files: defaultdict[int, list[File]] = defaultdict(list)
    for file in File.objects.filter(message__in=listed(message_ids)).order_by("position"):
        files[file.message_id or 0].append(file)
    return files


def sent_of(message: Message) -> Sent:
    """Return the complete record of a row whose sender and conversation are loaded."""
    (sent,) = load([Sent.of(message)])
    return sent


def quoted_in(conversation: Conversation, sequence: int) -> Quoted | None:
    """Return what a quote of a message shows; None if the conversation has no such message."""
    return quotes_of([(conversation.pk, sequence)]).get((conversation.pk, sequence))


def excerpt_of(message: Message, body: str) -> str:
    """Return the beginning of a message with the text `body`; without text, its files' kind.

    It is stored in notifications, whose readers have different languages, see `excerpt_words`.
    """
    return excerpt(body) or (f"{ONLY_FILES}{message.attached}" if message.attached else "")


def excerpt_words(stored: str) -> str:
    """Return a stored excerpt in the reader's language."""
    attached = stored.removeprefix(ONLY_FILES)
    is_of_files = stored != attached and attached in Attached.values
    return attached_words(attached) if is_of_files else stored


def quotes_of(wanted: Iterable[tuple[int, int]]) -> dict[tuple[int, int], Quoted]:
    """Return what quotes of these messages show; makes no query if there are none.

    Args:
        wanted: pairs of a conversation's ID and a sequence.
    """
    by_conversation: defaultdict[int, list[int]] = defaultdict(list)
    for conversation_id, sequence in wanted:
        by_conversation[conversation_id].append(sequence)
    which = Q()
    for conversation_id, sequences in by_conversation.items():
        which |= Q(conversation=conversation_id, sequence__in=listed(sequences))
    if not which:
        return {}
    originals = Message.objects.filter(which).select_related("sender", "conversation__shop")
    return {(row.conversation_id, row.sequence): _quoted(row) for row in originals}


def _quoted(original: Message) -> Quoted:
    words = "" if original.is_hidden else excerpt(original.body)
    return Quoted(
        sequence=original.sequence,
        sender=Sender(
            0 if original.is_automatic else original.sender_id,
            original.sender_name,
        ),
        side=original.side,
        excerpt=words,
        attached="" if original.is_hidden or words else original.attached,
    )


def _reactions(message_ids: Iterable[int]) -> dict[int, list[Reactions]]:
    rows: QuerySet[Reaction] = Reaction.objects.filter(message__in=listed(message_ids))
    given: defaultdict[int, dict[str, Reactions]] = defaultdict(dict)
    for row in rows.select_related("user").order_by("reaction", "created_at", "pk"):
        name = "" if is_deleted(row.user) else host.display_name(row.user)
        same = given[row.message_id].setdefault(row.reaction, Reactions(row.reaction, []))
        same.users.append(Sender(row.user_id, name))
    return {message_id: list(by_kind.values()) for message_id, by_kind in given.items()}
