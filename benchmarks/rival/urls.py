"""No pages: only the socket is measured."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
