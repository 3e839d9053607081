"""The sweep of exports for `tests.messaging.due.killed`: others take over immediately."""

from django.conf import settings

from messaging.exports import building


def due(limit: int) -> int:
    settings.EXPORT_DIRECT_MESSAGES = settings.EXPORT_LEASE_SECONDS = 0
    settings.EXPORT_RETRY_SECONDS = settings.EXPORT_PAUSE_SECONDS = 0
    settings.EXPORT_ATTEMPTS_MAX = 30_000
    return building.due(limit)
