"""The ASGI application: Django handles HTTP, messaging handles the socket."""

import gc
import os
import sys

import django
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator, OriginValidator
from channels.sessions import CookieMiddleware
from django.conf import settings
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
gc.disable()  # loading leaves hardly any garbage, and collecting would take a sixth of the time
django.setup(set_prefix=False)

# The apps must be loaded first.
from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler  # noqa: E402

from config.handler import ThreadedHandler  # noqa: E402
from config.request_ids import SocketId  # noqa: E402
from config.uploads import SpooledBody  # noqa: E402
from messaging.routing import websocket_urlpatterns  # noqa: E402

django_application = ThreadedHandler()
socket = CookieMiddleware(URLRouter(websocket_urlpatterns))
trusted_origins = getattr(settings, "TRUSTED_ORIGINS", None)

application = ProtocolTypeRouter(
    {
        "http": SpooledBody(
            ASGIStaticFilesHandler(django_application) if settings.DEBUG else django_application
        ),
        "websocket": SocketId(
            OriginValidator(socket, trusted_origins)
            if trusted_origins
            else AllowedHostsOriginValidator(socket)
        ),
    }
)

# A thread that renders a page yields after 1 ms instead of Python's 5: eight such threads would
# make the event loop, and with it every message, wait for 40 ms.
sys.setswitchinterval(0.001)

# Everything loaded so far, including all views, lives as long as the process. If the garbage
# collector scanned it, it would block the process for some 50 ms.
get_resolver().url_patterns  # noqa: B018 – it imports them
gc.collect()
gc.freeze()
gc.enable()
