"""Production. Won't start without a secret key, the allowed hosts and the origins."""

import contextlib
import re
from collections.abc import Callable
from email.utils import parseaddr
from ipaddress import ip_address
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email

from config.logging import configure

from .base import *  # noqa: F403
from .base import SITE_NAME, env
from .base import STORAGES as BASE_STORAGES

LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"  # RFC 1123
HOST_NAME = re.compile(rf"localhost|{LABEL}(\.{LABEL})+", re.IGNORECASE)


def _secret(name: str) -> str:
    value: str = env.str(name, default="")
    if len(value) < 50 or len(set(value)) < 10 or value.startswith("django-insecure-"):
        raise ImproperlyConfigured(
            f"{name} must be a random secret of at least 50 characters. Make one with: "
            'python -c "import secrets; print(secrets.token_urlsafe(50))"'
        )
    return value


def _list(name: str, is_one: Callable[[str], bool], wanted: str) -> list[str]:
    """Read comma-separated values: at least one, and each must pass `is_one`."""
    values = [value.strip() for value in env.str(name, default="").split(",") if value.strip()]
    if not values or not all(map(is_one, values)):
        raise ImproperlyConfigured(f"{name} must name {wanted}")
    return values


def _is_one_host(host: str) -> bool:
    """Whether this is an address or the full name of one host, not a pattern such as `.com`.

    An accepted host ends up in emails and redirects. Names with one label belong to registries
    (`com`) or to machines in a local network.
    """
    with contextlib.suppress(ValueError):
        ip_address(host.strip("[]"))
        return True
    return HOST_NAME.fullmatch(host) is not None


def _is_one_origin(origin: str) -> bool:
    """Whether this is the https origin of one host, without a path or anything else."""
    parts = urlsplit(origin)
    return origin == f"https://{parts.netloc}" and _is_one_host(parts.hostname or "")


def _site_url(name: str, origins: list[str]) -> str:
    """Return the origin for links in emails: the first one unless another is set."""
    address: str = env.str(name, default=origins[0])
    if address not in origins:
        raise ImproperlyConfigured(f"{name} must be one of TRUSTED_ORIGINS: mails lead there")
    return address


def _sender(name: str, site_name: str, site_url: str) -> str:
    """Return the sender of emails; by default, `no-reply` at the host their links lead to."""
    default = f"{site_name} <no-reply@{urlsplit(site_url).hostname}>"
    value: str = env.str(name, default=default)
    if value != default:
        try:
            validate_email(parseaddr(value)[1])
        except ValidationError:
            raise ImproperlyConfigured(
                f"{name} must be an address that your mail server may send from: "
                "Shop <hello@shop.example.com>"
            ) from None
    return value


DEBUG = False
DEMO_LOGINS = False
SECRET_KEY = _secret("SECRET_KEY")
ALLOWED_HOSTS = _list(
    "ALLOWED_HOSTS",
    _is_one_host,
    "the hosts that this site answers for, separated by commas and without wildcards or a dot in "
    "front: shop.example.com,www.shop.example.com",
)
# Forms and the socket accept requests only from pages of these origins.
TRUSTED_ORIGINS = _list(
    "TRUSTED_ORIGINS",
    _is_one_origin,
    "the origins of this site's pages, separated by commas, each with https://, without a path and "
    "without wildcards: https://shop.example.com",
)
CSRF_TRUSTED_ORIGINS = TRUSTED_ORIGINS
SITE_URL = _site_url("SITE_URL", TRUSTED_ORIGINS)
STAFF_SECOND_FACTOR_REQUIRED = env.bool("STAFF_SECOND_FACTOR_REQUIRED", default=True)
LOGGING = configure(as_json=True)

DEFAULT_FROM_EMAIL = SERVER_EMAIL = _sender("DEFAULT_FROM_EMAIL", SITE_NAME, SITE_URL)
EMAIL_URL = env.str("EMAIL_URL", default="")
vars().update(env.email_url_config(EMAIL_URL or "smtp://localhost:25"))

STORAGES = BASE_STORAGES | {
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# The proxy terminates TLS. It must set X-Forwarded-Proto itself, and set X-Forwarded-For or append
# to it; we trust as many entries from the right as there are proxies.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=1)
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^health/$", r"^metrics$"]
# How long browsers insist on TLS, whether for subdomains too, and whether for the preload list.
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=60 * 60 * 24 * 365)
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("HSTS_SUBDOMAINS", default=True)
SECURE_HSTS_PRELOAD = env.bool("HSTS_PRELOAD", default=SECURE_HSTS_INCLUDE_SUBDOMAINS)
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
LANGUAGE_COOKIE_SECURE = True
