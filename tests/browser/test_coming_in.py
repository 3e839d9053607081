"""Logging in with a passkey, and choosing a language."""

import datetime
import re

import pytest
from allauth.account.models import EmailAddress
from playwright.sync_api import Page, expect

from accounts.models import User
from catalog.models import Product
from messaging.factories import MessageFactory
from messaging.models import Conversation
from tests.browser.acts import Person, open_thread
from tests.whole import only_whole


def plug_in_authenticator(page: Page) -> None:
    """Add a virtual authenticator that stores passkeys and confirms every request."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def test_who_has_made_a_passkey_logs_in_with_it_alone(person: Person, shopper: User) -> None:
    EmailAddress.objects.create(user=shopper, email=shopper.email, verified=True, primary=True)
    page = person(shopper)
    plug_in_authenticator(page)
    page.goto("/accounts/2fa/webauthn/add/")
    page.fill("input[name=password]", "trato-demo")  # required again before a security change
    page.press("input[name=password]", "Enter")
    page.fill("input[name=name]", "My laptop")
    page.check("input[name=passwordless]")
    page.click("#mfa_webauthn_add")
    expect(page).to_have_url(re.compile("recovery-codes"))  # in case the laptop gets lost
    page.goto("/accounts/2fa/webauthn/")
    expect(page.locator("main")).to_contain_text("My laptop")
    page.context.clear_cookies()
    page.goto("/accounts/login/?next=/accounts/profile/")
    page.click("#passkey_login")
    expect(page.locator("main")).to_contain_text(shopper.email)


@only_whole
def test_the_language_is_the_browsers_until_another_is_chosen(
    person: Person, shopper: User, product: Product, conversation: Conversation
) -> None:
    page = person(shopper, locale="es-ES")
    MessageFactory(conversation=conversation)
    open_thread(page, conversation)
    state = page.locator("[data-state]")
    expect(page.locator("html")).to_have_attribute("lang", "es")
    expect(state).to_have_text("Enviado")  # by the page's script
    page.goto(product.get_absolute_url())
    expect(page.locator(".ask__title")).to_have_text("Pregunta al vendedor")
    page.get_by_role("button", name="English").click()
    expect(page.locator(".ask__title")).to_have_text("Ask the seller")
    open_thread(page, conversation)
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(state).to_have_text("Sent")


def test_times_are_those_of_the_readers_zone_and_region(
    person: Person, shopper: User, conversation: Conversation
) -> None:
    late = datetime.datetime(2026, 3, 1, 23, 30, tzinfo=datetime.UTC)
    MessageFactory(conversation=conversation, created_at=late)
    for zone, locale, date, day, time in (
        ("Europe/Madrid", "es-ES", "2026-03-02", "lunes, 2 de marzo", "0:30"),
        ("America/New_York", "en-US", "2026-03-01", "Sunday, March 1", "6:30 PM"),
        ("Europe/London", "en-GB", "2026-03-01", "Sunday 1 March", "23:30"),
    ):
        page = person(shopper, timezone_id=zone, locale=locale)
        open_thread(page, conversation)
        expect(page.locator(".messages__day")).to_have_text(day)
        expect(page.locator(".message time")).to_have_text(time)
        answer = page.reload()  # now the server knows the time zone too
        assert answer is not None
        assert f'data-day="{date}"' in answer.text()
        expect(page.locator(".messages__day")).to_have_count(1)
        expect(page.locator(".messages__day")).to_have_text(day)


@only_whole
@pytest.mark.parametrize(
    ("locale", "times", "day"),
    [
        ("en-GB", ["9:05", "21:16"], "Monday 2 March"),
        ("es-ES", ["9:05", "21:16"], "Monday 2 March"),
        ("en-US", ["9:05 AM", "9:16 PM"], "Monday, March 2"),
    ],
)
def test_times_on_english_pages_follow_the_readers_clock(
    person: Person,
    shopper: User,
    conversation: Conversation,
    locale: str,
    times: list[str],
    day: str,
) -> None:
    for hour, minute in ((9, 5), (21, 16)):
        at = datetime.datetime(2026, 3, 2, hour, minute, tzinfo=datetime.UTC)
        MessageFactory(conversation=conversation, created_at=at)
    page = person(shopper, timezone_id="UTC", locale=locale)
    page.goto("/")
    page.context.add_cookies([{"name": "django_language", "value": "en", "url": page.url}])
    open_thread(page, conversation)
    expect(page.locator(".messages__day")).to_have_text(day)
    expect(page.locator(".message time")).to_have_text(times)
    written = page.evaluate(
        """async () => {
            const { format } = await import("trato/local-time");
            const at = new Date("2020-03-02T09:05Z");
            return ["when", "opening"].map((kind) => format(kind, at));
        }"""
    )
    assert all(text.endswith(f" {times[0]}") for text in written), written


@only_whole
def test_times_are_those_of_the_zone_that_a_person_has_chosen(
    person: Person, shopper: User, conversation: Conversation
) -> None:
    late = datetime.datetime(2026, 3, 1, 23, 30, tzinfo=datetime.UTC)
    MessageFactory(conversation=conversation, created_at=late)
    page = person(shopper, timezone_id="America/New_York", locale="en-US")
    page.goto("/accounts/profile/")
    page.get_by_label("Time zone").select_option("Asia/Tokyo")
    of_profile = page.locator("form").filter(has_text="Display name")
    of_profile.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    open_thread(page, conversation)
    expect(page.locator(".messages__day")).to_have_text("Monday, March 2")
    expect(page.locator(".message time")).to_have_text("8:30 AM")


@only_whole
def test_unsent_words_of_a_deleted_account_leave_the_browser(
    person: Person, shopper: User, conversation: Conversation
) -> None:
    page = person(shopper)
    page.goto("/accounts/delete/")
    me, other = shopper.pk, int(f"{shopper.pk}0")
    kept = [f"trato-draft-{other}-1", "trato-ask-/shops/barro-y-sal/contact/"]
    mine = [f"trato-draft-{me}-1", f"trato-outbox-{me}-a", f"trato-ask-{me}/shops/x/contact/"]
    page.evaluate("keys => keys.forEach((key) => localStorage.setItem(key, 'secret'))", kept + mine)
    page.goto("/accounts/deleted/")  # without the mark of a deletion
    page.goto("/accounts/delete/")
    assert words_kept(page) == sorted(kept + mine)
    page.get_by_label("Password").fill("trato-demo")
    page.get_by_role("button", name="Confirm").click()
    page.get_by_label("I understand").check()
    page.get_by_role("button", name="Delete my account for good").click()
    expect(page.get_by_role("heading", name="Your account is deleted")).to_be_visible()
    page.wait_for_function("() => customElements.get('trato-forget')")
    assert words_kept(page) == sorted(kept)


def words_kept(page: Page) -> list[str]:
    keys: list[str] = page.evaluate(
        "Object.keys(localStorage).filter((key) => localStorage[key] === 'secret')"
    )
    return sorted(keys)


@only_whole
def test_an_account_is_deleted_without_a_script_and_its_pages_end(
    person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    MessageFactory(conversation=conversation, body="My phone is secret")
    theirs = person(seller)
    open_thread(theirs, conversation)
    expect(theirs.get_by_role("log").get_by_text("My phone is secret")).to_be_visible()
    page = person(shopper, java_script_enabled=False)
    page.goto("/accounts/profile/")
    page.get_by_role("link", name="Delete account").click()
    page.get_by_label("Password").fill("trato-demo")
    page.get_by_role("button", name="Confirm").click()
    page.get_by_label("I understand").check()
    page.get_by_role("button", name="Delete my account for good").click()
    expect(page.get_by_role("heading", name="Your account is deleted")).to_be_visible()
    expect(theirs.get_by_text("This message was deleted together with")).to_be_visible()
    expect(theirs.get_by_text("My phone is secret")).to_have_count(0)
    expect(theirs.locator(".message__sender")).to_have_text("Deleted account")
