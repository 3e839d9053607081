"""A project like that of the Channels tutorial, with PostgreSQL and Redis."""

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
# The only tuning: by default, Django opens a connection for each call, which more than doubles the
# rival's cost and would make the comparison unfair.
DATABASES = {"default": {**env.db("DATABASE_URL"), "CONN_MAX_AGE": 600}}  # seconds
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        "CONFIG": {"hosts": [env.str("REDIS_URL")]},
    },
}
