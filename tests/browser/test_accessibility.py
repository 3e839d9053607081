"""Every page, in both languages and both colour schemes, for people who cannot see or point.

A page is loaded once per language. What depends on the colours is looked at in both schemes, what
depends on the room at the width of a small phone too, all without loading it anew.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import pytest
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from axe_playwright_python.sync_playwright import Axe
from django.test import RequestFactory
from django.urls import reverse
from playwright.sync_api import Page, Request, Route

from accounts.factories import UserFactory
from accounts.models import User
from catalog.factories import ProductFactory
from catalog.models import Product
from config import views
from messaging import moderation
from messaging.factories import ConversationFactory, MessageFactory
from messaging.models import Conversation, Report
from notifications.models import Notification
from tests.browser.acts import Person, live, open_thread, write
from tests.browser.lines import Line

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}
AXE = Axe().axe_script
RUN = """async options => {
    await new Promise(requestAnimationFrame);
    await Promise.allSettled(document.getAnimations().map((one) => one.finished));
    return axe.run(options);
}"""  # colours that are still changing would be taken as they are
# Without the preload, with which axe itself would put a style into the page.
ALL = {"resultTypes": ["violations"], "preload": False}
COLOURS = {**ALL, "runOnly": ["color-contrast"]}
languages = pytest.mark.parametrize("locale", ["en-GB", "es-ES"])


@dataclass
class Inspector:
    """Looks at pages and keeps what is wrong with them."""

    page: Page
    found: list[tuple[str, ...]] = field(default_factory=list)

    def tour(self, addresses: Iterable[str], status: int = 200) -> None:
        for address in addresses:
            answer = self.page.goto(address)
            assert answer is not None
            assert answer.status == status, address
            self.look()

    def look(self) -> None:
        address = self.page.url.split("/", 3)[3]
        self.page.evaluate(AXE)
        self.page.emulate_media(color_scheme="light")
        self.axe(f"/{address}", ALL)
        self.page.emulate_media(color_scheme="dark")
        self.axe(f"/{address} in the dark", COLOURS)
        self.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        wider = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if wider > 0 and not address.startswith("admin/"):  # whose tables scroll
            self.found.append((f"/{address}", f"{wider} px wider than a small phone"))
        self.page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]

    def axe(self, where: str, options: dict[str, Any]) -> None:
        results = self.page.evaluate(RUN, options)
        self.found += [
            (where, violation["id"], violation["nodes"][0]["html"][:160])
            for violation in results["violations"]
            if violation["impact"] in ("serious", "critical")
        ]


def submit_unchecked(page: Page, form: str) -> None:
    """Send a form as it is, without what the browser would say about it."""
    with page.expect_navigation():
        page.locator(form).evaluate("form => { form.noValidate = true; form.submit(); }")


@pytest.fixture
def inspect(person: Person) -> Callable[..., Inspector]:
    def make(user: User | None, **options: Any) -> Inspector:
        page = person(
            user, just_logged_in=True, viewport=DESKTOP, reduced_motion="reduce", **options
        )
        return Inspector(page)

    return make


@languages
def test_the_pages_of_a_visitor(
    locale: str, inspect: Callable[..., Inspector], shopper: User, product: Product
) -> None:
    address = EmailAddress.objects.create(user=shopper, email=shopper.email, primary=True)
    visitor = inspect(None, locale=locale)
    visitor.tour(
        [
            "/", "/products/",
            f"/products/?q=bowl&category={product.category.slug}&low=1&sort=price",
            "/products/?q=nothing+like+it", product.get_absolute_url(),
            product.shop.get_absolute_url(), "/accounts/login/", "/accounts/signup/",
            "/accounts/password/reset/", "/accounts/password/reset/done/",
            "/accounts/password/reset/key/1-set/", "/accounts/confirm-email/",
            f"/accounts/confirm-email/{EmailConfirmationHMAC.create(address).key}/",
            "/accounts/confirm-email/broken/", "/accounts/inactive/",
        ]
    )  # fmt: skip
    for name in ("login", "signup"):
        visitor.page.goto(f"/accounts/{name}/")
        submit_unchecked(visitor.page, f"form.{name}")
        visitor.look()  # with what is wrong in it
    visitor.page.goto(product.get_absolute_url())
    visitor.page.fill("#ask-body", "Is it still there?")
    visitor.page.click(".ask button.button--primary")
    visitor.look()  # the login page, with the question that waits
    assert visitor.found == []


@languages
def test_the_pages_of_a_shopper(
    locale: str,
    inspect: Callable[..., Inspector],
    shopper: User,
    seller: User,
    moderator: User,
    product: Product,
    conversation: Conversation,
) -> None:
    newcomer = inspect(UserFactory(name="Ana Prieto"), locale=locale)
    newcomer.tour(["/conversations/", "/notifications/"])
    assert newcomer.found == []

    for number in range(60):
        MessageFactory(conversation=conversation, body=f"See https://example.com/{number}.")
    MessageFactory(conversation=conversation, sender=seller, body="Call me at 555 123")
    answer = MessageFactory(conversation=conversation, sender=seller, body="It is 9 cm high.")
    moderation.remove_message(moderator, answer.pk, "Contact data")
    product.price += 100
    product.save()
    thread = conversation.get_absolute_url()
    quiet = ConversationFactory(consumer=shopper, product=ProductFactory()).get_absolute_url()
    visit = inspect(shopper, locale=locale)
    visit.tour(
        [
            thread, f"{thread}?before=10", quiet, f"{thread}messages/61/report/",
            "/conversations/", "/conversations/?q=nothing+like+it", "/conversations/?unread=1",
            product.get_absolute_url(), "/my/shop/open/", "/my/team/", "/accounts/profile/",
            "/accounts/logout/",
        ]
    )  # fmt: skip
    line = Line(visit.page)
    open_thread(visit.page, conversation)
    write(visit.page, "A bell: \a")  # refused
    visit.page.locator(".message__failed:visible").wait_for()
    line.cut(requests=False)
    write(visit.page, "Waiting")
    visit.page.fill("#composer-body", "x" * 4001)
    visit.look()
    assert visit.found == []


@languages
def test_the_pages_of_a_seller(
    locale: str,
    inspect: Callable[..., Inspector],
    shopper: User,
    seller: User,
    colleague: User,
    product: Product,
    conversation: Conversation,
) -> None:
    ProductFactory(shop=product.shop, unpublished=True)
    ProductFactory(shop=product.shop, stock=0)
    MessageFactory(conversation=conversation)
    Notification.objects.create(
        recipient=seller, subject_kind="conversation", subject_id=conversation.pk,
        title="Lucía Romero", excerpt="Is it still there?", url=conversation.get_absolute_url(),
    )  # fmt: skip
    visit = inspect(seller, locale=locale)
    visit.tour(
        [
            "/notifications/", "/conversations/", conversation.get_absolute_url(), "/my/products/",
            "/my/products/?state=sold_out", "/my/products/new/", f"/my/products/{product.slug}/",
            "/my/team/", product.get_absolute_url(),
        ]
    )  # fmt: skip
    visit.page.goto("/my/products/new/")
    submit_unchecked(visit.page, "main form[enctype]")
    visit.look()
    visit.page.click(".menu > summary")
    visit.look()
    assert visit.found == []


@languages
def test_the_pages_of_somebody_who_looks_after_the_account(
    locale: str, inspect: Callable[..., Inspector], shopper: User, stranger: User
) -> None:
    visit = inspect(shopper, locale=locale)
    visit.tour(
        [
            "/accounts/email/", "/accounts/password/change/", "/accounts/sessions/",
            "/accounts/reauthenticate/", "/accounts/2fa/", "/accounts/2fa/totp/activate/",
            "/accounts/2fa/webauthn/", "/accounts/2fa/webauthn/add/",
        ]
    )  # fmt: skip
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
    assert visit.found + careful.found + entering.found == []


@languages
def test_the_pages_of_the_staff_desk(
    locale: str,
    inspect: Callable[..., Inspector],
    shopper: User,
    seller: User,
    moderator: User,
    conversation: Conversation,
) -> None:
    message = MessageFactory(conversation=conversation, body="Call me at 555 123")
    removed = MessageFactory(conversation=conversation, body="Really, do call")
    moderation.remove_message(moderator, removed.pk, "Contact data")
    report = moderation.report(seller, conversation.pk, message.sequence, "off_platform", "Hm")
    lists = [
        reverse(f"admin:{name}_changelist")
        for name in (
            "accounts_user", "accounts_auditentry", "messaging_conversation", "messaging_message",
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
            reverse("admin:message_remove", args=[message.pk]),
            reverse("admin:user_suspend", args=[shopper.pk]),
            reverse("admin:report_resolve", args=[report.pk, Report.Outcome.UPHELD]),
        ]
    )  # fmt: skip
    live(visit.page)
    assert visit.found == []


@languages
def test_the_pages_for_when_something_is_wrong(
    locale: str, inspect: Callable[..., Inspector], shopper: User, moderator: User
) -> None:
    visit = inspect(shopper, locale=locale)
    visit.tour(["/nothing-here/"], status=404)

    def submit(page: Page, script: str, status: int) -> None:
        page.goto("/accounts/profile/")
        with page.expect_navigation() as navigation:
            page.locator("main form").evaluate(script)
        assert navigation.value is not None
        assert navigation.value.status == status
        visit.look()

    submit(visit.page, "form => { form.csrfmiddlewaretoken.remove(); form.submit(); }", 403)
    submit(visit.page, "form => { form.name.value = 'x'.repeat(3e6); form.submit(); }", 413)

    desk = inspect(moderator, locale=locale)
    desk.tour([reverse("admin:catalog_product_changelist")], status=403)

    asked = RequestFactory().get("/", headers={"Accept-Language": locale})
    failures = {500: views.server_error, 503: views.service_unavailable}
    for status, view in failures.items():
        body = view(asked).content

        def fail(route: Route, request: Request, body: bytes = body, status: int = status) -> None:
            policy = route.fetch().headers["content-security-policy"]
            route.fulfill(
                status=status,
                body=body,
                headers={
                    "content-type": "text/html; charset=utf-8",
                    "content-security-policy": policy,
                },
            )

        visit.page.route("**/products/", fail)
        visit.tour(["/products/"], status=status)
        visit.page.unroute("**/products/")
    assert visit.found + desk.found == []


@languages
def test_the_page_for_too_much_in_too_short_a_time(
    locale: str, inspect: Callable[..., Inspector]
) -> None:
    visitor = inspect(None, locale=locale)
    visitor.page.goto("/accounts/password/reset/")
    visitor.page.fill("input[name=email]", "nobody@example.com")
    with visitor.page.expect_navigation() as navigation:
        visitor.page.locator("main form").evaluate(
            """async form => {
                for (let times = 0; times < 20; times += 1) {
                    await fetch(form.action, { method: "POST", body: new FormData(form) });
                }
                form.submit();
            }"""
        )
    assert navigation.value is not None
    assert navigation.value.status == 429
    visitor.look()
    assert visitor.found == []
