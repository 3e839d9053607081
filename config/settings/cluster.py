"""A production-like setup on one machine without TLS, for `make cluster` and its tests.

The demo's logins are open, so run it only on 127.0.0.1.
"""

from . import base
from .production import *  # noqa: F403
from .production import TRUSTED_ORIGINS, env

DEMO_LOGINS = True
STATIC_ROOT = env.str("STATIC_ROOT")
# Emails go to files, so that the logs contain only JSON lines.
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = env.str("EMAIL_FILE_PATH")

# Turn off everything that requires TLS.
TRUSTED_ORIGINS = [origin.replace("https://", "http://") for origin in TRUSTED_ORIGINS]
CSRF_TRUSTED_ORIGINS = TRUSTED_ORIGINS
SITE_URL = TRUSTED_ORIGINS[0]
# The demo's staff log in with one click, like everybody else.
STAFF_SECOND_FACTOR_REQUIRED = env.bool("STAFF_SECOND_FACTOR_REQUIRED", default=False)
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = False
CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = False
SECURE_HSTS_SECONDS = 0

# Load tests raise these limits: requests are still counted, but refused later.
MESSAGES_PER_MINUTE = env.int("MESSAGES_PER_MINUTE", default=base.MESSAGES_PER_MINUTE)
SOCKET_FRAMES_PER_MINUTE = env.int(
    "SOCKET_FRAMES_PER_MINUTE", default=base.SOCKET_FRAMES_PER_MINUTE
)
