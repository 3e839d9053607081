"""The page of a shop's hours: its owners change them, its team sees them."""

import re
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.utils import translation

from accounts.models import User
from catalog.factories import ShopFactory
from catalog.models import Product, Shop
from messaging.models import Conversation, OpeningHours
from messaging.opening_hours import queries
from messaging.opening_hours.schedule import Span
from tests.conftest import ClientOf

pytestmark = pytest.mark.django_db

ADDRESS = "/conversations/hours/"
MADRID = ZoneInfo("Europe/Madrid")
MONDAY = datetime(2026, 11, 30, 8, tzinfo=MADRID)  # before the shop opens
WORKDAYS = {f"day{number}": "9-13, 16-20" for number in range(5)}


@pytest.fixture(autouse=True)
def monday(shop: Shop) -> Any:
    shop.time_zone = "Europe/Madrid"
    shop.save()
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def page(client_of: ClientOf, seller: User) -> Client:
    return client_of(seller)


def post(page: Client, shop: Shop, act: str, **values: str) -> Any:
    return page.post(ADDRESS, {"shop": shop.pk, "act": act, **values})


def days_off(shop: Shop) -> dict[str, str]:
    days: dict[str, str] = OpeningHours.objects.get(shop=shop).days_off
    return days


def test_hours_are_saved_and_shown_again(page: Client, shop: Shop) -> None:
    assert post(page, shop, "week", **WORKDAYS, day5="18-2").status_code == 302
    text = page.get(ADDRESS).text
    assert [fields_of(text)[f"day{day}"] for day in range(6)] == 5 * ["9:00–13:00, 16:00–20:00"] + [
        "18:00–2:00"
    ]
    assert "Closed until" in text
    schedule = queries.schedule_of(shop.pk)
    assert schedule.week[5] == (Span(18 * 60, 26 * 60),)
    assert schedule.zone == MADRID
    assert schedule.next_opening(MONDAY) == MONDAY.replace(hour=9)
    assert schedule.is_open(MONDAY.replace(hour=12))
    assert schedule.open_seconds(MONDAY, MONDAY.replace(hour=17)) == 5 * 3600


def test_without_any_hours_the_shop_is_always_open(page: Client, shop: Shop) -> None:
    assert queries.schedule_of(shop.pk).is_open(MONDAY)
    post(page, shop, "week", **WORKDAYS)
    assert not queries.schedule_of(shop.pk).is_open(MONDAY)
    post(page, shop, "week")
    assert queries.schedule_of(shop.pk).is_open(MONDAY)


@pytest.mark.parametrize(
    ("values", "complaint", "beside"),
    [
        ({"day2": "25:00-26:00"}, "There is no time 25:00.", 2),
        ({"day2": "17-9"}, "17-9 ends before it starts.", 2),
        ({"day2": "9-13, 12-15"}, "overlap", 2),
        ({"day2": "<b>9</b>"}, "We don&#x27;t understand", 2),
        ({"day2": "9-13 " * 60}, "at most 200 characters", 2),
        ({"day1": "20-3", "day2": "2am-5am"}, "The hours of Tuesday go on until 3:00", 2),
        ({"day6": "20-3", "day0": "2am-5am"}, "The hours of Sunday go on until 3:00", 0),
    ],
)
def test_an_error_is_beside_its_day_and_the_text_is_kept(
    page: Client, shop: Shop, values: dict[str, str], complaint: str, beside: int
) -> None:
    answer = post(page, shop, "week", day4="9 to 5 pm", **values)
    assert answer.status_code == 400
    fields = re.findall(r'<div class="hours__day">.*?</div>', answer.text, re.DOTALL)
    assert complaint in fields[beside]
    assert not any("field__error" in field for field in fields if field != fields[beside])
    assert 'aria-invalid="true"' in fields[beside]
    assert 'value="9 to 5 pm"' in answer.text
    assert "<b>9</b>" not in answer.text
    assert not OpeningHours.objects.exists()


def test_holidays_are_added_once_and_keep_their_own_names(page: Client, shop: Shop) -> None:
    post(page, shop, "add", day="2026-12-25", name="We sleep")
    answer = page.post(ADDRESS, {"shop": shop.pk, "act": "holidays", "country": "ES"}, follow=True)
    rows = days_off(shop)
    assert rows["2026-12-25"] == "We sleep"
    assert rows["2027-01-01"] == "New Year's Day"
    assert f"{len(rows) - 1} days off added." in answer.text
    post(page, shop, "holidays", country="ES")
    assert days_off(shop) == rows
    assert min(rows) >= "2026-11-30"
    assert max(rows) < "2027-11-30"
    assert date(2027, 1, 1) in queries.schedule_of(shop.pk).days_off


def test_holidays_have_names_in_the_readers_language(page: Client, shop: Shop) -> None:
    with translation.override("es"):
        page.post(
            ADDRESS,
            {"shop": shop.pk, "act": "holidays", "country": "ES"},
            headers={"accept-language": "es"},
        )
    assert days_off(shop)["2027-01-01"] == "Año Nuevo"


def test_a_day_off_can_be_removed(page: Client, shop: Shop) -> None:
    post(page, shop, "add", day="2026-12-25", name="Christmas")
    assert "Friday, 25 December 2026" in page.get(ADDRESS).text
    assert post(page, shop, "remove-2026-12-25").status_code == 302
    assert days_off(shop) == {}


@pytest.mark.parametrize(
    ("day", "complaint"),
    [
        ("2026-11-29", "That day has passed."),
        ("2036-11-29", "This day is too far away."),
        ("2026-02-30", "Enter a valid date."),
        ("", "This field is required."),
    ],
)
def test_an_impossible_day_off_is_refused(
    page: Client, shop: Shop, day: str, complaint: str
) -> None:
    answer = post(page, shop, "add", day=day, name="A name that is kept")
    assert answer.status_code == 400
    assert complaint in answer.text
    assert "A name that is kept" in answer.text
    assert not OpeningHours.objects.exists()


def test_there_is_an_end_to_days_off(page: Client, shop: Shop, settings: Any) -> None:
    settings.DAYS_OFF_MAX = 2
    for day in (10, 11):
        assert post(page, shop, "add", day=f"2026-12-{day}").status_code == 302
    assert post(page, shop, "add", day="2026-12-12").status_code == 400
    assert post(page, shop, "add", day="2026-12-11", name="Renamed").status_code == 302
    assert len(days_off(shop)) == 2


@pytest.mark.parametrize("act", ["", "remove-", "remove-x", "remove-2026-99-99", "everything"])
def test_an_unknown_act_changes_nothing(page: Client, shop: Shop, act: str) -> None:
    post(page, shop, "week", **WORKDAYS)
    before = OpeningHours.objects.values("week", "days_off").get()
    post(page, shop, act)
    assert OpeningHours.objects.values("week", "days_off").get() == before


def test_another_shops_hours_look_like_missing_ones(
    page: Client, shop: Shop, other_seller: User
) -> None:
    other = other_seller.shops.get()
    for pk in (other.pk, 10**12, "x"):
        assert page.get(ADDRESS, {"shop": pk}).status_code == 404
        assert page.post(ADDRESS, {"shop": pk, "act": "week", "day0": "9-13"}).status_code == 404
    assert not OpeningHours.objects.exists()


def test_somebody_with_two_shops_chooses(page: Client, seller: User, shop: Shop) -> None:
    second = ShopFactory(owner=seller, name="Second shop")
    post(page, second, "week", **WORKDAYS)
    assert "9:00–13:00" not in page.get(ADDRESS).text.split('class="hours__week"')[1]
    assert "9:00–13:00" in page.get(ADDRESS, {"shop": second.pk}).text
    assert OpeningHours.objects.get().shop == second


@pytest.mark.parametrize("place", ["product", "shop", "conversation"])
def test_shoppers_read_until_when_the_shop_is_closed(
    page: Client, shop: Shop, shopper: User, product: Product, conversation: Conversation,
    client_of: ClientOf, place: str,
) -> None:  # fmt: skip
    subjects: dict[str, Any] = {"product": product, "shop": shop, "conversation": conversation}
    address = subjects[place].get_absolute_url()
    reader = client_of(shopper)

    def notice() -> str | None:
        answer = reader.get(address).text
        shown = re.search(r'<p class="closed.*?</p>', answer, re.DOTALL)
        return shown and " ".join(re.sub(r"<.*?>", "", shown[0]).split())

    assert notice() is None
    post(page, shop, "week", **WORKDAYS)
    with time_machine.travel(MONDAY.replace(day=28)):  # a Saturday
        assert notice() == "The shop is closed until Monday, 8:00 UTC."
        assert "closed until" not in page.get(conversation.get_absolute_url()).text
    with time_machine.travel(MONDAY):
        assert notice() == "The shop is closed until 8:00 UTC."
    with time_machine.travel(MONDAY.replace(hour=10)):
        assert notice() is None


def test_saving_keeps_what_a_colleague_has_changed_since_the_page_was_opened(
    page: Client, shop: Shop
) -> None:
    post(page, shop, "week", **WORKDAYS)
    opened = fields_of(page.get(ADDRESS).text)
    post(page, shop, "week", **{**opened, "day0": "10-14"})  # a colleague
    assert post(page, shop, "week", **{**opened, "day1": "11-12"}).status_code == 302
    week = queries.schedule_of(shop.pk).week
    assert [week[day][0].start for day in range(3)] == [600, 660, 540]
    refused = post(page, shop, "week", **{**opened, "day0": "8-9"})
    assert refused.status_code == 400
    assert "A colleague has changed this to “10:00–14:00”." in refused.text
    assert queries.schedule_of(shop.pk).week[0][0].start == 600
    again = fields_of(refused.text)
    assert again["day0"] == "8-9"
    assert post(page, shop, "week", **again).status_code == 302
    week = queries.schedule_of(shop.pk).week
    assert [week[day][0].start for day in range(3)] == [480, 660, 540]


def fields_of(text: str) -> dict[str, str]:
    """Return a page's fields for the week, with the values that the page says it showed."""
    inputs = re.findall(r"<input[^>]*>", text)
    pairs = [
        (re.search(r'name="((?:initial-)?day\d)"', one), re.search(r'value="([^"]*)"', one))
        for one in inputs
    ]
    return {name[1]: value[1] if value else "" for name, value in pairs if name}
