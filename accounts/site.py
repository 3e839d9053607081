"""Where this site is: the address that mails bear, whatever a request calls it.

A request names its host itself, with a port or a trailing dot if it likes, and mails that repeated
it would lead people wherever somebody else chose.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings


@dataclass(frozen=True)
class Site:
    """What mails say of the site: its name and its host."""

    name: str
    domain: str


def current() -> Site:
    return Site(settings.SITE_NAME, urlsplit(settings.SITE_URL).netloc)


def address(url: str) -> str:
    """A page of this site, as mails write it.

    Args:
        url: its path, or its whole address as some request had it.
    """
    parts = urlsplit(url)._replace(scheme="", netloc="")
    return settings.SITE_URL.rstrip("/") + parts.geturl()
