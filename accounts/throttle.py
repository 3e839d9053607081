"""Limit password guesses, and emails to people who may not have asked for them.

Passwords are counted as in OWASP's "Slow Down Online Guessing Attacks with Device Cookies":
attempts from unknown devices are counted per network address, per address and account, and per
account; a device on which the account has been used has a separate count. This slows down an
attacker, but doesn't lock out the owner. Nothing here reveals whether an account exists.

allauth keeps the counts in the shared cache. Its public `ratelimit.consume` can't undo a count and
has no custom rates, so this module, and no other, uses `allauth.core.internal.ratelimit` (tested
with 65.21).
"""

import structlog
from allauth.core.internal import ratelimit
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from trato.client_address import site_of

from . import known_devices

log = structlog.get_logger("trato.accounts")

WHOLE_SITE = "site"


def try_password(request: HttpRequest, email: str) -> list[ratelimit.RateLimitUsage] | None:
    """Count an attempt before the password is checked, so that parallel attempts are counted too.

    Args:
        email: the account's address; the account may not exist.

    Returns:
        What was counted, for `take_back` if the password is right. None if there were too many
        attempts; the password must not be checked then.
    """
    counted: list[ratelimit.RateLimitUsage] = []
    for action, rates, key in _password_counts(request, email.lower()):
        usage = _consume(request, action, rates, key)
        if usage is None:
            log.warning("password_tries_used_up", count=action)
            return None
        counted.append(usage)
    return counted


def take_back(counted: list[ratelimit.RateLimitUsage]) -> None:
    """Undo the count of an attempt."""
    for usage in counted:
        usage.rollback()


def forget_tries(request: HttpRequest, email: str) -> None:
    """Forget the attempts on an account once somebody has read an email sent to its address."""
    for action, rates, key in _password_counts(request, email.lower()):
        if action not in ("password_address", "password_site"):
            config = {action: _keyed(rates)}
            ratelimit.clear(request, app="trato", action=action, config=config, key=key)


def _password_counts(request: HttpRequest, email: str) -> list[tuple[str, str, str]]:
    device = known_devices.of_account(request, email)
    if device:
        return [("password_device", settings.LOGIN_FAILURES_PER_DEVICE, f"{device} {email}")]
    address = ratelimit.get_ip(request)
    site = site_of(request)
    wide = [("password_site", settings.LOGIN_FAILURES_PER_IPV6_SITE, site)] if site else []
    return [
        # The widest limit comes last, so an attempt that an earlier limit refuses doesn't use it up
        # for others.
        ("password_address", settings.LOGIN_FAILURES_PER_ADDRESS, address),
        ("password_pair", settings.LOGIN_FAILURES_PER_PAIR, f"{address} {email}"),
        *wide,
        ("password_account", settings.LOGIN_FAILURES_PER_ACCOUNT, email),
    ]


def take_signup(request: HttpRequest) -> bool:
    """Count a sign-up from an IPv6 site; return False after too many. allauth limits addresses."""
    site, rates = site_of(request), settings.SIGNUPS_PER_IPV6_SITE
    return not site or _consume(request, "signup_site", rates, site) is not None


def too_often(request: HttpRequest) -> HttpResponse:
    """Return the response to a request that one of these limits refuses."""
    return ratelimit.respond_429(request)


def take_stranger_mail(request: HttpRequest, *, look_only: bool = False) -> bool:
    """Count an unrequested email, unless `look_only`; return False if it must not be sent."""
    rates = settings.STRANGER_MAILS_PER_SITE
    usage = _consume(request, "stranger_mail", rates, WHOLE_SITE, look_only=look_only)
    is_allowed = usage is not None
    if not is_allowed:
        log.error("stranger_mails_used_up", limit=rates)
    return is_allowed


def take_password_mail(request: HttpRequest, email: str) -> bool:
    """Count an email for choosing a password; return False if one was sent recently."""
    rates = settings.PASSWORD_MAILS_PER_ADDRESS
    return _consume(request, "password_mail", rates, email.lower()) is not None


def forget_mails(request: HttpRequest, email: str) -> None:
    """Allow an address another email to confirm it or to choose a password."""
    key = email.lower()
    ratelimit.clear(request, app="allauth.account", action="confirm_email", key=key)
    config = {"password_mail": _keyed(settings.PASSWORD_MAILS_PER_ADDRESS)}
    ratelimit.clear(request, app="trato", action="password_mail", config=config, key=key)


def _consume(
    request: HttpRequest, action: str, rates: str, key: str, *, look_only: bool = False
) -> ratelimit.RateLimitUsage | None:
    return ratelimit.consume(
        request,
        app="trato",
        action=action,
        config={action: _keyed(rates)},
        key=key,
        dry_run=look_only,
        limit_get=True,
    )


def _keyed(rates: str) -> str:
    return ",".join(f"{rate.strip()}/key" for rate in rates.split(","))
