"""Daphne with this site's limits: `python -m config.server --port 8000`.

Daphne's own command drops the connection if a frame is too big. The browser then sees 1006, as for
a lost connection, reconnects and sends the frame again. Here it gets 1009.
"""

import argparse
import os
import sys

from daphne.endpoints import build_endpoint_description_strings

from trato.realtime.servers.graceful import LeavingServer

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on")
    parser.add_argument("--port", type=int, default=8000)
    options = parser.parse_args()
    if not serve(options.host, options.port):
        sys.exit(f"Port {options.port} of {options.host} cannot be used. Choose another --port.")


def serve(host: str, port: int) -> bool:
    """Serve HTTP and the socket; return False if the port is taken."""
    from django.conf import settings

    from config.asgi import application
    from config.http_daphne import limit
    from trato.realtime.servers.daphne import LimitedProtocol

    def ready() -> None:
        limit(server.http_factory)
        server.ws_factory.setProtocolOptions(
            failByDrop=False, closeHandshakeTimeout=settings.SOCKET_CLOSE_SECONDS
        )
        server.ws_factory.protocol = LimitedProtocol
        server.leave_when_told()
        print(welcome(host, port), flush=True)  # noqa: T201

    server = LeavingServer(
        application,
        endpoints=build_endpoint_description_strings(host=host, port=port),
        websocket_max_message_size=settings.SOCKET_FRAME_MAX_BYTES,
        websocket_max_frame_size=settings.SOCKET_FRAME_MAX_BYTES,
        ready_callable=ready,
    )
    server.run()
    return not server.abort_start


def welcome(host: str, port: int) -> str:
    """Return the welcome message for the person who started the server."""
    from django.conf import settings
    from django.contrib.staticfiles.storage import staticfiles_storage

    lines = [f"Trato answers on http://{host}:{port}/ (stop it with Ctrl-C)"]
    if settings.DEMO_LOGINS:
        lines += [
            "Log in with one click on the login page, or with the password trato-demo as",
            "  shopper@example.com   seller@example.com   staff@example.com",
        ]
    if getattr(staticfiles_storage, "hashed_files", None) == {}:
        lines.append(
            "No page can be drawn before `python manage.py collectstatic`: run that first."
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
