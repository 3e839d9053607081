"""The site's own answers: health, and the pages for when something is wrong."""

import asyncio

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, which does not tell whether there is something."""
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: drawn without the database, which may be what is broken."""
    return HttpResponse(render_to_string("500.html"), status=500)


def service_unavailable(request: HttpRequest) -> HttpResponse:
    """503: the database is away."""
    response = HttpResponse(render_to_string("503.html"), status=503)
    response["Retry-After"] = "10"
    return response


def health(request: HttpRequest) -> HttpResponse:
    """For load balancers: 503 without the database; without the layer the site still works."""
    database = _database_answers()
    body = {"database": database, "channel_layer": async_to_sync(_layer_answers)()}
    return JsonResponse(body, status=200 if database else 503)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError):
        return False
    return True


async def _layer_answers() -> bool:
    try:
        async with asyncio.timeout(settings.PUBLISH_TIMEOUT_SECONDS):
            await get_channel_layer().group_send("health", {"type": "health.probe"})
    except Exception:
        return False
    return True
