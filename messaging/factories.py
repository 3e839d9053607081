"""Conversations for tests and for the demo shop, consistent as the actions leave them."""

import uuid
from typing import Any

import factory
from factory.django import DjangoModelFactory

from accounts.factories import UserFactory

from .models import Conversation, Message, Participant, Report, Side


class ConversationFactory(DjangoModelFactory[Conversation]):
    """A conversation about `product=` or, without one, with `shop=`."""

    class Meta:
        model = Conversation

    consumer = factory.SubFactory(UserFactory)
    product: Any = None
    shop = factory.SelfAttribute("product.shop")
    product_title = factory.LazyAttribute(lambda made: made.product.title if made.product else "")
    product_price = factory.LazyAttribute(lambda made: made.product and made.product.price)
    product_currency = factory.LazyAttribute(
        lambda made: made.product.currency if made.product else ""
    )
    product_image = factory.LazyAttribute(
        lambda made: made.product.image_url if made.product else ""
    )


class MessageFactory(DjangoModelFactory[Message]):
    """The next message of `conversation=`, which moves on with it."""

    class Meta:
        model = Message

    conversation = factory.SubFactory(ConversationFactory)
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
        conversation.last_sequence = message.sequence
        conversation.revision = message.revision
        conversation.last_message = message
        conversation.last_message_at = message.created_at
        conversation.save()
        return message


class ParticipantFactory(DjangoModelFactory[Participant]):
    """How far somebody has read."""

    class Meta:
        model = Participant

    conversation = factory.SubFactory(ConversationFactory)
    user = factory.SelfAttribute("conversation.consumer")
    side = Side.CONSUMER


class ReportFactory(DjangoModelFactory[Report]):
    """A report about `message=`."""

    class Meta:
        model = Report

    reporter = factory.SubFactory(UserFactory)
    reason = Report.Reason.SPAM
