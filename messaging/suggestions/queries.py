"""Suggest answers in one conversation, and warn of what has changed since they were given."""

import re
from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from msgspec import Struct

from messaging import access
from messaging.host import host
from messaging.models import Conversation, Message, Report, Side
from trato.array_parameters import listed
from trato.people import Person

from .base import Suggester, Suggestion
from .candidates import waiting_question

SUGGESTIONS = 3
QUESTION_SHOWN = 160  # characters


class Item(Struct, kw_only=True):
    """A past answer, given in `conversation`; `warnings` are sentences for the seller."""

    conversation: int
    body: str
    question: str
    age: str
    about: str
    is_same_product: bool
    warnings: list[str]


class Suggestions(Struct, tag="suggestions", kw_only=True):
    """Past answers to the unanswered question; `sequence` is that of the last message."""

    conversation: int
    sequence: int
    items: list[Item]


def suggestions_for(user: Person, conversation_id: int) -> Suggestions:
    """Return up to three past answers of the shop to a conversation's unanswered question.

    Raises:
        Http404: the conversation doesn't exist, or the person isn't on its seller side.
    """
    conversation = access.team_conversation_for(user, conversation_id)
    question = "" if conversation.ended_at else waiting_question(conversation)
    chosen = suggester().suggest(conversation, question, SUGGESTIONS) if question else []
    items = [_item(conversation, one) for one in _permitted(conversation, chosen)]
    return Suggestions(
        conversation=conversation.pk, sequence=conversation.last_sequence, items=items
    )


@cache
def suggester() -> Suggester:
    """Return this process's instance of the class in `MESSAGING_SUGGESTER`."""
    suggester: Suggester = import_string(settings.MESSAGING_SUGGESTER)()
    return suggester


def _permitted(conversation: Conversation, chosen: list[Suggestion]) -> list[Suggestion]:
    """Leave out answers that must not be suggested, whichever class chose them."""
    ids = {one.answer.conversation_id for one in chosen}
    scams = Report.objects.filter(
        reason=Report.Reason.SCAM, message__conversation__in=listed(ids)
    ).values_list("message__conversation", flat=True)
    forbidden = set(scams) if ids else set()

    def may(answer: Message) -> bool:
        is_ours = answer.conversation.shop_id == conversation.shop_id
        is_answer = answer.side == Side.SELLER and not answer.is_automatic
        is_shown = not answer.is_hidden and answer.conversation_id not in forbidden
        return is_ours and is_answer and is_shown

    return [one for one in chosen if may(one.answer)][:SUGGESTIONS]


def _item(conversation: Conversation, suggestion: Suggestion) -> Item:
    answer = suggestion.answer
    past = answer.conversation
    about = past.product_id
    question = suggestion.question
    return Item(
        conversation=past.pk,
        body=answer.body,
        question=question if len(question) <= QUESTION_SHOWN else f"{question[:QUESTION_SHOWN]}…",
        age=_("%(age)s ago") % {"age": timesince(answer.created_at, depth=1)},
        about=past.product_title,
        is_same_product=about is not None and about == conversation.product_id,
        warnings=[*_changes(past), *_names(conversation, answer)],
    )


def _changes(past: Conversation) -> list[str]:
    """Return what has changed about the product since the other conversation began."""
    if past.product is None:
        return []
    card, warnings = host.product_card(past.product), []
    then = past.product_price
    if then is not None and (then, past.product_currency) != (card.price, card.currency):
        prices = {"then": host.format_money(then, past.product_currency), "now": card.price_text}
        warnings.append(_("Price changed since: %(then)s then, %(now)s now.") % prices)
    if host.stock_of(past.product) == 0 or host.is_sold_out(past.product):
        warnings.append(_("Out of stock now."))
    elif not card.available:
        warnings.append(_("No longer on sale."))
    return warnings


def _names(conversation: Conversation, answer: Message) -> list[str]:
    """Return a warning if an answer names the shopper to whom it was written."""
    then, now = (host.short_name(c.consumer) for c in (answer.conversation, conversation))
    if then == now or not re.search(rf"\b{re.escape(then)}\b", answer.body):
        return []
    return [_("It addresses %(name)s.") % {"name": then}]
