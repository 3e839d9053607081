"""The list of notifications, and the badge for pages without a socket."""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from trato.pagination import Page, PageRequest
from trato.people import Person

from . import actions, queries
from .models import News, Notification

PAGE_SIZE = 30


@login_required
@require_GET
def notification_list(request: HttpRequest) -> HttpResponse:
    """Show a person's notifications, newest first."""
    return render(request, "notifications/list.html", {"page": _page(request)})


@login_required
@require_GET
def notification_rows(request: HttpRequest) -> HttpResponse:
    """Return the rows of that page for its script. They have their own address because of Back."""
    return render(request, "notifications/_rows.html", {"page": _page(request)})


def _page(request: HttpRequest) -> Page[Notification]:
    return queries.notification_list(
        cast(Person, request.user), PageRequest.from_query(request.GET), PAGE_SIZE
    )


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
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark all notifications as read."""
    actions.mark_all_read(cast(Person, request.user))
    return HttpResponseRedirect(_next(request))


def _next(request: HttpRequest) -> str:
    """Return where the form wants to go, if that is on this site; otherwise the list."""
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()):
        return wanted
    return reverse("notifications:list")


@require_GET
def unread(request: HttpRequest) -> HttpResponse:
    """Return as JSON the number of unread notifications, and the newest for a toast."""
    if not request.user.is_authenticated:
        return JsonResponse({"code": "forbidden"}, status=403)
    count, latest = queries.unread_and_latest(request.user)
    body = {"unread": count, "latest": _summary(latest.news) if latest else None}
    return JsonResponse(body, headers={"Cache-Control": "no-store"})


def _summary(news: News) -> dict[str, str | int | None]:
    return {
        "title": news.words.title,
        "excerpt": news.words.text,
        "url": news.url,
        "happened_at": news.happened_at.isoformat(),
        "conversation": news.subject_id if news.subject_kind == "conversation" else None,
    }
