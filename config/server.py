"""Daphne with this site's limits: `python -m config.server --port 8000`.

Daphne's own command drops the connection if a frame is too big. The browser then sees 1006, as for
a lost connection, reconnects and sends the frame again. Here it gets 1009.
"""

import argparse
import gc
import os
import sys

import django

from . import single_process

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument(
        "--demo", action="store_true", help="update the database and add a demo shop first"
    )
    options = parser.parse_args()
    os.environ["PORT"] = str(options.port)  # in development, links in emails contain it
    gc.disable()  # as in config.asgi
    django.setup()
    if options.demo:
        gc.enable()
        prepare_demo()
    if not single_process.claim():
        sys.exit(
            "Another process is serving this database. Several processes need Redis to pass on "
            "messages to each other: set REDIS_URL, or stop the other one."
        )
    single_process.keep()
    if not serve(options.host, options.port):
        sys.exit(f"Port {options.port} of {options.host} cannot be used. Choose another --port.")


def prepare_demo() -> None:
    """Migrate and fill the database without starting Django again, which takes 1 s."""
    from django.core.management import CommandError, call_command
    from django.db import connections

    try:
        call_command("check_history")
        call_command("migrate", verbosity=0)
        call_command("demo")
    except CommandError as error:
        sys.exit(str(error))
    connections.close_all()


def serve(host: str, port: int) -> bool:
    """Serve HTTP and the socket; return False if the port is taken."""
    from daphne.endpoints import build_endpoint_description_strings
    from daphne.server import twisted_loop
    from django.conf import settings

    from config.asgi import application
    from config.http_daphne import limit
    from messaging.due import loop as due
    from messaging.sweeps import LONG_SWEEPS, SLOW_SWEEPS, SWEEPS
    from trato.realtime.servers.daphne import LimitedProtocol
    from trato.realtime.servers.graceful import LeavingServer

    def ready() -> None:
        limit(server.http_factory)
        server.ws_factory.setProtocolOptions(
            failByDrop=False, closeHandshakeTimeout=settings.SOCKET_CLOSE_SECONDS
        )
        server.ws_factory.protocol = LimitedProtocol
        server.leave_when_told()
        for sweeps in (SWEEPS, SLOW_SWEEPS, LONG_SWEEPS):
            twisted_loop.call_soon(due.start, sweeps)  # once the loop runs
        print(welcome(host, port), flush=True)  # noqa: T201

    server = LeavingServer(
        application,
        endpoints=build_endpoint_description_strings(host=host, port=port),
        websocket_max_message_size=settings.SOCKET_FRAME_MAX_BYTES,
        websocket_max_frame_size=settings.SOCKET_FRAME_MAX_BYTES,
        ready_callable=ready,
    )
    server.run()
    due.stop()
    return not server.abort_start


def welcome(host: str, port: int) -> str:
    """Return the welcome message for the person who started the server."""
    from django.conf import settings

    from trato.staticfiles import are_collected

    lines = [f"Trato answers on http://{host}:{port}/ (stop it with Ctrl-C)"]
    if settings.DEMO_LOGINS:
        lines += [
            "Log in with one click on the login page, or with the password trato-demo as",
            "  shopper@example.com   seller@example.com   staff@example.com",
        ]
    if settings.EMAIL_BACKEND.endswith("console.EmailBackend"):
        lines.append("Mails are printed here.")
    elif settings.EMAIL_BACKEND.endswith("filebased.EmailBackend"):
        lines.append(f"Mails are written to {getattr(settings, 'EMAIL_FILE_PATH', '')}.")
    if not are_collected():
        lines.append(
            "No page can be drawn before `python manage.py collectstatic`: run that first."
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
