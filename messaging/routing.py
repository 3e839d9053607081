"""The route to the socket."""

from django.conf import settings
from django.urls import path

from .consumers import ChatConsumer

websocket_urlpatterns = [path(settings.SOCKET_PATH.lstrip("/"), ChatConsumer.as_asgi())]
