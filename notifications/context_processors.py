"""The badge, for every page of the site."""

from django.http import HttpRequest

from . import queries


def badge(request: HttpRequest) -> dict[str, int]:
    """`unread_notifications` for the header: one query where somebody is logged in."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"unread_notifications": 0}
    return {"unread_notifications": queries.unread_count(user.pk)}
