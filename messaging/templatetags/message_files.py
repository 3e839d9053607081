"""Files of messages in the pages of staff."""

from collections.abc import Mapping

from django import template

from messaging.models import File, Message

register = template.Library()


@register.filter
def files_of(files: Mapping[int, list[File]], message: Message) -> list[File]:
    """Return the files of one message."""
    return files.get(message.pk, [])
