"""Settings for every environment. A unit at the end of a setting's name is its unit."""

from pathlib import Path
from typing import Any

import environ
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from catalog.defaults import *  # noqa: F403
from catalog.defaults import PRODUCT_MAX_IMAGES, REQUEST_MAX_BYTES
from config.logging import configure
from messaging.defaults import *  # noqa: F403
from messaging.defaults import NEWS_WORDS
from notifications.defaults import *  # noqa: F403
from trato.defaults import *  # noqa: F403
from trato.defaults import REDIS_URL, TEMPLATE_BUILTINS, env

from .accounts import *  # noqa: F403

BASE_DIR = Path(__file__).resolve().parents[2]
VAR_DIR = BASE_DIR / "var"  # a development machine's database, uploads and emails

INSTALLED_APPS = [
    # Our apps come first, so that their templates override allauth's and the admin's.
    "trato",
    "trato.audit",
    "trato.stored_files",
    "accounts",
    "catalog",
    "notifications",
    "messaging",
    "daphne",
    "channels",
    "config.admin_site.StaffAdminConfig",  # django.contrib.admin
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
]

MIDDLEWARE = [
    "config.middleware.GiveBackConnections",
    "config.request_ids.RequestId",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.middleware.VaryByReader",
    "config.middleware.SoundText",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "config.middleware.PrivateAnswers",
    "django.middleware.locale.LocaleMiddleware",
    "config.middleware.ReaderTimeZone",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.middleware.PageUser",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.known_devices.DeviceCookie",
    "config.middleware.LoggedOut",
    "config.middleware.FriendlyFailures",
]

ROOT_URLCONF = "config.urls"
# Per process, for GET. Threads that render pages take turns with the event loop. With fewer of
# them, the loop's turn comes sooner, and a few threads render as many pages per second as many do.
PAGE_THREADS = env.int("PAGE_THREADS", default=3)
PAGE_QUEUE_SECONDS = 3  # how long a page may wait for a thread; then clients get 503
REQUEST_THREADS = env.int("REQUEST_THREADS", default=48)  # per process, for forms and the like
# Running or waiting, per process; above that, clients get 503.
REQUESTS_AT_ONCE_MAX = env.int("REQUESTS_AT_ONCE_MAX", default=300)
ASGI_APPLICATION = "config.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": TEMPLATE_BUILTINS,
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "notifications.context_processors.badge",
                "accounts.context_processors.demo",
            ],
        },
    }
]

# -- Data ------------------------------------------------------------------------------------

SQLITE_OPTIONS = {
    # IMMEDIATE takes the write lock at BEGIN, so a transaction that reads first and writes later
    # waits for its turn instead of failing with "database is locked".
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,  # seconds
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
}
POSTGRESQL_OPTIONS: dict[str, Any] = {
    # psycopg's pool: a thread returns its connection after each request or frame.
    "pool": {
        "min_size": 2,
        "max_size": env.int("DATABASE_POOL_SIZE", default=16),
        "timeout": 3,  # seconds to wait for a connection before responding with 503
        # How long the pool retries a failed connection before the next caller starts afresh. By
        # default, the pause between two attempts grows to minutes.
        "reconnect_timeout": 2,
    },
    "connect_timeout": 3,  # seconds
    "tcp_user_timeout": 4000,  # milliseconds that the network may take to acknowledge data
    # Probe a silent peer, for code that waits for a reply, not for an ACK.
    "keepalives_idle": 4,  # seconds
    "keepalives_interval": 1,
    # No JIT: compiling a query takes PostgreSQL longer than any query here may take. It does so
    # when a query looks expensive, which depends on changing statistics.
    "options": "-c jit=off ",
}
# How long a PostgreSQL session may wait, so that nothing is blocked for long. A process that hangs
# in a transaction, or whose machine has crashed, loses its locks after this time. `manage.py` has
# no such limits: a migration may take as long as it needs.
if env.bool("DATABASE_TIMEOUTS", default=True):
    POSTGRESQL_OPTIONS["options"] += (
        "-c statement_timeout=8s "
        "-c lock_timeout=2s "  # then people get "not possible right now"
        "-c idle_in_transaction_session_timeout=60s"
    )


def database(url: str) -> dict[str, Any]:
    """Parse `sqlite:///path` or `postgres://user:password@host:port/name` for Django."""
    config: dict[str, Any] = environ.Env.db_url_config(url)
    engine = str(config.get("ENGINE", "")).rpartition(".")[2]
    if engine not in ("sqlite3", "postgresql"):
        raise ImproperlyConfigured(
            "DATABASE_URL must be postgres://user:password@host:port/name or sqlite:///path"
        )
    is_sqlite = engine == "sqlite3"
    config["OPTIONS"] = SQLITE_OPTIONS if is_sqlite else POSTGRESQL_OPTIONS
    if not is_sqlite:
        config["ENGINE"] = "trato.postgresql"
    return config


def channel_layers(redis_url: str) -> dict[str, object]:
    """Return the channel layer: Redis pub/sub if there is a Redis, otherwise in-memory.

    Pub/sub rather than the core layer, because its groups don't expire and it drops no events
    silently.
    """
    if redis_url and not redis_url.startswith(("redis://", "rediss://", "unix://")):
        raise ImproperlyConfigured("REDIS_URL must be redis://host:port/number or empty")
    if not redis_url:
        return {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    return {
        "default": {
            "BACKEND": "trato.realtime.redis.layer.PubSubLayer",
            "CONFIG": {
                # Several servers share the groups, see docs/scaling.md.
                "hosts": env.list("REDIS_LAYER_URLS", default=[redis_url]),
                "prefix": "trato",
            },
        }
    }


# Without Redis: how often this process checks that it still has its claim on the database.
CLAIM_CHECK_SECONDS = 5
DATABASE_URL = env.str("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'trato.sqlite3'}")
DATABASES = {"default": database(DATABASE_URL)}
CHANNEL_LAYERS = channel_layers(REDIS_URL)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SILENCED_SYSTEM_CHECKS = ["models.W040"]  # SQLite ignores the team in the badge index

CACHES: dict[str, dict[str, object]] = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}
if REDIS_URL:
    # allauth counts failed logins in the cache, so every process must see the same counts.
    CACHES["default"] = {
        "BACKEND": "trato.cache.LenientRedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 0.5},  # seconds
    }

# -- Languages and times ---------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("es", _("Spanish"))]
# Our texts, and our own wording for some of allauth's and Django's.
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale_overrides"]
FORMAT_MODULE_PATH = "config.formats"
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = "UTC"

# -- Files -----------------------------------------------------------------------------------

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "trato.staticfiles.BundleFinder",
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
BUNDLES_DIR = VAR_DIR / "bundles"  # where stylesheet and script bundles are written
STATIC_ROOT = BASE_DIR / "staticfiles"
MEDIA_URL = "media/"
MEDIA_ROOT = env.str("MEDIA_ROOT", default=str(VAR_DIR / "media"))
# Message files have no URL: people get them from a view, or from nginx on its behalf.
PRIVATE_MEDIA_ROOT = env.str("PRIVATE_MEDIA_ROOT", default=str(VAR_DIR / "private-media"))
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": PRIVATE_MEDIA_ROOT},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = REQUEST_MAX_BYTES  # without files
DATA_UPLOAD_MAX_NUMBER_FILES = 2 * PRODUCT_MAX_IMAGES  # so that the form reports too many
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000  # so that we report an action on too many conversations
FILE_UPLOAD_MAX_MEMORY_SIZE = REQUEST_MAX_BYTES  # kept in memory; larger files go to disk

# -- What the browser may load ---------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        # The nonce is only for the import map, which browsers accept only inline.
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],  # blob: pictures somebody is about to send
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# -- The shop around messaging -------------------------------------------------------

MESSAGING_PRODUCT_MODEL = "catalog.Product"
MESSAGING_SHOP_MODEL = "catalog.Shop"
MESSAGING_HOST = "catalog.host.CatalogHost"
NEWS_WORDS = {
    **NEWS_WORDS,
    "team_joined": "catalog.team_news.joined_words",
    "team_role": "catalog.team_news.role_words",
    "team_removed": "catalog.team_news.removed_words",
}
NEWS_ABOUT_PEOPLE = ("team_joined",)

# -- What is kept for how long; `manage.py purge_expired` deletes the rest ----------------------

RETENTION_RULES = [
    "accounts.retention.RULES",
    "catalog.retention.RULES",
    "messaging.retention.RULES",
    "config.retention.RULES",
    "notifications.retention.RULES",
    "trato.stored_files.retention.RULES",
]
# What deleting an account deletes, see `trato/deletion.py`; in lock order.
DELETION_PARTS = [
    "catalog.deletion.PART",
    "messaging.deletion.PART",
    "notifications.deletion.PART",
    "trato.audit.deletion.PART",
    "accounts.deletion.PART",
]
# What a person's download of their data contains, see `trato/personal_data.py`; in page order.
_TOLD_BY = ("accounts", "messaging", "catalog", "notifications", "trato.audit")
PERSONAL_DATA_PARTS = [f"{app}.personal_data.PART" for app in _TOLD_BY]
EXPIRED_SESSIONS_KEEP_DAYS = 1
UNVERIFIED_ACCOUNTS_KEEP_DAYS = env.int("UNVERIFIED_ACCOUNTS_KEEP_DAYS", default=7)
# A file outside the database with the IDs of erased accounts; see `accounts.erasures`.
ERASED_IDS_FILE = env.str("ERASED_IDS_FILE", default="")
REMOVED_PICTURES_KEEP_DAYS = 7  # pictures that no conversation shows

# -- Logs and metrics -----------------------------------------------------------------------

LOGGING = configure(as_json=False)
# /metrics is for direct connections from these networks, and for `Authorization: Bearer <token>`.
METRICS_NETWORKS = env.list("METRICS_NETWORKS", default=["127.0.0.0/8", "::1/128"])
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
