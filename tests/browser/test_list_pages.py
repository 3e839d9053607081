"""Searches, older pages and lists by waiting show changes as they would after a reload."""

import re

import pytest
from playwright.sync_api import Page, expect

from accounts.factories import UserFactory
from accounts.models import User
from catalog.models import Product, Shop
from messaging.factories import ConversationFactory, MessageFactory
from messaging.models import Conversation
from messaging.triage import actions, labels
from tests.browser.acts import Person, live
from tests.said import say
from tests.whole import only_whole

NAMES, PREVIEWS, ROWS = ".inbox__link", ".inbox__preview", "**/conversations/rows/**"
PAGE_SIZE = 25  # conversations


@pytest.fixture
def rows(product: Product) -> list[Conversation]:
    """Two conversations more than a page, from Client 00 to Client 26, the newest last."""
    made: list[Conversation] = []
    for number in range(PAGE_SIZE + 2):
        client = UserFactory(name=f"Client {number:02}")
        made.append(ConversationFactory(consumer=client, product=product))
        MessageFactory(conversation=made[-1], body="Is it glazed?")
    return made


def open_list(page: Page, address: str, *, first: str) -> None:
    """Open a list and wait for the request that follows a new socket."""
    with page.expect_response(ROWS):
        page.goto(address)
        live(page)
    expect(page.locator(NAMES).first).to_have_text(first)


@pytest.fixture
def older(person: Person, seller: User, rows: list[Conversation]) -> Page:
    """The second page of a list, opened directly."""
    page = person(seller)
    page.goto("/conversations/")
    address = page.get_by_role("link", name="Older").get_attribute("href")
    open_list(page, f"/conversations/{address}", first="Client 01")
    expect(page.locator(NAMES)).to_have_text(["Client 01", "Client 00"])
    return page


@only_whole
def test_an_older_page_opened_directly_stays_one(older: Page, rows: list[Conversation]) -> None:
    older.click(f"{NAMES}:text('Client 00')")
    expect(older.locator(".thread__title")).to_have_text("Client 00")
    older.reload()
    expect(older.locator(NAMES)).to_have_text(["Client 01", "Client 00"])
    older.go_back()
    expect(older.locator("h2:text('Pick a conversation')")).to_be_visible()
    expect(older.locator(NAMES)).to_have_text(["Client 01", "Client 00"])


@only_whole
def test_an_older_page_shows_acts_and_loses_what_is_news(
    older: Page, rows: list[Conversation], seller: User, colleague: User
) -> None:
    actions.assign(colleague, [rows[0].pk], colleague.pk)
    expect(older.locator(".inbox__marks").last).to_contain_text("→ Iker Sanz")
    say(rows[2].consumer, rows[2], "I am on the first page.")
    say(rows[1].consumer, rows[1], "And so am I.")
    expect(older.locator(NAMES)).to_have_text(["Client 00"])
    actions.archive(seller, [rows[0].pk])
    # That page no longer exists, so the first one is shown, as after a reload.
    expect(older.locator(NAMES)).to_have_count(PAGE_SIZE)


@only_whole
def test_a_search_is_not_joined_by_what_lacks_its_words(
    person: Person, seller: User, stranger: User, product: Product, conversation: Conversation
) -> None:
    MessageFactory(conversation=conversation, body="Is it glazed?")
    other = ConversationFactory(consumer=stranger, product=product)
    MessageFactory(conversation=other, body="Hello?")
    page = person(seller)
    open_list(page, "/conversations/?q=glazed", first="Lucía Romero")
    with page.expect_response(ROWS):
        say(stranger, other, "Anybody there?")
    expect(page.locator("[data-count=ours]")).to_have_text("2")
    actions.assign(seller, [conversation.pk], seller.pk)
    expect(page.locator(".inbox__marks")).to_contain_text("→ Marta")
    expect(page.locator(NAMES)).to_have_text(["Lucía Romero"])


@only_whole
def test_who_has_waited_longest_stays_first(
    person: Person, seller: User, shopper: User, stranger: User, product: Product,
    conversation: Conversation,
) -> None:  # fmt: skip
    other = ConversationFactory(consumer=stranger, product=product)
    for row in (conversation, other):
        MessageFactory(conversation=row)
    new = ConversationFactory(consumer=UserFactory(name="Client 27"), product=product)
    page = person(seller)
    open_list(page, "/conversations/?sort=waiting", first="Lucía Romero")
    names = page.locator(NAMES)
    say(shopper, conversation, "Hello?")
    expect(page.locator(PREVIEWS).first).to_have_text("Hello?")
    say(new.consumer, new, "Is it glazed?")
    expect(names).to_have_text(["Lucía Romero", "Ana Prieto", "Client 27"])
    say(seller, conversation, "Yes, it is.")  # from now on, it is the shopper's turn
    expect(names).to_have_text(["Ana Prieto", "Client 27", "Lucía Romero"])
    actions.settle(seller, [other.pk])
    expect(names).to_have_text(["Client 27", "Lucía Romero"])
    page.reload()
    expect(names).to_have_text(["Client 27", "Lucía Romero"])


@only_whole
def test_who_waits_shorter_than_a_page_is_on_the_next_one(
    person: Person, seller: User, rows: list[Conversation], product: Product
) -> None:
    page = person(seller)
    open_list(page, "/conversations/?sort=waiting", first="Client 00")
    new = ConversationFactory(consumer=UserFactory(name="Client 27"), product=product)
    say(new.consumer, new, "Is it glazed?")
    expect(page.locator("[data-count=ours]")).to_have_text(str(PAGE_SIZE + 3))
    expect(page.locator(NAMES)).to_have_count(PAGE_SIZE)
    say(seller, rows[0], "Yes, it is.")
    expect(page.locator(NAMES)).to_have_count(PAGE_SIZE - 1)
    expect(page.locator(NAMES).first).to_have_text("Client 01")


@only_whole
def test_a_list_of_what_is_gone_says_so(
    person: Person, seller: User, colleague: User, shop: Shop, conversation: Conversation
) -> None:
    MessageFactory(conversation=conversation)
    label = labels.create(seller, shop.pk, "Wholesale", "blue")
    actions.label(seller, [conversation.pk], label.pk)
    page = person(seller)
    open_list(page, f"/conversations/?label={label.pk}", first="Lucía Romero")
    labels.delete(colleague, label.pk)
    outdated = page.get_by_role("heading", name="This view is out of date")
    expect(outdated).to_be_visible()
    page.reload()
    expect(outdated).to_be_visible()
    page.goto(f"{conversation.get_absolute_url()}?label={label.pk}")
    expect(outdated).to_be_visible()
    page.get_by_role("link", name="All conversations").click()
    expect(page.locator(NAMES)).to_have_text(["Lucía Romero"])
    expect(page).to_have_url(re.compile(f"{conversation.get_absolute_url()}$"))


@only_whole
def test_a_list_of_a_colleague_who_has_left_says_so(
    person: Person, seller: User, colleague: User, shopper: User, shop: Shop,
    conversation: Conversation,
) -> None:  # fmt: skip
    MessageFactory(conversation=conversation)
    actions.assign(seller, [conversation.pk], colleague.pk)
    page = person(seller)
    open_list(page, f"/conversations/?assigned={colleague.pk}&sort=waiting", first="Lucía Romero")
    shop.memberships.filter(user=colleague).delete()
    say(shopper, conversation, "Hello?")
    expect(page.get_by_role("heading", name="This view is out of date")).to_be_visible()
