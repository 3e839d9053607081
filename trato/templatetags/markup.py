"""Pieces that pages draw many times, without a template for each. Built into all templates."""

import zlib
from functools import cache
from typing import Any

from django import template
from django.template.base import NodeList, Parser, Token, VariableNode
from django.template.context import Context
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """A drawing of `icons.svg`, which says nothing to screen readers."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("icons.svg"),
        name,
    )


@register.simple_tag
def avatar(name: Any) -> SafeString:
    """What stands for a person or a shop without a picture: initials in one of eight colours."""
    text = str(name)
    words = text.split()
    initials = "".join(word[0] for word in (words[:1] + words[1:][-1:]))
    hue = zlib.crc32(text.encode()) % 8
    return format_html(
        '<span class="avatar" data-hue="{}" aria-hidden="true">{}</span>', hue, initials
    )


class FixedNode(template.Node):
    """Drawn once for each language, in a context without anything of a request."""

    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist
        self.drawn: dict[str | None, str] = {}

    def render(self, context: Context) -> str:
        language = get_language()
        text = self.drawn.get(language)
        if text is None:
            alone: Any = Context()  # so nobody's name can get into what everybody sees
            with alone.bind_template(context.template):
                text = self.drawn[language] = self.nodelist.render(alone)
        return text


@register.tag
def fixed(parser: Parser, token: Token) -> FixedNode:
    """A part of a page that is the same for everybody: `{% fixed %}…{% endfixed %}`.

    It may hold texts to translate, addresses, icons; no variables.
    """
    nodelist = parser.parse(["endfixed"])
    parser.delete_first_token()
    if nodelist.get_nodes_by_type(VariableNode):
        raise template.TemplateSyntaxError("what is fixed cannot have variables")
    return FixedNode(nodelist)
