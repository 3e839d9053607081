"""The list of notifications, and the badge for pages without a socket."""

from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from trato.pagination import PageRequest
from trato.people import Person
from trato.responses import is_followed_here

from . import actions, queries
from .announcements import actions as announcements
from .announcements import queries as announced
from .models import Announcement, Notification
from .words import ANNOUNCEMENT, announcement_sender

PAGE_SIZE = 30


@login_required
@require_GET
def notification_list(request: HttpRequest) -> HttpResponse:
    """Show a person's notifications, newest first."""
    return render(request, "notifications/list.html", _context(request))


@login_required
@require_GET
def notification_rows(request: HttpRequest) -> HttpResponse:
    """Return that page's rows for its script, at a separate URL so that Back shows the page."""
    return render(request, "notifications/_rows.html", _context(request))


def _context(request: HttpRequest) -> dict[str, Any]:
    notices_only = request.GET.get("notices") == "1"
    page = queries.notification_list(
        cast(Person, request.user),
        PageRequest.from_query(request.GET),
        PAGE_SIZE,
        notices_only=notices_only,
    )
    return {"page": page, "notices_only": notices_only}


@login_required
@require_POST
def read(request: HttpRequest, notification_id: int) -> HttpResponse:
    """Mark one notification as read."""
    user = cast(Person, request.user)
    notification = queries.notifications_of(user).filter(pk=notification_id).first()
    if notification is None:
        raise Http404("no such notification")
    news = notification.news
    actions.mark_read(user, subject_kind=news.subject_kind, subject_id=news.subject_id)
    return HttpResponseRedirect(_next(request))


@login_required
@require_GET
def announcement(request: HttpRequest, announcement_id: int) -> HttpResponse:
    """Show an announcement in full to one of its recipients.

    Opening it from one of our pages marks it as read; a link on another site must not. Browsers
    that don't say where the click came from get a button.
    """
    user = cast(Person, request.user)
    row = _announcement_for(user, announcement_id)
    if is_followed_here(request):
        announcements.mark_read(user, row.pk)
    context = {
        "announcement": row,
        "text": row.text,
        "sender": announcement_sender(),
        "is_unread": announced.unread(user.pk).filter(pk=row.pk).exists(),
    }
    return render(request, "notifications/announcement.html", context)


@login_required
@require_POST
def read_announcement(request: HttpRequest, announcement_id: int) -> HttpResponse:
    """Mark one announcement as read."""
    user = cast(Person, request.user)
    announcements.mark_read(user, _announcement_for(user, announcement_id).pk)
    return HttpResponseRedirect(_next(request))


def _announcement_for(user: Person, announcement_id: int) -> Announcement:
    row = announced.addressed(user.pk).filter(pk=announcement_id).first()
    if row is None:
        raise Http404("no such announcement")
    return row


@login_required
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark all notifications as read, or all notices."""
    notices_only = request.POST.get("notices") == "1"
    actions.mark_all_read(cast(Person, request.user), notices_only=notices_only)
    return HttpResponseRedirect(_next(request))


def _next(request: HttpRequest) -> str:
    """Return the URL that the form asks for, if it is on this site; otherwise the list's."""
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()):
        return wanted
    return reverse("notifications:list")


@require_GET
def unread(request: HttpRequest) -> HttpResponse:
    """Return the numbers of unread notifications and notices as JSON, and the newest for a toast.

    With `notices=1`, the toast shows the newest notice.
    """
    if not request.user.is_authenticated:
        return JsonResponse({"code": "forbidden"}, status=403)
    count, latest = queries.unread_and_latest(request.user)
    if request.GET.get("notices") == "1":
        latest = queries.latest_notice(request.user)
    body = {
        "unread": count.total,
        "notices": count.notices,
        "latest": _summary(latest) if latest else None,
    }
    return JsonResponse(body, headers={"Cache-Control": "no-store"})


def _summary(notification: Notification) -> dict[str, str | int | None]:
    """Return what a toast says. A notice doesn't fit in one, so it leads to the list."""
    news = notification.news
    if news.subject_kind == ANNOUNCEMENT:
        return {
            "title": news.words.sender,
            "excerpt": news.title,
            "url": news.url,
            "happened_at": news.happened_at.isoformat(),
            "conversation": None,
        }
    if notification.is_notice:
        conversation, url = None, f"{reverse('notifications:list')}?notices=1"
    else:
        conversation, url = news.subject_id, news.url
    return {
        "title": news.words.title,
        "excerpt": news.words.text,
        "url": url,
        "happened_at": news.happened_at.isoformat(),
        "conversation": conversation,
    }
