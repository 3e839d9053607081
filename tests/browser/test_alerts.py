"""Messages arrive quietly if somebody has chosen not to be alerted to them."""

from playwright.sync_api import expect

from accounts.models import User
from catalog.models import Shop
from catalog.teams import leave_shop
from messaging.models import AlertChoice, Conversation
from messaging.team.actions import set_alerts
from messaging.triage.actions import assign
from tests.browser.acts import Person, live, open_thread, shows, write
from tests.said import say
from tests.whole import only_whole


def test_only_ones_own_conversations_make_themselves_heard(
    person: Person, shopper: User, seller: User, colleague: User, shop: Shop,
    conversation: Conversation,
) -> None:  # fmt: skip
    set_alerts(seller, shop.pk, AlertChoice.Level.MINE)
    inbox, asking = person(seller), person(shopper)
    open_thread(asking, conversation)
    write(asking, "Hello?")
    inbox.goto("/conversations/")
    live(inbox)
    row = inbox.locator(".inbox__item")
    with inbox.expect_response("**/alerts/"):
        write(asking, "Anybody there?")
    expect(row.locator(".inbox__preview")).to_have_text("Anybody there?")
    expect(row.locator(".inbox__dot")).to_have_count(0)
    expect(inbox.locator(".toast")).to_have_count(0)
    assign(colleague, [conversation.pk], seller.pk)
    expect(row.locator(".inbox__marks")).to_contain_text(f"→ {seller.name}")
    write(asking, "I need two.")
    shows(inbox, ".toast__excerpt", "I need two.")
    expect(row.locator(".inbox__dot")).to_have_text("unread")


@only_whole
def test_a_colleague_who_leaves_makes_their_conversations_heard(
    person: Person, shopper: User, seller: User, colleague: User, shop: Shop,
    conversation: Conversation,
) -> None:  # fmt: skip
    set_alerts(seller, shop.pk, AlertChoice.Level.MINE_AND_NOBODYS)
    assign(colleague, [conversation.pk], colleague.pk)
    say(shopper, conversation, "Hello?")
    inbox = person(seller)
    inbox.goto("/conversations/")
    live(inbox)
    with inbox.expect_response("**/alerts/"):
        say(shopper, conversation, "Anybody there?")
    row = inbox.locator(".inbox__item")
    expect(row.locator(".inbox__preview")).to_have_text("Anybody there?")
    leave_shop(colleague, shop.pk)
    expect(row.locator(".inbox__marks")).to_contain_text("Nobody's again")
    say(shopper, conversation, "I need two.")
    shows(inbox, ".toast__excerpt", "I need two.")
