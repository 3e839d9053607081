"""Durations on the page with a shop's figures."""

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

register = template.Library()


@register.filter
def span(seconds: int | None) -> str:
    """Format a duration: `under a minute`, `45 min`, `3 h 20 min`; whole hours from 10 h on."""
    if seconds is None:
        return "–"
    minutes, hours = seconds // 60 % 60, seconds // 3600
    if seconds < 60:
        return _("under a minute")
    if not hours:
        return ngettext("%(minutes)s min", "%(minutes)s min", minutes) % {"minutes": minutes}
    if not minutes or hours >= 10:
        return ngettext("%(hours)s h", "%(hours)s h", hours) % {"hours": hours}
    return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": minutes}
