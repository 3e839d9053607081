"""Scheduled messages on the page of a conversation."""

from typing import Any

from django import template
from django.utils import timezone

from messaging.models import Conversation
from messaging.scheduled import queries

register = template.Library()


@register.inclusion_tag("messaging/scheduled/_box.html")
def scheduled_box(conversation: Conversation) -> dict[str, Any]:
    """Render a conversation's scheduled messages. Makes one query if there are none."""
    return queries.box(conversation)


@register.inclusion_tag("messaging/scheduled/_send_later.html")
def send_later(conversation: Conversation) -> dict[str, Any]:
    """Render the menu beside Send, with the times that it offers."""
    return {
        "conversation": conversation,
        "opening": queries.next_opening(conversation, timezone.now()),
        "tomorrow": queries.tomorrow_morning(),
        "zone": timezone.get_current_timezone_name(),
    }
