"""Whose page a form is on: every form says so, because the session cookie may be another's by then.

Built into all templates (`TEMPLATES` in the settings), so that the forms of allauth and of the
admin say it too.
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
    """Django's token against forgery, and the person that the page is drawn for."""

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
    """Django's own tag of this name, with the page's person beside the token."""
    return FormOriginNode()
