"""Development: SQLite, one process, emails printed to the console."""

from .base import *  # noqa: F403
from .base import VAR_DIR, env

DEBUG = env.bool("DEBUG", default=True)
VAR_DIR.mkdir(exist_ok=True)
SECRET_KEY = env.str("SECRET_KEY", default="only-for-development-and-never-in-production")
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
# `make run PORT=…` passes its port.
SITE_URL = env.str("SITE_URL", default=f"http://127.0.0.1:{env.int('PORT', default=8000)}")
# Developers should get in immediately; production requires a verified address.
ACCOUNT_EMAIL_VERIFICATION = "optional"
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
DEMO_LOGINS = DEBUG
# Passkeys on http://localhost, where browsers don't require TLS.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
