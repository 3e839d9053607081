"""Accessibility of the account pages and the staff's pages."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.urls import reverse

from accounts.models import User
from messaging.factories import MessageFactory
from messaging.models import Conversation, Decision, Report
from messaging.reports.actions import report_message
from tests.accounts.acts import prove
from tests.browser.acts import live
from tests.browser.inspector import Inspect, languages
from tests.rulings import remove_message
from tests.whole import only_whole


@only_whole
@languages
def test_the_pages_of_somebody_who_looks_after_the_account(
    locale: str, inspect: Inspect, shopper: User, stranger: User
) -> None:
    prove(shopper)
    visit = inspect(shopper, locale=locale)
    visit.tour(
        [
            "/accounts/profile/", "/accounts/email/", "/accounts/password/change/",
            "/accounts/sessions/", "/accounts/delete/", "/accounts/deleted/",
            "/accounts/reauthenticate/", "/accounts/2fa/", "/accounts/2fa/totp/activate/",
            "/accounts/2fa/webauthn/", "/accounts/2fa/webauthn/add/", "/conversations/data/",
        ]
    )  # fmt: skip
    visit.tour(["/accounts/inactive/"], status=403)
    TOTP.activate(stranger, generate_totp_secret())
    RecoveryCodes.activate(stranger)
    key = Authenticator.objects.create(
        user=stranger, type="webauthn", data={"name": "My laptop", "credential": {}}
    )
    EmailAddress.objects.create(user=stranger, email=stranger.email, verified=True, primary=True)
    EmailAddress.objects.create(user=stranger, email="new@example.com")
    careful = inspect(stranger, locale=locale)
    careful.tour(
        [
            "/accounts/2fa/", "/accounts/2fa/totp/deactivate/", "/accounts/2fa/recovery-codes/",
            "/accounts/2fa/recovery-codes/generate/", f"/accounts/2fa/webauthn/keys/{key.pk}/edit/",
            f"/accounts/2fa/webauthn/keys/{key.pk}/remove/", "/accounts/2fa/reauthenticate/",
            "/accounts/email/",
        ]
    )  # fmt: skip
    entering = inspect(None, locale=locale)
    entering.page.goto("/accounts/login/")
    entering.page.fill("input[name=login]", stranger.email)
    entering.page.fill("input[name=password]", "trato-demo")
    entering.page.press("input[name=password]", "Enter")
    entering.page.wait_for_url("**/2fa/authenticate/")
    entering.look()
    assert visit.problems + careful.problems + entering.problems == []


@languages
def test_the_pages_of_staff(
    locale: str,
    inspect: Inspect,
    shopper: User,
    seller: User,
    moderator: User,
    conversation: Conversation,
) -> None:
    message = MessageFactory(conversation=conversation, body="Call me at 555 123")
    removed = MessageFactory(conversation=conversation, body="Really, do call")
    remove_message(moderator, removed.pk, "Contact data")
    report = report_message(seller, conversation.pk, message.sequence, "off_platform", "Hm")
    lists = [
        reverse(f"admin:{name}_changelist")
        for name in (
            "accounts_user", "audit_auditentry", "messaging_conversation", "messaging_message",
            "messaging_report",
        )
    ]  # fmt: skip
    visit = inspect(moderator, locale=locale)
    visit.tour(
        [
            "/admin/", *lists,
            reverse("admin:messaging_report_change", args=[report.pk]),
            reverse("admin:accounts_user_change", args=[shopper.pk]),
            reverse("admin:messaging_conversation_change", args=[conversation.pk]),
            f"{reverse('admin:decide')}?person={shopper.pk}",
            f"{reverse('admin:decide')}?report={report.pk}",
            reverse("admin:decision_undo", args=[Decision.objects.get().pk]),
            reverse("admin:report_resolve", args=[report.pk, Report.Outcome.UPHELD]),
        ]
    )  # fmt: skip
    live(visit.page)
    assert visit.problems == []
