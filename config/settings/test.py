"""The test suite. DATABASE_URL and REDIS_URL choose the database and Redis, as everywhere."""

from .base import *  # noqa: F403
from .base import DATABASES, STORAGES, VAR_DIR, env

DEBUG = False
VAR_DIR.mkdir(exist_ok=True)
SECRET_KEY = "only-for-tests"
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]
SITE_URL = "http://shop.test"
DEMO_LOGINS = env.bool("DEMO_LOGINS", default=False)
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
MEDIA_ROOT = env.str("MEDIA_ROOT", default=str(VAR_DIR / "test-media"))
PRIVATE_MEDIA_ROOT = f"{MEDIA_ROOT}-private"
STORAGES["private"]["OPTIONS"]["location"] = PRIVATE_MEDIA_ROOT
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, because each of the socket's threads opens its own connection.
    DATABASES["default"]["TEST"] = {
        "NAME": env.str("TEST_DATABASE_NAME", default=str(VAR_DIR / "test.sqlite3"))
    }
    # The data need not survive a power cut; it does survive `kill`, as on PostgreSQL.
    DATABASES["default"]["OPTIONS"] |= {
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
    }
elif template := env.str("TEST_DATABASE_TEMPLATE", default=""):
    DATABASES["default"]["TEST"] = {"TEMPLATE": template}
# Passkeys on http://localhost, as in development.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
# Serve static files directly from their folders: nothing is collected for tests.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
# Tests wait for the decoder, and on a busy machine a low priority would starve it.
IMAGE_DECODER_NICE = 0
# Otherwise the heartbeat would repair what a lost event left wrong while a test waits for that
# event, and hide the loss. Heartbeat tests shorten the interval.
SOCKET_HEARTBEAT_SECONDS = 3600
# So that a test that first looks at something else still sees the toast, even on a slow machine.
TOAST_SECONDS = 600
# The rules are loaded once; tests that change them load them again.
SHIELD_RULES_MAX_SECONDS = 10**9
