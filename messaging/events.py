"""Telling the two sides of a conversation, on commit. Each frame is encoded once for everybody."""

from msgspec import Struct

from accounts import relay
from accounts.models import User

from . import wire
from .access import consumer_group, seller_group
from .models import Conversation, Message, Side


def message_created(message: Message) -> None:
    """Both sides hear of a new message."""
    _tell(message.conversation, wire.MessageCreated.of(message))


def message_changed(message: Message) -> None:
    """Both sides hear that a message is no longer what it was."""
    _tell(message.conversation, wire.MessageChanged.of(message))


def conversation_read(conversation: Conversation, side: Side, user_id: int, sequence: int) -> None:
    """Both sides hear how far somebody has read."""
    _tell(conversation, wire.ConversationRead(conversation.pk, side, user_id, sequence))


async def typing(conversation_id: int, groups: tuple[str, ...], side: Side, person: User) -> None:
    """Both sides hear that somebody is writing. Nothing is stored."""
    frame = wire.TypingSeen(conversation_id, side, person.name)
    await relay.publish_async(
        groups,
        {
            "type": "chat.typing",
            "conversation": conversation_id,
            "user": person.pk,
            "frame": wire.encode(frame),
        },
    )


def groups_of(conversation: Conversation) -> tuple[str, ...]:
    """The role groups of a conversation's two sides, and nobody else's."""
    return (consumer_group(conversation.consumer_id), seller_group(conversation.shop_id))


def _tell(conversation: Conversation, frame: Struct) -> None:
    relay.publish_on_commit(
        groups_of(conversation), {"type": "chat.message", "frame": wire.encode(frame)}
    )
