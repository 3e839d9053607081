"""Small pieces of pages that need no templates of their own. Builtins of all templates."""

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
    """Render an icon from `icons.svg`, hidden from screen readers."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("icons.svg"),
        name,
    )


@register.simple_tag
def avatar(name: Any, picture_url: str = "") -> SafeString:
    """Render a person's or shop's picture, or their initials in one of eight colours."""
    if picture_url:
        return format_html(
            '<img class="avatar" src="{}" alt="" width="40" height="40" loading="lazy">',
            picture_url,
        )
    text = str(name)
    words = text.split()
    initials = "".join(word[0] for word in (words[:1] + words[1:][-1:]))
    hue = zlib.crc32(text.encode()) % 8
    return format_html(
        '<span class="avatar" data-hue="{}" aria-hidden="true">{}</span>', hue, initials
    )


class FixedNode(template.Node):
    """Renders its part once per language, in a context without the request's data."""

    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist
        self.rendered: dict[str | None, str] = {}

    def render(self, context: Context) -> str:
        language = get_language()
        text = self.rendered.get(language)
        if text is None:
            empty: Any = Context()  # so that no name gets into what everybody sees
            with empty.bind_template(context.template):
                text = self.rendered[language] = self.nodelist.render(empty)
        return text


@register.tag
def fixed(parser: Parser, token: Token) -> FixedNode:
    """Mark a part of a page as the same for everybody: `{% fixed %}…{% endfixed %}`.

    It may contain translated texts, URLs and icons, but no variables.
    """
    nodelist = parser.parse(["endfixed"])
    parser.delete_first_token()
    if nodelist.get_nodes_by_type(VariableNode):
        raise template.TemplateSyntaxError("what is fixed cannot have variables")
    return FixedNode(nodelist)
