"""Conversations for tests and for the demo shop, consistent with what the actions store."""

import uuid
from typing import Any

import factory
from factory.django import DjangoModelFactory

from .host import host
from .lanes import orm as lanes
from .models import (
    Conversation,
    Message,
    Participant,
    Report,
    SavedReply,
    SavedView,
    Side,
    snapshot_of,
)
from .reports.models import KINDS
from .reports.things import blamed_for


class ConversationFactory(DjangoModelFactory[Conversation]):
    """A conversation of `consumer=` about `product=` or, without one, with `shop=`."""

    class Meta:
        model = Conversation

    product: Any = None
    shop = factory.LazyAttribute(lambda made: host.shop_of(made.product))

    @classmethod
    def _adjust_kwargs(cls, product: Any = None, **kwargs: Any) -> dict[str, Any]:
        return (snapshot_of(product) if product else {}) | kwargs


class MessageFactory(DjangoModelFactory[Message]):
    """The next message of `conversation=`, whose counters it advances."""

    class Meta:
        model = Message

    sender = factory.SelfAttribute("conversation.consumer")
    side = factory.LazyAttribute(lambda made: made.conversation.side_of(made.sender.pk))
    sequence = factory.LazyAttribute(lambda made: made.conversation.last_sequence + 1)
    revision = factory.LazyAttribute(lambda made: made.conversation.revision + 1)
    client_id = factory.LazyFunction(uuid.uuid4)
    body = "Is this still available?"

    @classmethod
    def _create(cls, model_class: type[Message], *args: Any, **kwargs: Any) -> Message:
        message: Message = super()._create(model_class, *args, **kwargs)
        conversation = message.conversation
        lanes.say(conversation, message)
        conversation.last_sequence = message.sequence
        conversation.revision = message.revision
        conversation.last_message = message
        conversation.save()
        return message


class ParticipantFactory(DjangoModelFactory[Participant]):
    """A participant of `conversation=`, with how far they have read."""

    class Meta:
        model = Participant

    user = factory.SelfAttribute("conversation.consumer")
    side = Side.CONSUMER


class ReportFactory(DjangoModelFactory[Report]):
    """A report by `reporter=` about `message=`, or another item."""

    class Meta:
        model = Report

    reason = Report.Reason.SPAM

    @classmethod
    def _adjust_kwargs(cls, **kwargs: Any) -> dict[str, Any]:
        reporter = kwargs.get("reporter")
        thing = {kind: kwargs[kind] for kind in KINDS if kind in kwargs}
        blamed = blamed_for(thing, reporter.pk if reporter else None) if thing else {}
        return blamed | kwargs


class SavedReplyFactory(DjangoModelFactory[SavedReply]):
    """A saved reply of `shop=` or of `owner=`."""

    class Meta:
        model = SavedReply

    name = factory.Sequence(lambda number: f"Reply {number}")
    short = factory.Sequence(lambda number: f"reply-{number}")
    body = "Hello {{ shopper }}, we ship on Mondays."


class SavedViewFactory(DjangoModelFactory[SavedView]):
    """A saved view of `shop=` or of `owner=`."""

    class Meta:
        model = SavedView

    name = factory.Sequence(lambda number: f"View {number}")
    query = "lane=ours&assigned=none"
