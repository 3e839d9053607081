"""Accounts: allauth, names, emails, sessions, and limits on logging in."""

import re

from django.core.exceptions import ImproperlyConfigured

from trato.defaults import env


def rates(name: str, default: str) -> str:
    """Return an allauth rate: "10/m,200/d" is ten per minute and 200 per day."""
    value: str = env.str(name, default=default)
    if not all(re.fullmatch(r"[1-9]\d*/\d*[smhd]", rate.strip()) for rate in value.split(",")):
        raise ImproperlyConfigured(f"{name} must be rates, as 10/m,200/d: ten a minute, 200 a day")
    return value


AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "accounts.passwords.SeveralCharactersValidator"},
]
# Names that sound official. A person's or shop's name must not contain a brand or consist of such
# words; look-alikes, accents and spaces between letters make no difference.
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
    "notificaciones", "our", "nuestro", "deleted", "account", "cuenta", "eliminada", "technical",
    "técnica", "fraud", "fraude", "department", "departamento", "agent", "agente", "agents",
    "agentes", "verification", "verificación", "operator", "operador", "operadora", "assistance",
    "asistencia", "complaints", "reclamaciones", "compliance", "representative", "representante",
]  # fmt: skip
# Only members of a verified shop may have its name.
NAME_CLAIMS = ["catalog.shops.is_name_of_verified"]
RESERVED_SIGNS = "✓✔☑✅🗸🛡👮"  # not allowed in names: they look like a mark from the site
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "messaging:conversation_list"
# Where staff land after the login, and the permission they need for it. Not for staff who also
# sell.
STAFF_START = ("messaging.view_case", "admin:messaging_case_changelist")
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
# People who confirm in the browser in which they signed up are logged in and continue there.
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
# The form is in catalog because sellers name their shop when they sign up.
ACCOUNT_FORMS = {
    "signup": "catalog.signup.SignupForm",
    "login": "accounts.forms.LoginForm",
    "reauthenticate": "accounts.forms.ReauthenticateForm",
    "reset_password": "accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "accounts.forms.ResetPasswordKeyForm",
    "change_password": "accounts.forms.ChangePasswordForm",
}
# The password is required again before an email address changes; allauth requires it for second
# factors, `accounts.session_views` for ending sessions. It then stays valid for a while.
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300  # seconds
# Notify people by email when their address, password or a second factor changes.
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[Trato] "
# The link in the email lets the owner log in even while somebody else guesses the password.
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
# Whether staff need a session with a second factor to see the admin.
STAFF_SECOND_FACTOR_REQUIRED = env.bool("STAFF_SECOND_FACTOR_REQUIRED", default=False)

CSRF_FAILURE_VIEW = "config.views.forged"
SESSION_ENGINE = "trato.session_store"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30  # seconds

EMAIL_TIMEOUT = 10  # seconds that a mail server may take
SITE_NAME = "Trato"
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Trato <no-reply@example.com>")

# -- Limits on logging in; "10/m,200/d" is ten a minute and 200 a day -----------------------------

# Wrong passwords. Attempts on devices that are new to the account are counted per network address,
# per address and account, and per account; known devices have their own count.
LOGIN_FAILURES_PER_ADDRESS = rates("LOGIN_FAILURES_PER_ADDRESS", "10/m,200/d")
# An IPv6 /48 counts as 65,536 such addresses, and one customer may have all of them.
LOGIN_FAILURES_PER_IPV6_SITE = rates("LOGIN_FAILURES_PER_IPV6_SITE", "50/m,1000/d")
SIGNUPS_PER_IPV6_SITE = rates("SIGNUPS_PER_IPV6_SITE", "50/m,500/d")
LOGIN_FAILURES_PER_PAIR = rates("LOGIN_FAILURES_PER_PAIR", "5/5m,20/d")
# At least five times a pair's limit per day, or one network address could use it up for everybody.
LOGIN_FAILURES_PER_ACCOUNT = rates("LOGIN_FAILURES_PER_ACCOUNT", "100/d")
LOGIN_FAILURES_PER_DEVICE = rates("LOGIN_FAILURES_PER_DEVICE", "10/5m,50/d")
DEVICE_REMEMBERED_SECONDS = 60 * 60 * 24 * 365  # after the last login with it
# Emails to addresses whose owners may not have asked for them: for sign-ups, changes of address,
# and forgotten passwords of unknown addresses.
STRANGER_MAILS_PER_SITE = rates("STRANGER_MAILS_PER_SITE", "600/h")
# Emails for choosing a password. The link in the last one still works for people who ask for more.
PASSWORD_MAILS_PER_ADDRESS = rates("PASSWORD_MAILS_PER_ADDRESS", "1/m,5/h")
ACCOUNT_RATE_LIMITS = {
    # By network address (`ip`, or nothing), account (`user`), or the value named by the caller
    # (`key`).
    "login": rates("LOGINS_PER_ADDRESS", "30/m"),
    "signup": rates("SIGNUPS_PER_ADDRESS", "10/m") + ",100/d/ip",
    "reset_password": rates("PASSWORD_RESETS_PER_ADDRESS", "20/m") + ",200/d/ip",
    "manage_email": "10/m/user,30/d/user",
    "change_password": "5/m/user,30/d/user",
    "reauthenticate": "10/m/user",
    "confirm_email": "1/180s/key,10/d/key",  # the address
    "login_failed": "10/m/ip,5/5m/key",  # codes of a second factor, after the correct password
}
