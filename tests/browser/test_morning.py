"""A seller's morning with sixty waiting conversations, without a mouse and on one page."""

import pytest
from playwright.sync_api import Locator, Page, expect

from accounts.factories import UserFactory
from accounts.models import User
from catalog.models import Product, Shop
from messaging.factories import ConversationFactory, MessageFactory, SavedReplyFactory
from messaging.models import Conversation, Participant, SavedReply, Side
from messaging.triage import labels
from tests.browser.acts import Person, live, state

WAITING = 60
ROWS, TITLE, SAID = ".inbox__link", ".thread__title", ".undo"


@pytest.fixture
def waiting(product: Product) -> list[Conversation]:
    """Sixty conversations, from Client 00 to Client 59, the newest last."""
    rows: list[Conversation] = []
    for number in range(WAITING):
        client = UserFactory(name=f"Client {number:02}")
        rows.append(ConversationFactory(consumer=client, product=product))
        body = "Does it come straight from the kiln?" if number == 5 else "Is it glazed?"
        MessageFactory(conversation=rows[-1], body=body)
    return rows


class Morning:
    """The seller's keyboard and screen."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def on_row(self, number: int) -> None:
        expect(self.page.locator(f"{ROWS}:focus")).to_have_text(f"Client {number:02}")

    def reads(self, number: int) -> None:
        expect(self.page.locator(TITLE)).to_have_text(f"Client {number:02}")
        expect(self.page.locator(TITLE)).to_be_focused()

    def told(self, text: str) -> None:
        expect(self.page.locator(SAID)).to_contain_text(text)

    def waits(self, count: int) -> None:
        expect(self.page.locator("[data-count=ours]")).to_have_text(str(count))

    def choose(self, kind: str, *keys: str) -> None:
        """Open the choices of an action, and choose with more keys."""
        self.press(kind)
        dialog = self.page.get_by_role("dialog")
        expect(dialog.locator("button:focus")).to_have_count(1)
        self.press(*keys)
        expect(dialog).to_have_count(0)

    def row(self, number: int) -> Locator:
        return self.page.locator(".inbox__item").filter(has_text=f"Client {number:02}")


def test_sixty_wait_and_the_mouse_stays_where_it_is(
    waiting: list[Conversation],
    person: Person,
    seller: User,
    colleague: User,
    shop: Shop,
) -> None:
    SavedReplyFactory(shop=shop, short="glaze", body="Yes, {{ shopper }}, inside and outside.")
    label = labels.create(seller, shop.pk, "Wholesale", "blue")
    page = person(seller)
    page.goto("/conversations/?lane=ours")
    live(page)
    page.evaluate("window.isSame = true")
    day = Morning(page)
    day.waits(60)

    day.press("j")
    for number in (59, 58, 57):  # need no reply
        day.on_row(number)
        day.press("e")
    day.on_row(56)
    day.waits(57)
    day.press("z")  # one of them does
    day.told("Undone")
    day.waits(58)
    day.on_row(56)

    day.press("Enter")
    day.reads(56)
    day.press("r")
    expect(page.locator(".replies__button")).to_be_visible()
    page.keyboard.type("/glaze")
    day.press("Enter")
    expect(page.locator("#composer-body")).to_have_value("Yes, Client, inside and outside.")
    day.press("Enter")
    state(page, "Sent")
    day.waits(57)
    day.press("Escape", "j")
    day.reads(57)
    day.press("i")
    day.told("Assigned")
    day.press("j")
    day.reads(55)
    day.choose("Shift+I", "i", "Enter")
    day.press("j")
    day.reads(54)
    day.choose("h", "Escape")
    day.choose("h", "ArrowDown", "ArrowUp", "Enter")
    day.told("Snoozed")
    day.press("u")
    day.on_row(53)
    expect(day.row(54)).to_have_count(0)
    day.choose("l", "w", "Enter")
    expect(day.row(53).locator(".label")).to_have_text("Wholesale")
    day.on_row(53)
    day.press("s")
    day.told("Starred")
    day.press("z")
    day.told("Undone")
    day.press("m")
    expect(day.row(53)).to_contain_text("Muted")
    day.press("m")
    expect(day.row(53)).not_to_contain_text("Muted")
    day.press("x", "j", "j", "j", "Shift+X")
    expect(page.locator(".selection__count")).to_have_text("4 selected")
    day.press("a")
    day.told("Archived (4)")
    day.on_row(49)

    day.press("/")
    page.keyboard.type("kiln")
    day.press("Enter")
    expect(page.locator(ROWS)).to_have_text(["Client 05"])
    day.press("ArrowDown", "Enter")
    day.reads(5)
    page.go_back()
    expect(page.get_by_text("Pick a conversation")).to_be_visible()
    page.go_back()
    expect(page.locator(ROWS).first).to_have_text("Client 57")
    assert page.evaluate("window.isSame")

    rows = {row.consumer_id: row for row in Conversation.objects.select_related("last_message")}
    by_number = [rows[row.consumer_id] for row in waiting]
    own = {row.conversation_id: row for row in Participant.objects.filter(user=seller)}
    assert [n for n, row in enumerate(by_number) if not row.turn] == [58, 59]
    assert [n for n, row in enumerate(by_number) if row.turn == Side.CONSUMER] == [56]
    answer = by_number[56].last_message
    assert answer
    assert answer.body == "Yes, Client, inside and outside."
    assert SavedReply.objects.get().uses == 1
    assert by_number[57].assignee_id == seller.pk
    assert by_number[55].assignee_id == colleague.pk
    assert own[by_number[54].pk].snoozed_until
    assert [one.conversation_id for one in label.labelled.all()] == [by_number[53].pk]
    archived = {pk for pk, row in own.items() if row.archived_sequence}
    assert archived == {by_number[number].pk for number in (50, 51, 52, 53)}
    assert not any(row.starred_at or row.muted_at for row in own.values())
