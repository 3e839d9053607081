"""A lead announces something with the keyboard; open pages of both roles show it immediately."""

from playwright.sync_api import Page, expect

from accounts.models import User
from catalog.models import Shop
from notifications.models import Announcement
from tests.browser.acts import Person, live, shows
from tests.browser.inspector import Inspector

BELL = ".site-nav a:has([data-badge=notices])"


def press(page: Page, role: str, name: str) -> None:
    page.get_by_role(role, name=name, exact=True).press("Enter")  # type: ignore[arg-type]


def fill(page: Page, label: str, text: str) -> None:
    page.get_by_label(label, exact=True).focus()
    page.keyboard.insert_text(text)


def test_a_lead_sends_one_and_open_pages_of_both_roles_show_it(
    person: Person, lead: User, shopper: User, seller: User, shop: Shop
) -> None:
    shopping = person(shopper, reduced_motion="reduce")
    listing = person(seller, locale="es-ES", reduced_motion="reduce")
    shopping.goto("/products/")
    listing.goto("/notifications/")
    for page in (shopping, listing):
        live(page)
        expect(page.locator(BELL)).to_be_hidden()
    desk = person(lead, reduced_motion="reduce")
    desk.goto("/admin/notifications/announcement/add/")
    inspector = Inspector(desk)
    desk.get_by_label("Audience:").focus()
    desk.keyboard.type("Ev")
    fill(desk, "Title (English):", "A night without service")
    fill(desk, "Text (English):", "On 3 May from 2 to 4.\nThank you <b>all</b>.")
    fill(desk, "Title (Spanish):", "Una noche sin servicio")
    inspector.look()
    press(desk, "button", "Save and continue editing")
    expect(
        desk.get_by_text("It can be sent once title and text are there in: Spanish.")
    ).to_be_visible()
    expect(desk.get_by_role("link", name="Send…")).to_have_count(0)
    fill(desk, "Text (Spanish):", "El 3 de mayo, de 2 a 4.")
    press(desk, "button", "Save and continue editing")
    press(desk, "link", "Send…")
    expect(desk.get_by_text("3 people get it at once")).to_be_visible()
    expect(desk.locator(".staff-body").first).to_have_text(
        "On 3 May from 2 to 4.\nThank you <b>all</b>."
    )
    inspector.look()
    fill(desk, "Reason:", "Maintenance")
    press(desk, "button", "Confirm")
    expect(desk.get_by_role("link", name="Withdraw…")).to_be_visible()
    inspector.look()
    assert inspector.problems == []

    for page in (shopping, listing):
        shows(page, "[data-badge=notices]", "1")
    shows(shopping, ".toast__title", "Announcement from Trato")
    shows(shopping, ".toast__excerpt", "A night without service")
    expect(listing.locator(".news__sender")).to_have_text("Comunicado de Trato")
    expect(listing.locator(".news__link")).to_have_text("Una noche sin servicio")
    expect(listing.locator(".toast")).to_have_count(0)
    seen = Inspector(listing, "es-ES")
    seen.look()
    listing.locator(".news__link").press("Enter")
    expect(listing.get_by_role("heading", name="Una noche sin servicio")).to_be_visible()
    expect(listing.locator(".announcement__text")).to_have_text("El 3 de mayo, de 2 a 4.")
    expect(listing.locator(BELL)).to_be_hidden()
    seen.look()
    assert seen.problems == []
    shows(shopping, "[data-badge=notices]", "1")
    seen = Inspector(shopping)
    seen.tour(["/notifications/", "/notifications/?notices=1"])
    expect(shopping.locator(".news__item[data-unread]")).to_have_count(1)
    assert seen.problems == []

    press(desk, "link", "Withdraw…")
    fill(desk, "Reason:", "Another night")
    press(desk, "button", "Confirm")
    expect(desk.get_by_text("Done. Recorded in the audit trail.")).to_be_visible()
    expect(shopping.locator(BELL)).to_be_hidden()
    expect(shopping.locator(".toast")).to_have_count(0)
    expect(listing.get_by_text("Este comunicado se ha retirado.")).to_be_visible()
    expect(listing.get_by_role("heading", name="Una noche sin servicio")).to_have_count(0)
    assert listing.goto(Announcement.objects.get().get_absolute_url()).status == 404  # type: ignore[union-attr]
