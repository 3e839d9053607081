"""How many passwords are tried, and how many mails go to people who never asked for one.

Passwords are counted after OWASP's "Slow Down Online Guessing Attacks with Device Cookies": what is
tried from unknown devices is counted by network address, by pair of address and account, and by
account; a device on which the account was used before has a count of its own. So a guesser is
slowed, and the owner is not kept out. Nothing here tells whether an account exists.

Counted by allauth, in the shared cache. Its public `ratelimit.consume` takes nothing back and has
no rates of one's own: so this module, and no other, uses `allauth.core.internal.ratelimit` (tested
with 65.21).
"""

import structlog
from allauth.core.internal import ratelimit
from django.conf import settings
from django.http import HttpRequest

from . import devices

log = structlog.get_logger("trato.accounts")

WHOLE_SITE = "site"


def try_password(request: HttpRequest, email: str) -> list[ratelimit.RateLimitUsage] | None:
    """Count a try before the password is looked at, so that tries at once are counted too.

    Args:
        email: the account, whether or not there is one.

    Returns:
        What was counted, for `take_back` if the password is right. None if there were too many
        tries: then the password must not be looked at.
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
    """Let a try count for nothing."""
    for usage in counted:
        usage.rollback()


def forget_tries(request: HttpRequest, email: str) -> None:
    """Who has read a mail that we sent to the account's address starts over."""
    for action, rates, key in _password_counts(request, email.lower()):
        if action != "password_address":
            config = {action: _keyed(rates)}
            ratelimit.clear(request, app="trato", action=action, config=config, key=key)


def _password_counts(request: HttpRequest, email: str) -> list[tuple[str, str, str]]:
    device = devices.of_account(request, email)
    if device:
        return [("password_device", settings.LOGIN_FAILURES_PER_DEVICE, f"{device} {email}")]
    address = ratelimit.get_ip(request)
    return [
        # The widest comes last: who is stopped before does not use it up for others.
        ("password_address", settings.LOGIN_FAILURES_PER_ADDRESS, address),
        ("password_pair", settings.LOGIN_FAILURES_PER_PAIR, f"{address} {email}"),
        ("password_account", settings.LOGIN_FAILURES_PER_ACCOUNT, email),
    ]


def take_stranger_mail(request: HttpRequest, *, look_only: bool = False) -> bool:
    """Count a mail that its reader may not have asked for, unless `look_only`; False: send none."""
    rates = settings.STRANGER_MAILS_PER_SITE
    room = _consume(request, "stranger_mail", rates, WHOLE_SITE, look_only=look_only) is not None
    if not room:
        log.error("stranger_mails_used_up", limit=rates)
    return room


def take_password_mail(request: HttpRequest, email: str) -> bool:
    """Count a mail with which the password of an address is chosen; False: one is under way."""
    rates = settings.PASSWORD_MAILS_PER_ADDRESS
    return _consume(request, "password_mail", rates, email.lower()) is not None


def forget_mails(request: HttpRequest, email: str) -> None:
    """Let an address have a mail to confirm it or to choose a password, whatever it had before."""
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
