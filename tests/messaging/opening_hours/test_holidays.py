"""Days off: a country's public holidays, chosen by the shop's time zone, and one's own."""

import re
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from catalog.models import Shop
from messaging.models import OpeningHours
from messaging.opening_hours.public_holidays import countries, country_of
from tests.conftest import ClientOf

pytestmark = pytest.mark.django_db

ADDRESS = "/conversations/hours/"
NOW = datetime(2026, 11, 30, 8, tzinfo=ZoneInfo("Europe/Madrid"))


@pytest.fixture(autouse=True)
def monday() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def page(client_of: ClientOf, seller: User, shop: Shop) -> Client:
    return client_of(seller)


def add_holidays(page: Client, shop: Shop, country: str) -> Any:
    values = {"shop": shop.pk, "act": "holidays", "country": country}
    return page.post(ADDRESS, values, follow=True)


@pytest.mark.parametrize(
    ("zone", "country"),
    [
        ("Europe/Madrid", "ES"),
        ("Atlantic/Canary", "ES"),
        ("Asia/Calcutta", "IN"),  # the old name of Asia/Kolkata
        ("US/Eastern", "US"),
        ("America/Buenos_Aires", "AR"),
        ("UTC", ""),
        ("Etc/UTC", ""),
    ],
)
def test_the_country_of_the_shops_time_zone_is_offered(
    page: Client, shop: Shop, zone: str, country: str
) -> None:
    shop.time_zone = zone
    shop.save()
    options = re.findall(r'<option value="(\w*)"( selected)?>', page.get(ADDRESS).text)
    assert [code for code, selected in options if selected] == [country] * bool(country)
    assert (options[0][0] == "") == (country == "")
    if not country:
        refused = add_holidays(page, shop, "")
        assert refused.status_code == 400
        assert "This field is required." in refused.text


def test_countries_are_in_the_order_of_the_alphabet() -> None:
    names = [name for _code, name in countries("en")]
    assert names.index("Åland Islands") < names.index("Albania")
    assert country_of("Europe/Nowhere") == ""


def test_a_long_name_shows_that_it_goes_on(page: Client, shop: Shop) -> None:
    add_holidays(page, shop, "AR")
    names = OpeningHours.objects.get().days_off
    assert names["2027-06-21"] == "Pass to the Immortality of General Don Martín Miguel de Güe…"
    assert names["2027-05-01"] == "Labor Day"


def test_holidays_that_are_there_already_are_not_counted_as_added(page: Client, shop: Shop) -> None:
    assert "days off added." in add_holidays(page, shop, "ES").text
    before = OpeningHours.objects.get().days_off
    again = add_holidays(page, shop, "ES").text
    assert "All of them were here already." in again
    assert "days off added" not in again
    assert OpeningHours.objects.get().days_off == before


def test_a_country_without_known_holidays_says_so(page: Client, shop: Shop) -> None:
    answer = add_holidays(page, shop, "HM")
    assert answer.status_code == 400
    assert "We know of no public holidays there in the coming year." in answer.text
    assert not OpeningHours.objects.filter(days_off__gt={}).exists()


def test_a_change_of_a_day_off_leads_back_to_the_days_off(page: Client, shop: Shop) -> None:
    text = page.get(ADDRESS).text
    assert f'action="{ADDRESS}#add"' in text  # where the browser shows an error
    assert f'action="{ADDRESS}#holidays"' in text
    day = {"shop": shop.pk, "day": date(2027, 1, 4).isoformat()}
    for act in ("add", "remove-2027-01-04"):
        answer = page.post(ADDRESS, {**day, "act": act})
        assert answer.headers["Location"] == f"{ADDRESS}?shop={shop.pk}#days-off"
