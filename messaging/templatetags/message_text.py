"""Links in messages, as `static/js/messaging/thread/links.js` renders them in the browser."""

from collections.abc import Sequence

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from messaging.message_warnings import LinkRemark
from messaging.models import Message
from messaging.shield.addresses import addresses, shown_address
from trato.addresses import address

register = template.Library()


@register.filter
def linkify(text: str) -> SafeString:
    """Make http and https links in a text clickable, and escape everything else.

    A link's text begins with the host that it really leads to.
    """
    return _drawn(text) if "://" in text else format_html("{}", text)


@register.filter
def words(message: Message) -> SafeString:
    """Render a message's text, with what `remarks` has found out about its links."""
    if not message.links:
        return linkify(message.body)
    is_said = any(remark.is_said for remark in message.links)
    attributes = format_html(' aria-describedby="links-{}"', message.sequence) if is_said else ""
    place = address("messaging:message", message.conversation_id, message.sequence)
    return _drawn(message.body, message.links, attributes, place)


def _drawn(
    text: str, remarks: Sequence[LinkRemark] = (), attributes: str = "", message: str = ""
) -> SafeString:
    """Render a text with its links.

    Args:
        attributes: for each link, escaped.
        message: the message's URL. Links that staff warn about first lead to a page below it.
    """
    by_place = {remark.place: remark for remark in remarks}
    parts: list[SafeString] = []
    position = 0
    for place, (start, written) in enumerate(addresses(text)):
        remark = by_place.get(place)
        shown = shown_address(written) if remark is None else remark.shown
        href = written if remark is None else remark.address
        if href and remark is not None and remark.action == "warn":
            href = f"{message}links/{place}/"
        if not (shown and href):
            continue
        parts.append(format_html("{}", text[position:start]))
        parts.append(
            format_html(
                '<a href="{}" rel="noopener noreferrer nofollow ugc" target="_blank"'
                ' dir="ltr"{}>{}</a>',
                href,
                attributes,
                shown,
            )
        )
        position = start + len(written)
    parts.append(format_html("{}", text[position:]))
    return format_html_join("", "{}", ((part,) for part in parts))


@register.filter
def beginning(text: str, characters: int) -> str:
    """Do the same as `truncatechars`, but fast for a text that is short enough."""
    return text if len(text) <= characters else Truncator(text).chars(characters)
