"""What sellers read and type has room on narrow screens: nothing is cut off."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from catalog.models import Shop
from messaging.factories import MessageFactory
from messaging.models import Conversation, Label, OpeningHours
from tests.browser.acts import Person, live, open_thread

SMALL_PHONE, PHONE = {"width": 320, "height": 700}, {"width": 390, "height": 844}
TABLET, LAPTOP = {"width": 800, "height": 900}, {"width": 1280, "height": 900}
# How far a field's text reaches beyond its box, in pixels.
CUT_OFF = "field => field.scrollWidth - field.clientWidth"


@pytest.mark.parametrize("size", [TABLET, LAPTOP])
@pytest.mark.parametrize("locale", ["en-GB", "es-ES"])
def test_the_lanes_are_in_one_line(
    person: Person, seller: User, conversation: Conversation, locale: str, size: Any
) -> None:
    MessageFactory(conversation=conversation)
    page = person(seller, locale=locale, viewport=size)
    page.goto("/conversations/")
    live(page)
    # As in a large shop.
    page.locator(".inbox__count").evaluate_all(
        "all => { for (const one of all) one.textContent = 12345; }"
    )
    lanes = page.locator(".inbox__lanes")
    assert len({box_of(page, f".inbox__lanes a >> nth={n}")["y"] for n in range(4)}) == 1
    assert lanes.evaluate("lanes => lanes.scrollWidth - lanes.clientWidth") <= 0


@pytest.mark.parametrize("address", ["/conversations/", "/conversations/hours/"])
@pytest.mark.parametrize("size", [PHONE, TABLET, LAPTOP])
def test_the_ring_of_a_tab_is_not_cut_off(
    person: Person, seller: User, shop: Shop, size: Any, address: str
) -> None:
    page = person(seller, viewport=size)
    page.goto(address)
    live(page)
    page.keyboard.press("Tab")  # so that the next focus has a ring
    tab = page.locator(".tabs a").nth(1)
    tab.focus()
    width, offset = tab.evaluate(
        """tab => {
            const style = getComputedStyle(tab);
            return [parseFloat(style.outlineWidth), parseFloat(style.outlineOffset)];
        }"""
    )
    assert width >= 2
    assert width + offset <= 0, "a row of tabs scrolls, which cuts off what is outside of a tab"


def test_only_a_line_is_between_the_tools_and_the_list(
    person: Person, seller: User, conversation: Conversation
) -> None:
    MessageFactory(conversation=conversation)
    page = person(seller, viewport=LAPTOP)
    page.goto("/conversations/")
    live(page)
    tools, rows = box_of(page, ".inbox__tools"), box_of(page, "trato-inbox")
    assert rows["y"] - tools["y"] - tools["height"] <= 12
    page.locator(".inbox__check").check(force=True)
    bar = box_of(page, ".selection")
    assert abs(box_of(page, "trato-inbox")["y"] - bar["y"] - bar["height"]) <= 1


def test_the_away_end_has_room_in_its_card(person: Person, seller: User, shop: Shop) -> None:
    page = person(seller, viewport=SMALL_PHONE)
    page.goto("/conversations/away/")
    field, card = box_of(page, "#id_until"), box_of(page, ".card:has(#id_until)")
    assert field["x"] + field["width"] <= card["x"] + card["width"] - 16


def test_a_snooze_has_room_for_its_day_and_time(
    person: Person, seller: User, conversation: Conversation
) -> None:
    MessageFactory(conversation=conversation)
    page = person(seller, locale="en-US", viewport=PHONE)
    open_thread(page, conversation)
    page.locator(".triage__more").click()
    assert box_of(page, ".triage__own-time > .input")["width"] >= 240  # 12/31/2026, 12:59 PM


@pytest.mark.parametrize("size", [PHONE, TABLET, LAPTOP])
def test_the_offer_to_undo_is_above_the_box_in_which_one_writes(
    person: Person, seller: User, conversation: Conversation, size: Any
) -> None:
    MessageFactory(conversation=conversation)
    page = person(seller, viewport=size)
    page.goto("/conversations/")
    live(page)
    page.locator(".inbox__link").click()
    page.locator(".triage__star >> visible=true").click()
    expect(page.locator(".undo__line")).to_be_visible()
    offer = box_of(page, ".undo__line")
    assert offer["y"] + offer["height"] <= box_of(page, "#composer-body")["y"]


def test_an_error_of_a_snooze_is_in_line_with_its_field(
    person: Person, seller: User, conversation: Conversation
) -> None:
    MessageFactory(conversation=conversation)
    page = person(seller, viewport=PHONE)
    open_thread(page, conversation)
    page.locator(".triage__more").click()
    page.locator(".triage__own-time > .input").fill("2020-01-01T10:00")
    page.locator(".triage__own-time > .button").click()
    error = page.locator(".triage__snooze [data-error]")
    expect(error).to_be_visible()
    indent = error.evaluate("error => parseFloat(getComputedStyle(error).paddingInlineStart)")
    field = box_of(page, ".triage__own-time > .input")
    assert abs(box_of(page, ".triage__snooze [data-error]")["x"] + indent - field["x"]) <= 1


def test_an_error_is_in_view_where_somebody_typed(person: Person, seller: User, shop: Shop) -> None:
    page = person(seller, viewport=PHONE)
    for number in range(20):
        Label.objects.create(shop=shop, name=f"L{number}", folded_name=f"l{number}", colour="teal")
    page.goto("/conversations/labels/")
    new = page.locator("form:has([value=create])")
    new.locator("[name=name]").fill("L3")
    new.locator("[value=create]").click()
    expect(page.locator(".field__error")).to_be_in_viewport()
    page.goto("/conversations/labels/")
    page.locator("summary", has_text="L9").click()
    changed = page.locator("form:has([value=change]) >> visible=true")
    changed.locator("[name=name]").fill("L3")
    changed.locator("[value=change]").click()
    expect(page.locator(".field__error")).to_be_in_viewport()
    page.locator("form:has(.field__error) [name=name]").fill("Fresh")
    page.locator("form:has(.field__error) [value=change]").click()
    expect(page.get_by_text("Saved.")).to_be_in_viewport()


def test_two_spans_of_hours_are_shown_whole_on_a_phone(
    person: Person, seller: User, shop: Shop
) -> None:
    OpeningHours.objects.create(shop=shop, week=[[[540, 840], [960, 1260]], *[[]] * 6])
    page = person(seller, viewport=SMALL_PHONE)
    page.goto("/conversations/hours/")
    field = page.locator("#id_day0")
    expect(field).to_have_value("9:00–14:00, 16:00–21:00")
    assert field.evaluate(CUT_OFF) <= 0


def test_a_part_that_an_address_names_is_below_the_header(
    person: Person, seller: User, shop: Shop
) -> None:
    OpeningHours.objects.create(shop=shop, days_off={f"2999-01-{day}": "" for day in range(10, 30)})
    page = person(seller, viewport=PHONE)
    page.goto("/conversations/hours/#days-off")
    header = box_of(page, ".site-header")
    assert header["y"] == 0
    assert box_of(page, "#days-off")["y"] >= header["height"]


def box_of(page: Page, selector: str) -> Any:
    return page.locator(selector).bounding_box()
