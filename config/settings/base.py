"""What every environment shares. Names that end in a unit are in that unit."""

import os
import re
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config.logging import configure
from messaging.defaults import *  # noqa: F403
from notifications.defaults import *  # noqa: F403
from trato.defaults import *  # noqa: F403
from trato.defaults import REDIS_URL, env

BASE_DIR = Path(__file__).resolve().parents[2]
VAR_DIR = BASE_DIR / "var"  # database, uploads and mails of a development machine


def rates(name: str, default: str) -> str:
    """How often something may be done: "10/m,200/d" is ten a minute and 200 a day."""
    value: str = env.str(name, default=default)
    if not all(re.fullmatch(r"[1-9]\d*/\d*[smhd]", rate.strip()) for rate in value.split(",")):
        raise ImproperlyConfigured(f"{name} must be rates, as 10/m,200/d: ten a minute, 200 a day")
    return value


INSTALLED_APPS = [
    # Ours stand first so that their templates win over allauth's and the admin's.
    "trato",
    "trato.audit",
    "accounts",
    "catalog",
    "notifications",
    "messaging",
    "daphne",
    "channels",
    "config.admin_site.DeskConfig",  # django.contrib.admin
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
    "accounts.devices.DeviceCookie",
    "config.middleware.LoggedOut",
    "config.middleware.FriendlyFailures",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["trato.templatetags.page_user"],
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "notifications.context_processors.badge",
                "messaging.context_processors.outbox",
                "accounts.context_processors.demo",
            ],
        },
    }
]

# -- Data ------------------------------------------------------------------------------------

SQLITE_OPTIONS = {
    # IMMEDIATE takes the write lock at BEGIN, so that a transaction which reads first and
    # writes later waits for its turn instead of failing with "database is locked".
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,  # seconds
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
}
# What a connection to PostgreSQL may wait for, so that none is out of use for long. A process that
# hangs in a transaction, or whose machine is gone, holds its locks no longer than this either.
# Not for `manage.py`: nobody waits for a command, and a migration may take as long as it needs.
DATABASE_STATEMENT_SECONDS = 8.0
DATABASE_LOCK_SECONDS = 2.0  # then people are told that it is not possible just now
DATABASE_IDLE_TRANSACTION_SECONDS = 60.0
DATABASE_SILENCE_SECONDS = 4.0  # that a network may take to acknowledge what was sent


def _timeouts(*, limited: bool) -> dict[str, Any]:
    """What libpq is told of them; PostgreSQL takes milliseconds."""
    silence = {
        "tcp_user_timeout": int(DATABASE_SILENCE_SECONDS * 1000),
        # Asks a silent peer for a sign of life, for whoever waits for an answer, not for an ACK.
        "keepalives_idle": int(DATABASE_SILENCE_SECONDS),
        "keepalives_interval": 1,
    }
    limits = {
        "statement_timeout": DATABASE_STATEMENT_SECONDS,
        "lock_timeout": DATABASE_LOCK_SECONDS,
        "idle_in_transaction_session_timeout": DATABASE_IDLE_TRANSACTION_SECONDS,
    }
    options = " ".join(f"-c {name}={seconds * 1000:.0f}" for name, seconds in limits.items())
    return silence | ({"options": options} if limited else {})


POSTGRESQL_OPTIONS = {
    # psycopg's own pool: a thread gives its connection back after each request or frame.
    "pool": {
        "min_size": 2,
        "max_size": env.int("DATABASE_POOL_SIZE", default=16),
        "timeout": 3,  # seconds to wait for a free connection before answering 503
        # Seconds after which a failed connection is given up, so that the next one who asks
        # tries anew. By default the pause between two attempts grows to minutes.
        "reconnect_timeout": 2,
    },
    "connect_timeout": 3,  # seconds
    **_timeouts(limited=env.bool("DATABASE_TIMEOUTS", default=True)),
}


def database(url: str) -> dict[str, Any]:
    """Django's settings for a database address.

    Args:
        url: `sqlite:///path` or `postgres://user:password@host:port/name`.
    """
    config: dict[str, Any] = environ.Env.db_url_config(url)
    engine = str(config.get("ENGINE", "")).rpartition(".")[2]
    if engine not in ("sqlite3", "postgresql"):
        raise ImproperlyConfigured(
            "DATABASE_URL must be postgres://user:password@host:port/name or sqlite:///path"
        )
    is_sqlite = engine == "sqlite3"
    config["OPTIONS"] = SQLITE_OPTIONS if is_sqlite else POSTGRESQL_OPTIONS
    # The pool looks whether a connection still lives before it gives it away: a round trip
    # against a 503 for each connection that a restart of the database left dead.
    config["CONN_HEALTH_CHECKS"] = not is_sqlite
    return config


def channel_layers(redis_url: str) -> dict[str, object]:
    """The channel layer: Redis pub/sub where there is a Redis, else in this process's memory.

    Pub/sub rather than the core layer: it has no group expiry and no capacity that drops silently.
    """
    if redis_url and not redis_url.startswith(("redis://", "rediss://", "unix://")):
        raise ImproperlyConfigured("REDIS_URL must be redis://host:port/number or empty")
    if not redis_url:
        return {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    return {
        "default": {
            "BACKEND": "trato.realtime.redis.layer.PubSubLayer",
            "CONFIG": {
                # Several share the groups between them, see docs/scaling.md.
                "hosts": env.list("REDIS_LAYER_URLS", default=[redis_url]),
                "prefix": "trato",
            },
        }
    }


DATABASE_URL = env.str("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'trato.sqlite3'}")
DATABASES = {"default": database(DATABASE_URL)}
CHANNEL_LAYERS = channel_layers(REDIS_URL)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES: dict[str, dict[str, object]] = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}
if REDIS_URL:
    # allauth counts failed logins in the cache: every process must see the same count.
    CACHES["default"] = {
        "BACKEND": "trato.cache.LenientRedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 0.5},  # seconds
    }

# -- People ----------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
AUTH_PASSWORD_VALIDATORS += [{"NAME": "accounts.passwords.SeveralCharactersValidator"}]
# Names that sound like the site's own. No person's and no shop's name has a brand in it or consists
# of offices; look-alikes, accents and spaces between the letters make no difference.
RESERVED_BRANDS = ["trato"]
RESERVED_OFFICES = [
    "support", "helpdesk", "help", "team", "staff", "admin", "administrator", "administration",
    "moderator", "moderation", "security", "official", "billing", "payments", "customer", "service",
    "customers", "safety", "system", "soporte", "técnico", "ayuda", "equipo", "administrador",
    "administradora", "administración", "moderador", "moderadora", "moderación", "seguridad",
    "oficial", "facturación", "pagos", "atención", "cliente", "clientes", "servicio", "sistema",
    "member", "moderators", "administrators", "center", "centre", "care", "trust", "abuse",
    "verified", "notifications", "noreply", "postmaster", "webmaster", "root", "miembro",
    "moderadores", "administradores", "centro", "confianza", "verificado", "verificada",
    "notificaciones",
]  # fmt: skip
RESERVED_SIGNS = "✓✔☑✅🗸🛡👮"  # in no name: beside one they look like a mark that the site gives
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "messaging:conversation_list"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
# Whoever confirms in the browser that they signed up with is in, and goes on with what they began.
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
# The form lives in catalog because a seller names the shop while signing up.
ACCOUNT_FORMS = {
    "signup": "catalog.signup.SignupForm",
    "reset_password": "accounts.forms.ResetPasswordForm",
    "change_password": "accounts.forms.ChangePasswordForm",
}
# The password is asked for again before the address changes; allauth does so for second factors,
# `accounts.entrance_views` for ending sessions. It then holds for a while.
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300  # seconds
# Mails about changes of the address, the password and second factors.
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[Trato] "
# The mailed link lets the owner in, also while somebody else guesses the password.
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Trato"
MFA_FORMS = {
    "activate_totp": "accounts.second_factor_forms.ActivateAppForm",
    "add_webauthn": "accounts.second_factor_forms.AddKeyForm",
    "edit_webauthn": "accounts.second_factor_forms.EditKeyForm",
    "authenticate_webauthn": "accounts.second_factor_forms.AuthenticateKeyForm",
    "login_webauthn": "accounts.second_factor_forms.LoginKeyForm",
    "reauthenticate_webauthn": "accounts.second_factor_forms.ReauthenticateKeyForm",
}
# Whether staff see the admin only in a session that was opened with a second factor.
STAFF_SECOND_FACTOR_REQUIRED = env.bool("STAFF_SECOND_FACTOR_REQUIRED", default=False)

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "config.views.forged"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30  # seconds

EMAIL_TIMEOUT = 10  # seconds that a mail server may be silent
SITE_NAME = "Trato"
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Trato <no-reply@example.com>")

# -- Limits on coming in; "10/m,200/d" is ten a minute and 200 a day -----------------------------

# Wrong passwords. What is tried on devices that are new to the account counts by network address,
# by pair of address and account, and by account; a device that is known counts for itself.
LOGIN_FAILURES_PER_ADDRESS = rates("LOGIN_FAILURES_PER_ADDRESS", "10/m,200/d")
LOGIN_FAILURES_PER_PAIR = rates("LOGIN_FAILURES_PER_PAIR", "5/5m,20/d")
# By day at least five times what one pair has, or a single address could use it up for all.
LOGIN_FAILURES_PER_ACCOUNT = rates("LOGIN_FAILURES_PER_ACCOUNT", "100/d")
LOGIN_FAILURES_PER_DEVICE = rates("LOGIN_FAILURES_PER_DEVICE", "10/5m,50/d")
DEVICE_REMEMBERED_SECONDS = 60 * 60 * 24 * 365  # after the last login on it
# Mails to addresses whose owners may not have asked for them: of sign-ups, of changes to another
# address, of passwords that were forgotten for addresses without an account.
STRANGER_MAILS_PER_SITE = rates("STRANGER_MAILS_PER_SITE", "600/h")
# Mails with which a password is chosen. Whoever asks for more gets by with the last one's link.
PASSWORD_MAILS_PER_ADDRESS = rates("PASSWORD_MAILS_PER_ADDRESS", "1/m,5/h")
ACCOUNT_RATE_LIMITS = {
    # By network address (`ip`, or nothing), by account (`user`), or by what is named (`key`).
    "login": rates("LOGINS_PER_ADDRESS", "30/m"),
    "signup": rates("SIGNUPS_PER_ADDRESS", "10/m") + ",100/d/ip",
    "reset_password": rates("PASSWORD_RESETS_PER_ADDRESS", "20/m") + ",200/d/ip",
    "manage_email": "10/m/user,30/d/user",
    "change_password": "5/m/user,30/d/user",
    "reauthenticate": "10/m/user",
    "confirm_email": "1/180s/key,10/d/key",  # the address
    "login_failed": "10/m/ip,5/5m/key",  # codes of a second factor, after the right password
}

# -- Languages and times ---------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("es", _("Spanish"))]
# Our own texts, and those of allauth and Django that we word ourselves.
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale_overrides"]
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# -- Files -----------------------------------------------------------------------------------

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "trato.staticfiles.StylesheetFinder",
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
STYLESHEETS_DIR = VAR_DIR / "stylesheets"  # where bundles of the components are written
STATIC_ROOT = BASE_DIR / "staticfiles"
MEDIA_URL = "media/"
MEDIA_ROOT = env.str("MEDIA_ROOT", default=str(VAR_DIR / "media"))
IMAGE_MAX_BYTES = 10 * 1024 * 1024
IMAGE_MAX_PIXELS = 50_000_000
IMAGE_MAX_SIDE = 16_384  # pixels
IMAGE_DECODER_MAX_BYTES = 200 * 1024 * 1024  # of memory, for one picture
IMAGE_DECODER_MAX_CPU_SECONDS = 10
IMAGE_DECODER_MAX_SECONDS = 60  # by the clock; then the machine has no time for it
# Per process, each on a core of its own. Daphnes that share a machine share its cores too.
IMAGE_DECODERS = env.int("IMAGE_DECODERS", default=os.cpu_count() or 1)
IMAGE_QUEUE_MAX = env.int("IMAGE_QUEUE_MAX", default=16)  # forms that wait, per process
IMAGE_QUEUE_SECONDS = 20  # that a form waits at most
IMAGE_FORMS_AT_ONCE = 2  # of one person, waiting or being decoded
PRODUCT_MAX_IMAGES = 8
# Bytes of any request's body, and of a seller's product form. nginx has the same two limits.
REQUEST_MAX_BYTES = 256 * 1024
UPLOAD_MAX_BYTES = PRODUCT_MAX_IMAGES * IMAGE_MAX_BYTES + 1024 * 1024
UPLOADS_AT_ONCE = env.int("UPLOADS_AT_ONCE", default=8)  # per process; others are told to wait
DATA_UPLOAD_MAX_MEMORY_SIZE = REQUEST_MAX_BYTES  # without files
DATA_UPLOAD_MAX_NUMBER_FILES = 2 * PRODUCT_MAX_IMAGES  # more than allowed, so that a form says so
FILE_UPLOAD_MAX_MEMORY_SIZE = REQUEST_MAX_BYTES  # kept in memory; more goes to disk
KEPT_PICTURES_MAX = 24  # per person, of forms that were refused for something else
KEPT_PICTURES_HOURS = 24
SIGNUP_REPEAT_SECONDS = 120  # that the same sign-up is taken for a second click
SUBMITTED_FORM_DAYS = 7  # how long a form that created something is known when it comes again
SHOP_INVITATIONS_MAX = 20  # per shop, that nobody has answered yet

# -- What the browser may load ---------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        # The nonce is for the import map alone, which browsers only accept inline.
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# -- The shop that messaging stands in -------------------------------------------------------

MESSAGING_PRODUCT_MODEL = "catalog.Product"
MESSAGING_SHOP_MODEL = "catalog.Shop"
MESSAGING_HOST = "catalog.host.CatalogHost"

# -- How often one may do what costs others something ------------------------------------------

PICTURES_PER_HOUR = env.int("PICTURES_PER_HOUR", default=300)  # per person
PRODUCTS_PER_DAY = env.int("PRODUCTS_PER_DAY", default=500)  # new ones, per person
PRODUCTS_PER_SHOP = env.int("PRODUCTS_PER_SHOP", default=20_000)
SHOPS_PER_PERSON = env.int("SHOPS_PER_PERSON", default=5)  # that one owns
SEARCHES_PER_MINUTE = env.int("SEARCHES_PER_MINUTE", default=60)  # of products, per person

# -- What is kept for how long; `manage.py purge_expired` deletes the rest ----------------------

RETENTION_RULES = [
    "accounts.retention.RULES",
    "catalog.retention.RULES",
    "messaging.contact.retention.RULES",
    "config.retention.RULES",
    "notifications.retention.RULES",
]
EXPIRED_SESSIONS_KEEP_DAYS = 1
UNVERIFIED_ACCOUNTS_KEEP_DAYS = env.int("UNVERIFIED_ACCOUNTS_KEEP_DAYS", default=7)
REMOVED_PICTURES_KEEP_DAYS = 7  # those that no conversation shows

# -- What is written down -------------------------------------------------------------------

LOGGING = configure(as_json=False)
# Who may read /metrics: whoever asks directly, past any proxy, from these networks, or with
# `Authorization: Bearer <token>` from anywhere.
METRICS_NETWORKS = env.list("METRICS_NETWORKS", default=["127.0.0.0/8", "::1/128"])
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
