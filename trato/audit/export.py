"""The audit trail as CSV, read page by page while the client receives it."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC

from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse

from trato.people import display_name
from trato.realtime.database import run_in_database_thread
from trato.spreadsheets import BYTE_ORDER_MARK, csv_lines

from .models import AuditEntry

ROWS_AT_ONCE = 1000
COLUMNS = (
    "id", "position", "when (UTC)", "actor id", "actor", "what", "subject", "why", "why was erased",
    "seal",
)  # fmt: skip


def response(request: HttpRequest, entries: QuerySet[AuditEntry]) -> StreamingHttpResponse:
    """Send entries as CSV, newest first."""
    parts = pieces(entries)
    # Django would collect what an ordinary iterator yields in memory before it sends any of it.
    content = _streamed(parts) if isinstance(request, ASGIRequest) else parts
    headers = {"Content-Disposition": 'attachment; filename="audit-trail.csv"'}
    return StreamingHttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)


def pieces(entries: QuerySet[AuditEntry]) -> Iterator[bytes]:
    """Yield a CSV in pieces. Each is a separate query, so a slow client holds no transaction."""
    yield (BYTE_ORDER_MARK + csv_lines([COLUMNS])).encode()
    newest = entries.select_related("actor").order_by("-pk")
    rows = list(newest[:ROWS_AT_ONCE])
    while rows:
        yield csv_lines(map(_cells, rows)).encode()
        rows = list(newest.filter(pk__lt=rows[-1].pk)[:ROWS_AT_ONCE])


def _cells(entry: AuditEntry) -> tuple[object, ...]:
    time = entry.created_at.astimezone(UTC).isoformat(sep=" ", timespec="seconds")
    return (
        entry.pk,
        entry.position,
        time.removesuffix("+00:00"),
        entry.actor_id,
        display_name(entry.actor) if entry.actor else settings.SITE_NAME,
        entry.verb,
        entry.subject,
        entry.reason,
        "yes" if entry.salt is None else "",
        bytes(entry.seal).hex(),
    )


async def _streamed(parts: Iterator[bytes]) -> AsyncIterator[bytes]:
    while piece := await run_in_database_thread(_next, parts):
        yield piece


def _next(parts: Iterator[bytes]) -> bytes:
    return next(parts, b"")
