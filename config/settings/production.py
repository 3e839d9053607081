"""Production. Refuses to start without a secret key, the allowed hosts and the origins."""

import contextlib
import re
from email.utils import parseaddr
from ipaddress import ip_address
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email

from config.logging import configure

from .base import *  # noqa: F403
from .base import SITE_NAME, env

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


def _hosts(name: str) -> list[str]:
    hosts = _words(name)
    if not hosts or not all(_is_one_host(host) for host in hosts):
        raise ImproperlyConfigured(
            f"{name} must name the hosts that this site answers for, separated by commas and "
            "without wildcards or a dot in front: shop.example.com,www.shop.example.com"
        )
    return hosts


def _is_one_host(host: str) -> bool:
    """Whether this is an address or the whole name of one host, and no pattern such as `.com`.

    A host that is answered for ends up in mails and redirects. Names of one label are those of
    registries (`com`) and of machines that only their own network knows.
    """
    with contextlib.suppress(ValueError):
        ip_address(host.strip("[]"))
        return True
    return HOST_NAME.fullmatch(host) is not None


def _origins(name: str) -> list[str]:
    origins = _words(name)
    if not origins or not all(_is_one_origin(origin) for origin in origins):
        raise ImproperlyConfigured(
            f"{name} must name the origins of this site's pages, separated by commas, each with "
            "https://, without a path and without wildcards: https://shop.example.com"
        )
    return origins


def _site_url(name: str, origins: list[str]) -> str:
    """Where mails lead: one of the origins, the first unless another is named."""
    address: str = env.str(name, default=origins[0])
    if address not in origins:
        raise ImproperlyConfigured(f"{name} must be one of TRUSTED_ORIGINS: mails lead there")
    return address


def _sender(name: str, site_name: str, site_url: str) -> str:
    """Who mails are from: nobody at the host where they lead, unless another address is named."""
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


def _is_one_origin(origin: str) -> bool:
    return _origin_of(origin) == origin and _is_one_host(urlsplit(origin).hostname or "")


def _origin_of(address: str) -> str:
    """The https origin of an address; differs from it where the address is more or less."""
    return f"https://{urlsplit(address).netloc or '-'}"


def _words(name: str) -> list[str]:
    return [word.strip() for word in env.str(name, default="").split(",") if word.strip()]


DEBUG = False
DEMO_LOGINS = False
SECRET_KEY = _secret("SECRET_KEY")
ALLOWED_HOSTS = _hosts("ALLOWED_HOSTS")
# The forms and the socket accept requests from no other pages than those of these origins.
TRUSTED_ORIGINS = _origins("TRUSTED_ORIGINS")
CSRF_TRUSTED_ORIGINS = TRUSTED_ORIGINS
SITE_URL = _site_url("SITE_URL", TRUSTED_ORIGINS)
STAFF_SECOND_FACTOR_REQUIRED = env.bool("STAFF_SECOND_FACTOR_REQUIRED", default=True)
LOGGING = configure(as_json=True)

DEFAULT_FROM_EMAIL = SERVER_EMAIL = _sender("DEFAULT_FROM_EMAIL", SITE_NAME, SITE_URL)
vars().update(env.email("EMAIL_URL", default="smtp://localhost:25"))

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# The proxy in front speaks TLS. It must set X-Forwarded-Proto itself, and set X-Forwarded-For or
# append to it; counted from the right, as many entries as there are proxies can be believed.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=1)
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^health/$", r"^metrics$"]
# How long browsers insist on TLS, also for the hosts below this one, and may have it built in.
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=60 * 60 * 24 * 365)
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("HSTS_SUBDOMAINS", default=True)
SECURE_HSTS_PRELOAD = env.bool("HSTS_PRELOAD", default=SECURE_HSTS_INCLUDE_SUBDOMAINS)
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
LANGUAGE_COOKIE_SECURE = True
