"""Django's translation tags; `translate` looks each constant text up once per language.

Builtins of all templates. A template that loads `i18n` uses Django's own tags.
"""

from django import template
from django.template.base import Parser, Token
from django.template.context import Context
from django.templatetags import i18n
from django.utils.translation import get_language

register = template.Library()
register.tags |= i18n.register.tags
register.filters |= i18n.register.filters


class ConstantNode(template.Node):
    """Renders a node whose text depends only on the language."""

    def __init__(self, node: i18n.TranslateNode) -> None:
        self.node = node
        self.rendered: dict[str | None, str] = {}

    def render(self, context: Context) -> str:
        language = get_language()
        text = self.rendered.get(language)
        if text is None:
            text = self.rendered[language] = self.node.render(context)
        return text


@register.tag
@register.tag("trans")
def translate(parser: Parser, token: Token) -> template.Node:
    """Like Django's tag of this name: `{% translate "Reply" %}`."""
    node = i18n.do_translate(parser, token)
    text = node.filter_expression
    is_constant = getattr(text.var, "literal", None) is not None and not text.filters
    if not is_constant or node.asvar or node.message_context:
        return node
    return ConstantNode(node)
