"""System checks for a deployment: which services a production site leaves at their defaults."""

from typing import Any

from django.conf import settings
from django.core.checks import Tags, Warning, register


@register(Tags.database, deploy=True)
def check_services(app_configs: Any, **kwargs: Any) -> list[Warning]:
    """Warn if nobody has configured the database, Redis or the mail server."""
    warnings = []
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        warnings.append(
            Warning(
                "The database is SQLite: everything is in one file on this machine, and writers "
                "wait for each other.",
                hint="Set DATABASE_URL=postgres://user:password@host:5432/name.",
                id="trato.W001",
            )
        )
    if not settings.REDIS_URL:
        warnings.append(
            Warning(
                "There is no Redis: only one process may run, because several would not learn of "
                "each other's messages, and each would keep its own count for the rate limits.",
                hint="Set REDIS_URL=redis://host:6379/0.",
                id="trato.W002",
            )
        )
    if not getattr(settings, "EMAIL_URL", ""):
        warnings.append(
            Warning(
                "No mail server is set: mails go to port 25 of this machine. Without them nobody "
                "can confirm an address or reset a password.",
                hint="Set EMAIL_URL=smtp+tls://user:password@host:587.",
                id="trato.W003",
            )
        )
    return warnings
