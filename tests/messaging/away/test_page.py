"""The page of a shop's automatic replies."""

from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from catalog.models import Shop
from messaging.models import AwayWords, ShieldRule
from messaging.rules import snapshot
from tests.conftest import ClientOf

from .conftest import SATURDAY, WORDS

pytestmark = pytest.mark.django_db

ADDRESS = "/conversations/away/"


@pytest.fixture
def page(client_of: ClientOf, seller: User) -> Client:
    return client_of(seller)


def post(page: Client, shop: Shop, act: str, **values: str) -> Any:
    return page.post(ADDRESS, {"shop": shop.pk, "act": act, **values})


def test_words_are_saved_and_shown_again(page: Client, shop: Shop) -> None:
    assert "Thanks for your message! We&#x27;re closed" in page.get(ADDRESS).text
    assert post(page, shop, "words", is_on="on", words=f" {WORDS}\r\nBye ").status_code == 302
    row = AwayWords.objects.get()
    assert (row.is_on, row.words) == (True, f"{WORDS}\nBye")
    text = page.get(ADDRESS).text
    assert "Back on Monday!" in text
    assert "checked" in text
    post(page, shop, "words", words=WORDS)
    assert AwayWords.objects.get().is_on is False


@pytest.mark.parametrize("words", ["", "  ", "x" * 4001, "bell \a"])
def test_words_that_cannot_be_sent_are_refused(page: Client, shop: Shop, words: str) -> None:
    assert post(page, shop, "words", is_on="on", words=words).status_code == 400
    assert not AwayWords.objects.exists()


def test_away_until_is_a_time_by_the_shops_clock(page: Client, closed: Shop) -> None:
    post(page, closed, "away", until="2026-12-24T10:00", until_words="At the fair")
    row = AwayWords.objects.get()
    assert row.until == datetime(2026, 12, 24, 10, tzinfo=SATURDAY.tzinfo)
    assert 'value="2026-12-24T10:00"' in page.get(ADDRESS).text
    post(page, closed, "back")
    assert AwayWords.objects.get().until is None
    assert AwayWords.objects.get().words == WORDS


@pytest.mark.parametrize(
    ("until", "complaint"),
    [
        ("2026-11-28T11:00", "That time has passed."),
        ("2027-03-28T02:30", "this time doesn&#x27;t exist"),
        ("soon", "Enter a day and a time."),
        ("", "This field is required."),
    ],
)
def test_an_impossible_time_is_refused_and_the_words_are_kept(
    page: Client, closed: Shop, until: str, complaint: str
) -> None:
    answer = post(page, closed, "away", until=until, until_words="Kept words")
    assert answer.status_code == 400
    assert complaint in answer.text
    assert "Kept words" in answer.text
    assert AwayWords.objects.get().until is None


def test_a_shop_without_hours_is_told_so(
    page: Client, shop: Shop, seller: User, clock: time_machine.Traveller
) -> None:
    assert "has no opening hours yet" in page.get(ADDRESS).text


def test_one_with_hours_is_not(page: Client, closed: Shop) -> None:
    assert "has no opening hours yet" not in page.get(ADDRESS).text


def test_another_shops_words_look_like_missing_ones(page: Client, other_seller: User) -> None:
    for pk in (other_seller.shops.get().pk, 10**12, "x"):
        assert page.get(ADDRESS, {"shop": pk}).status_code == 404
        assert page.post(ADDRESS, {"shop": pk, "act": "words", "words": "x"}).status_code == 404
    assert not AwayWords.objects.exists()


@pytest.mark.parametrize("action", ["mask", "hold", "refuse"])
def test_words_that_rules_would_stop_in_a_message_are_refused(
    page: Client, shop: Shop, action: str
) -> None:
    ShieldRule.objects.filter(detector="phone").update(action=action, is_on=True)
    snapshot.forget()
    answer = post(page, shop, "words", is_on="on", words="Call 612 345 678 meanwhile")
    assert answer.status_code == 400
    assert "Automatic answers can&#x27;t be sent like this." in answer.text
    until = "2026-12-24T10:00"
    words = "Call 612 345 678 meanwhile"
    assert post(page, shop, "away", until=until, until_words=words).status_code == 400
    assert not AwayWords.objects.exists()
    assert post(page, shop, "words", is_on="on", words="Back on 12/12/2026").status_code == 302


def test_words_that_rules_warn_of_are_saved_with_a_warning(page: Client, shop: Shop) -> None:
    ShieldRule.objects.filter(detector="phone").update(action="warn", is_on=True)
    snapshot.forget()
    words = "Call 612 345 678 meanwhile"
    assert post(page, shop, "words", is_on="on", words=words).status_code == 302
    assert "This looks like" in page.get(ADDRESS).text
    assert AwayWords.objects.get().words == words


def test_saving_keeps_what_a_colleague_has_changed_since_the_page_was_opened(
    page: Client, shop: Shop
) -> None:
    post(page, shop, "words", is_on="on", words=WORDS)
    opened = {"initial-is_on": "True", "initial-words": WORDS}
    assert all(f'name="{name}"' in page.get(ADDRESS).text for name in opened)
    post(page, shop, "words", words=WORDS)  # a colleague turns it off
    changed = {**opened, "is_on": "on", "words": "See you on Tuesday!"}
    assert post(page, shop, "words", **changed).status_code == 302
    row = AwayWords.objects.get()
    assert (row.is_on, row.words) == (False, "See you on Tuesday!")
    lost = post(page, shop, "words", **{**opened, "words": "Bye"})
    assert lost.status_code == 400
    assert "A colleague has changed this to “See you on Tuesday!”." in lost.text
    assert AwayWords.objects.get().words == "See you on Tuesday!"
