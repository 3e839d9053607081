from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path

from .market.models import Item


def item(request: HttpRequest, handle: str) -> HttpResponse:
    """An item's page, with messaging's panel."""
    return render(request, "item.html", {"item": Item.objects.get(handle=handle)})


urlpatterns = [
    path("items/<slug:handle>/", item),
    path("talk/", include("messaging.urls")),
    path("news/", include("notifications.urls")),
    path("admin/", admin.site.urls),
]
