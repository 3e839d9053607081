"""Template tags for the host's pages."""

from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.shortcuts import resolve_url
from django.template import Context, RequestContext
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, ngettext

from messaging.contact import panel
from messaging.host import Product, Shop, host
from messaging.models import Conversation, Message
from messaging.opening_hours.closed_banner import Closed, closed_now
from messaging.opening_hours.queries import hours_of
from messaging.presence.forms import PresenceForm
from messaging.presence.queries import hidden_by_one
from messaging.records import Quoted
from messaging.scheduled import queries as scheduled
from trato import jinja
from trato.addresses import address, addresses
from trato.people import display_name
from trato.templatetags.addresses import app_of
from trato.templatetags.page_user import FormOriginNode

from .message_text import beginning, linkify, words

register = template.Library()


@register.simple_tag(takes_context=True)
def messaging_page(context: RequestContext) -> SafeString:
    """Attributes for `<body>` that tell scripts whose page it is and which URLs to use.

    Empty for a visitor. `static/js/realtime/session/page.js` reads them.
    """
    user = context.get("user")
    if user is None or not user.is_authenticated:
        return SafeString()
    attributes = {
        "user": user.pk,
        "user-name": display_name(user) or user.get_username(),
        "site-name": settings.SITE_NAME,
        "ask-after": settings.OUTBOX_ASK_AFTER_SECONDS,
        "login-url": resolve_url(settings.LOGIN_URL),
        "socket-url": settings.SOCKET_PATH,
        "unread-url": address("notifications:unread"),
        "acts-url": address("messaging:acts"),
        "choices-url": address("messaging:act_choices"),
        "muted-url": address("messaging:muted"),
        "conversation-url": _address_of_any("messaging:conversation"),
        "send-url": _address_of_any("messaging:new_message"),
        "files-url": _address_of_any("messaging:files"),
    }
    if host.acts_as_seller(user):
        attributes["sells"] = ""
    return format_html_join(" ", 'data-{}="{}"', attributes.items())


def _address_of_any(name: str) -> str:
    """Return the URL of a conversation, with `{id}` for scripts to replace."""
    return "{id}".join(address(name, 0).rsplit("0", 1))


def message_attributes(message: Message | None, reader_id: int | None) -> SafeString:
    """The attributes by which scripts recognise a message; empty in the `<template>`."""
    if message is None:
        return mark_safe('id="message-" data-side data-sequence data-sender data-client-id')
    sender_id = 0 if message.is_automatic else message.sender_id
    flags = {
        "removed": message.is_hidden,
        "grouped": message.is_grouped,
        "continued": message.is_continued,
        "own": sender_id == reader_id,
    }
    # Numbers, a UUID and our own words: nothing to escape.
    text = (
        f'id="message-{message.sequence}" data-side="{message.side}"'
        f' data-sequence="{message.sequence}" data-sender="{sender_id}"'
        f' data-client-id="{message.client_id}"'
        + "".join(f" data-{name}" for name, is_set in flags.items() if is_set)
    )
    return mark_safe(text)  # noqa: S308


@register.simple_tag
def message_sender(message: Message | None, conversation: Conversation) -> str:
    """The sender of a message; empty in the `<template>`."""
    if message is None:
        return ""
    return message.sender_name or conversation.name_without_account(message.side)


@register.simple_tag
def hidden_words(message: Message) -> str:
    """Return what the page shows instead of a message that is removed or withdrawn."""
    if message.removed_at is None:
        return gettext("This message was withdrawn.")
    if message.is_automatic or message.sender_short_name:
        return gettext("This message was removed by our staff.")
    return gettext("This message was deleted together with the account.")


def message_options(message: Message | None, conversation: Conversation) -> str:
    """The name of a message's menu, with the sender's name; empty in the `<template>`."""
    return _options(get_language(), message_sender(message, conversation)) if message else ""


@lru_cache(maxsize=1000)  # a page has many messages of a few people
def _options(language: str, name: str) -> str:
    return gettext("Options for the message from %(name)s") % {"name": name}


def row_selection(name: str) -> str:
    """The label of the checkbox that selects a conversation in a list."""
    return _selection(get_language(), name)


@lru_cache(maxsize=1000)  # lists are rendered again and again
def _selection(language: str, name: str) -> str:
    return gettext("Select the conversation with %(name)s") % {"name": name}


@register.simple_tag
def quoted_name(quoted: Quoted, conversation: Conversation) -> str:
    """Return the name of the person whose message is quoted."""
    return quoted.sender.name or conversation.name_without_account(quoted.side)


@register.simple_tag
def reactions_of(message: Message, reader_id: int | None) -> list[dict[str, Any]]:
    """The reactions to a message, which `message_extras` has loaded, as the page shows them."""
    return [
        {
            "reaction": one.reaction,
            "count": len(one.users),
            "is_own": any(user.id == reader_id for user in one.users),
            "names": ", ".join(user.name or gettext("Deleted account") for user in one.users),
        }
        for one in message.reactions
    ]


@register.simple_tag
def message_url(conversation_id: int, sequence: int) -> str:
    """The URL of a message's own page."""
    return address("messaging:message", conversation_id, sequence)


@register.simple_tag
def message_report_url(conversation_id: int, sequence: int) -> str:
    """The URL for reporting a message."""
    return address("messaging:report", conversation_id, sequence)


@register.inclusion_tag("messaging/contact/_ask_panel.html", takes_context=True)
def ask_panel(context: RequestContext, product: Product) -> dict[str, Any]:
    """The panel "Ask the seller" of a product page. Makes one query."""
    return _panel(context, host.shop_of(product), product)


@register.inclusion_tag("messaging/contact/_ask_panel.html", takes_context=True)
def ask_shop_panel(context: RequestContext, shop: Shop) -> dict[str, Any]:
    """The panel of a shop page, for questions without a product. Makes one query."""
    return _panel(context, shop, None)


@register.inclusion_tag("messaging/presence/_switches.html", takes_context=True)
def presence_switches(context: RequestContext) -> dict[str, Any]:
    """The switches for what others see of the user. Saving leads back here. Makes one query."""
    request = context["request"]
    form = PresenceForm(person=request.user, hidden=hidden_by_one(request.user))
    values = {"presence_form": form, "presence_next": request.path}
    return {"csrf_token": context.get("csrf_token"), "user": request.user, **values}


def _panel(context: RequestContext, shop: Shop, product: Product | None) -> dict[str, Any]:
    user = context["request"].user
    values = panel.panel(user.pk, shop, product)
    return {"csrf_token": context.get("csrf_token"), "user": user, **values}


def in_stock(number: int) -> str:
    """Say how many of a product are left."""
    return ngettext("%(count)s in stock", "%(count)s in stock", number) % {"count": number}


def shop_closed(conversation: Conversation) -> Closed | None:
    """Return until when a shop is closed. Makes one query, unless the hours are loaded."""
    return closed_now(hours_of(conversation))


# What our Jinja templates call, besides the functions that all of them have (`trato.jinja`).
FUNCTIONS = {
    "beginning": beginning,
    "hidden_words": hidden_words,
    "in_stock": in_stock,
    "linkify": linkify,
    "localdate": timezone.localdate,
    "localtime": timezone.localtime,
    "message_attributes": message_attributes,
    "message_options": message_options,
    "message_sender": message_sender,
    "offered_times": scheduled.offered_times,
    "quoted_name": quoted_name,
    "row_selection": row_selection,
    "scheduled_box": scheduled.box,
    "shop_closed": shop_closed,
    "words": words,
}


@register.simple_tag(takes_context=True)
def jinja_part(context: Context, name: str, **values: Any) -> SafeString:
    """Render a Jinja template with the page's variables.

    It also has `reader_id`; `csrf_input`, which is what the tag `csrf_token` renders; `url`; and
    `django_part`, which renders a Django template with the page's variables and further ones.
    """

    def django_part(name: str, **further: Any) -> SafeString:
        page: Any = context.template
        with context.push(**further):
            rendered: SafeString = page.engine.get_template(name).render(context)
            return rendered

    user = context.get("user")
    own = {
        "reader_id": user.pk if user else None,
        "csrf_input": FormOriginNode().render(context) if "csrf_token" in context else "",
        "url": addresses(app_of(context)),
        "django_part": django_part,
    }
    of_page: Any = context.flatten()
    return jinja.render(name, **of_page | FUNCTIONS | own | values)
