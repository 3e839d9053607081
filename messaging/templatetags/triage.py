"""Tags for what a person can do with a conversation."""

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from messaging.triage.panel import Team

register = template.Library()


@register.simple_tag
def colleague_options(team: Team, reader_id: int) -> SafeString:
    """The options to assign a conversation to each member of the shop."""
    you = f" ({gettext('you')})"
    return format_html_join(
        "\n",
        '<option value="{}"{}>{}{}</option>',
        (
            (
                one.id,
                " selected" if one == team.assignee else "",
                one.name,
                you if one.id == reader_id else "",
            )
            for one in team.colleagues
        ),
    )
