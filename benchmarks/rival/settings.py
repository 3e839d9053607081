"""A project as `startproject` and the Channels tutorial leave it, on PostgreSQL and Redis."""

import environ

env = environ.Env()

DEBUG = False
SECRET_KEY = "only-for-measuring"
ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
INSTALLED_APPS = [
    "daphne",
    "channels",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "benchmarks.rival",
]
ROOT_URLCONF = "benchmarks.rival.urls"
ASGI_APPLICATION = "benchmarks.rival.asgi.application"
# Django's default for CONN_MAX_AGE: a connection for each call. See docs/performance.md.
DATABASES = {
    "default": {**env.db("DATABASE_URL"), "CONN_MAX_AGE": env.int("RIVAL_CONN_MAX_AGE", default=0)}
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        "CONFIG": {"hosts": [env.str("REDIS_URL")]},
    },
}
