"""Include the page's user in every form, because the cookie may belong to somebody else later.

A builtin of all templates (`TEMPLATES` in the settings), so that allauth's and the admin's forms
include it too.
"""

from typing import Any

from django import template
from django.template.base import Parser, Token
from django.template.context import Context
from django.template.defaulttags import CsrfTokenNode
from django.utils.html import format_html

register = template.Library()

PAGE_USER_FIELD = "page_user"


class FormOriginNode(CsrfTokenNode):
    """Renders Django's CSRF token, and the person for whom the page is rendered."""

    def render(self, context: Context) -> str:
        token = super().render(context)
        user: Any = getattr(getattr(context, "request", None), "user", None)
        if user is None or not user.is_authenticated:
            return token
        return format_html(
            '{}<input type="hidden" name="{}" value="{}">', token, PAGE_USER_FIELD, user.pk
        )


@register.tag
def csrf_token(parser: Parser, token: Token) -> FormOriginNode:
    """Do what Django's tag of this name does, and add the page's person."""
    return FormOriginNode()
