"""This site's adapter for allauth."""

import contextlib
from typing import Any, ClassVar
from urllib.parse import urljoin, urlsplit

import structlog
from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from trato import after_login, client_address
from trato.realtime.sessions import announce_access_changed
from trato.suspended_logins import remember_suspended

from . import email_addresses, known_devices, preferences, throttle
from .models import User
from .templatetags.browsers import known_browser

log = structlog.get_logger("trato.accounts")

PASSWORD_OF = "password_of"  # session key: the account whose password this browser knows  # noqa: S105

# Template variables that hold links in emails.
LINKS = ("activate_url", "invitation_url", "password_reset_url", "signup_url")
# Emails that may go to somebody who hasn't confirmed the address.
TO_STRANGERS = {
    "account/email/email_confirmation",
    "account/email/email_confirmation_signup",
    "account/email/account_already_exists",
    "account/email/unknown_account",
    "catalog/email/team_invitation",
}


class MailServerAway(OSError):
    """An email that somebody is waiting for could not be sent. `config.views` responds with 503."""


class AccountAdapter(DefaultAccountAdapter):
    """This site's changes to allauth: limits, notifications, links in emails."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "too_many_passwords": _(
            "Too many wrong passwords. Wait a few minutes, use a device where you've logged in "
            "before, or choose “Forgot your password?” and we'll email you a link."
        ),
    }

    # -- logging in --------------------------------------------------------------------------

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Return people to where they were before the login, even without a `next`.

        If they come from nowhere, staff start with their work instead of an inbox.
        """
        before = after_login.address(request)
        return before or _staff_page(request.user) or super().get_login_redirect_url(request)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Check a password, unless there were too many attempts. Also used to reauthenticate."""
        counted = throttle.try_password(request, credentials.get("email", ""))
        if counted is None:
            raise self.validation_error("too_many_passwords")
        user: User | None = super().authenticate(request, **credentials)
        if user:
            throttle.take_back(counted)
        return user

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Skip allauth's limit per account, which would let anybody lock the owner out."""

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """Let a suspended person read why, and appeal, in this browser."""
        remember_suspended(request.session, user)
        return super().respond_user_inactive(request, user)

    def set_password(self, user: User, password: str) -> None:
        """Store only the password: staff may have suspended the account meanwhile."""
        user.set_password(password)
        user.save(update_fields=["password"])

    def respond_email_verification_sent(
        self, request: HttpRequest, user: User | None
    ) -> HttpResponse:
        if user is not None:
            request.session[PASSWORD_OF] = user.pk
        return super().respond_email_verification_sent(request, user)

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Notify the owner by email of a login on a new device.

        The page where the visitor started takes precedence over `next`.
        """
        last = (get_authentication_records(request, user) or [{}])[-1]
        is_told = kwargs["signup"] or last.get("method") == "password_reset"
        if not (is_told or known_devices.is_known(request, user)):
            self.send_notification_mail("account/email/new_device", user)
        known_devices.remember(request, user)
        preferences.adopt_language(user)
        kwargs["redirect_url"] = after_login.address(request) or kwargs["redirect_url"]
        return preferences.remember(super().post_login(request, user, **kwargs), user)

    # -- addresses ---------------------------------------------------------------------------

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """When somebody signs up with an address, drop other people's requests to change to it."""
        email: str = form.cleaned_data["email"]
        if email_addresses.drop_pending(email):
            # The link emailed for such a request no longer works, so the owner of the address needs
            # one for this sign-up immediately.
            throttle.forget_mails(request, email)
        return super().save_user(request, user, form, commit)

    @transaction.atomic
    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Mark an address as confirmed, and drop a password that somebody else may know.

        Somebody else may have signed up with the address and be waiting for the owner of the
        mailbox to confirm it. So we keep the password only if the link is opened in the browser
        used to sign up.
        """
        user = email_address.user
        is_first = not EmailAddress.objects.filter(user=user, verified=True).exists()
        email_addresses.release(email_address.email, user)
        if email_addresses.is_taken(email_address.email, user):
            self.add_message(
                request,
                messages.ERROR,
                "account/messages/email_confirmation_failed.txt",
                {"email": email_address.email},
            )
            return False
        confirmed: bool = super().confirm_email(request, email_address)
        knows_password = user.pk in (request.session.get(PASSWORD_OF), request.user.pk)
        if confirmed and is_first and not knows_password:
            user.set_unusable_password()
            user.save(update_fields=["password"])
            announce_access_changed(user.pk)
        return confirmed

    def get_email_verification_redirect_url(self, email_address: EmailAddress) -> str:
        """Redirect to a page for choosing a password if the one from the sign-up was not kept."""
        user = email_address.user
        if self.request.user.is_authenticated or user.has_usable_password():
            return super().get_email_verification_redirect_url(email_address)
        messages.info(self.request, gettext("Your email is confirmed. Now choose your password."))
        key = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(user)
        names = {"uidb36": user_pk_to_url_str(user), "key": key}
        return reverse("account_reset_password_from_key", kwargs=names)

    # -- mails -------------------------------------------------------------------------------

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send an email whose links lead to the configured site; limit emails to strangers.

        People with an account get it in their own language.

        Raises:
            MailServerAway: the email could not be sent. It doesn't count against the limit.
        """
        if template_prefix in TO_STRANGERS and not throttle.take_stranger_mail(self.request):
            return
        site = {"name": settings.SITE_NAME, "domain": urlsplit(settings.SITE_URL).netloc}
        links = {name: _on_this_site(context[name]) for name in LINKS if name in context}
        try:
            with preferences.of(context.get("user")):
                super().send_mail(
                    template_prefix, email, {**context, **links, "current_site": site}
                )
        except OSError as error:  # includes smtplib's errors
            log.error("mail_not_sent", mail=template_prefix, error=type(error).__name__)
            throttle.forget_mails(self.request, email)
            raise MailServerAway from error

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Email a person about a change to their account; about a new address, email both.

        The change stays even if the mail server is down.
        """
        addresses = [email]
        if template_prefix == "account/email/email_changed" and context:
            addresses.append(context["to_email"])
        for one in addresses:
            with contextlib.suppress(MailServerAway):
                super().send_notification_mail(
                    template_prefix, user, {**(context or {}), "user": user}, one
                )

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the client's address, determined as for every other limit."""
        address = client_address.address_of(request)
        if address is None:
            raise PermissionDenied("the address of the client is unknown")
        return str(address)

    def get_http_user_agent(self, request: HttpRequest) -> str:
        """Return the name of a known browser, not the header, which could be any text."""
        name = known_browser(request.META.get("HTTP_USER_AGENT", ""))
        return name or gettext("an unknown browser")


def _staff_page(person: Any) -> str:
    """Return the URL of the page where a staff member starts; empty for shoppers and sellers."""
    permission, name = settings.STAFF_START
    starts_there = person.is_staff and not person.is_seller and person.has_perm(permission)
    return reverse(name) if starts_there else ""


def _on_this_site(url: str) -> str:
    """Return the same URL on the configured host.

    The client chooses the host in a request. If emails repeated it, an attacker could make them
    link to another site.
    """
    return urljoin(settings.SITE_URL, urlsplit(url)._replace(scheme="", netloc="").geturl())
