"""The other project. DATABASE_URL and REDIS_URL choose the database and Redis."""

import tempfile
from pathlib import Path
from typing import Any

import environ

from messaging.defaults import *  # noqa: F403
from notifications.defaults import *  # noqa: F403
from trato.defaults import *  # noqa: F403
from trato.defaults import REDIS_URL, TEMPLATE_BUILTINS, env

HERE = Path(__file__).resolve().parent
TRATO = HERE.parents[1]
SECRET_KEY = "only-for-tests"
ALLOWED_HOSTS = ["localhost", "testserver"]

INSTALLED_APPS = [
    "trato",
    "trato.audit",
    "trato.stored_files",
    "notifications",
    "messaging",
    "tests.host.people",
    "tests.host.market",
    "channels",
    "tests.host.admin_site.HostAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
ROOT_URLCONF = "tests.host.urls"
SOCKET_PATH = "/line/"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # Messaging's templates, in this project's own page layout.
        "DIRS": [HERE / "templates", TRATO / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": TEMPLATE_BUILTINS,
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "notifications.context_processors.badge",
            ],
        },
    }
]

DATABASES: dict[str, Any] = {"default": environ.Env.db_url_config(env.str("DATABASE_URL"))}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"] |= {
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20},
        "TEST": {"NAME": env.str("TEST_DATABASE_NAME")},
    }
CHANNEL_LAYERS: dict[str, Any] = {
    "default": {
        "BACKEND": "trato.realtime.redis.layer.PubSubLayer",
        "CONFIG": {"hosts": [REDIS_URL], "prefix": "other"},
    }
    if REDIS_URL
    else {"BACKEND": "channels.layers.InMemoryChannelLayer"}
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.Member"
PERSON_NAME_FIELD = "full_name"
LOGIN_URL = "/come-in/"
SITE_NAME = "Market"
MESSAGING_PRODUCT_MODEL = "market.Item"
MESSAGING_SHOP_MODEL = "market.Partner"
MESSAGING_HOST = "tests.host.market.host.MarketHost"
RETENTION_RULES = ["messaging.retention.RULES", "notifications.retention.RULES"]

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(Path(tempfile.gettempdir(), "trato-other-shop-files"))},
    },
}
STATIC_URL = "static/"
STATICFILES_DIRS = [TRATO / "static"]
STATICFILES_FINDERS = [
    "trato.staticfiles.BundleFinder",
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
BUNDLES_DIR = Path(tempfile.gettempdir(), "trato-other-shop-bundles")
USE_TZ = True
TIME_ZONE = "UTC"
