"""A laptop: SQLite, everything in one process, mails printed to the console."""

from .base import *  # noqa: F403
from .base import VAR_DIR, env

DEBUG = env.bool("DEBUG", default=True)
VAR_DIR.mkdir(exist_ok=True)
SECRET_KEY = env.str("SECRET_KEY", default="only-for-development-and-never-in-production")
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
# `make run PORT=…` hands its port on.
SITE_URL = env.str("SITE_URL", default=f"http://127.0.0.1:{env.int('PORT', default=8000)}")
# A developer should be in at once; production insists on a verified address.
ACCOUNT_EMAIL_VERIFICATION = "optional"
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
DEMO_LOGINS = DEBUG
# Passkeys on http://localhost, where no browser asks for TLS either.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
