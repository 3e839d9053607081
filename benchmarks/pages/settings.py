"""Production's settings, for a client and a browser on this machine, without TLS."""

from pathlib import Path

from benchmarks.trato.settings import *  # noqa: F403
from trato.defaults import env

STATIC_ROOT = Path(env.str("STATIC_ROOT"))
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = False
SECURE_HSTS_SECONDS = 0
TRUSTED_ORIGINS = [env.str("ORIGIN")]
