"""A team without JavaScript, and what open tabs lose with a role."""

from allauth.account.models import EmailAddress
from playwright.sync_api import Page, expect

from accounts.models import User
from catalog import access, teams
from catalog.factories import TeamInvitationFactory
from catalog.models import Shop, ShopMember, TeamInvitation
from messaging.factories import MessageFactory
from messaging.models import Conversation
from tests.accounts.acts import PASSWORD
from tests.browser.acts import Person, bodies, live, open_thread, says, write
from tests.browser.inspector import Inspect, languages
from tests.whole import only_whole

LINK = "/team-invitation/a-token/"  # leads to INVITATION
INVITATION = "/team-invitation/"


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


@only_whole
def test_a_colleague_is_invited_joins_and_is_removed_without_javascript(
    person: Person, shopper: User, seller: User, shop: Shop
) -> None:
    EmailAddress.objects.create(user=shopper, email=shopper.email, verified=True, primary=True)
    owner = person(seller, java_script_enabled=False)
    owner.goto("/my/team/")
    owner.get_by_label("Your colleague's email").fill(shopper.email)
    press(owner, "Send the invitation")
    expect(owner.locator(".notice")).to_contain_text(f"emailed the invitation to {shopper.email}")
    expect(owner.locator(".row")).to_have_count(2)
    # The email is in the server's memory, so this stands for the link in it.
    TeamInvitation.objects.update(token_hash=access.hash_of("a-token"))

    guest = person(None, java_script_enabled=False)
    guest.goto(LINK)
    guest.get_by_role("main").get_by_role("link", name="Log in").click()
    guest.fill("[name=login]", shopper.email)
    guest.fill("[name=password]", PASSWORD)
    press(guest, "Log in")
    expect(guest.locator("h1")).to_have_text(f"{shop.name} invites you to its team")
    press(guest, "Accept")
    expect(guest.locator(".notice")).to_contain_text("You're now on the team")

    owner.goto("/my/team/")
    owner.get_by_role("link", name=f"Change role: {shopper.name}").click()
    owner.get_by_label("Owner: also manages").check()
    press(owner, "Save")
    expect(owner.locator(".row", has_text=shopper.email)).to_contain_text("Owner")
    owner.get_by_role("link", name=f"Remove: {shopper.name}").click()
    expect(owner.get_by_role("main")).to_contain_text("They lose access at once")
    press(owner, "Remove")
    expect(owner.locator(".row")).to_have_count(1)
    guest.goto("/my/team/")
    expect(guest.locator("h2")).to_have_text("You're not on a shop's team yet")


@only_whole
def test_an_open_thread_gets_nothing_more_after_the_removal(
    person: Person,
    shopper: User,
    seller: User,
    colleague: User,
    shop: Shop,
    conversation: Conversation,
) -> None:
    page, owner, asking = person(colleague), person(seller), person(shopper)
    for one in (page, asking):
        open_thread(one, conversation)
    write(asking, "Hello")
    says(page, "Hello")
    owner.goto(f"/my/team/{shop.pk}/{colleague.pk}/remove/")
    press(owner, "Remove")
    expect(owner.locator(".notice")).to_contain_text("is no longer on the team")
    write(asking, "For the shop only")
    open_thread(owner, conversation)
    says(owner, "For the shop only")
    expect(page.locator("main h1")).to_have_text("You can't open this conversation any more")
    assert "For the shop only" not in page.content()
    assert bodies(page) == []


@only_whole
def test_a_former_colleague_keeps_the_words_that_were_not_sent(
    person: Person, seller: User, colleague: User, shop: Shop, conversation: Conversation
) -> None:
    page = person(colleague)
    open_thread(page, conversation)
    page.fill("#composer-body", "I can help you.")
    teams.remove_member(seller, shop.pk, colleague.pk)
    expect(page.locator("main h1")).to_be_focused()
    expect(page.locator(".dashboard__status")).to_have_text(
        "You can't open this conversation any more"
    )
    expect(page.get_by_label("This wasn't sent:")).to_have_value("I can help you.")
    expect(page.locator("trato-thread, .context")).to_have_count(0)
    page.get_by_role("link", name="Go to your inbox").click()
    expect(page.locator("main h1")).to_have_text("Inbox")


@only_whole
def test_a_thread_beside_the_list_ends_the_same_way(
    person: Person, seller: User, colleague: User, shop: Shop, conversation: Conversation
) -> None:
    MessageFactory(conversation=conversation, body="Hello")
    page = person(colleague)
    page.goto("/conversations/")
    live(page)
    page.click(".inbox__link")
    expect(page.locator("#composer-body")).to_be_focused()
    teams.remove_member(seller, shop.pk, colleague.pk)
    expect(page.locator("main h1")).to_have_text("You can't open this conversation any more")
    expect(page.get_by_label("This wasn't sent:")).to_be_hidden()


@only_whole
@languages
def test_the_pages_of_a_team(
    locale: str, inspect: Inspect, shopper: User, seller: User, colleague: User, shop: Shop
) -> None:
    EmailAddress.objects.create(user=shopper, email=shopper.email, verified=True, primary=True)
    TeamInvitationFactory(shop=shop, email=shopper.email, token="a-token")
    of_shop = f"/my/team/{shop.pk}/"
    owner = inspect(seller, locale=locale)
    owner.page.goto(LINK)
    pages = ["/my/team/", f"{of_shop}leave/", INVITATION]
    owner.tour([*pages, f"{of_shop}{colleague.pk}/", f"{of_shop}{colleague.pk}/remove/"])
    owner.page.goto("/my/team/")
    owner.page.fill("[name=email]", colleague.email)
    owner.page.click("main form:has([name=email]) .button--primary")
    owner.page.locator(".field__error").wait_for()
    owner.look()
    ShopMember.objects.filter(user=colleague).update(role=ShopMember.Role.OWNER)
    owner.tour([f"{of_shop}leave/"])
    guest, visitor = inspect(shopper, locale=locale), inspect(None, locale=locale)
    for each in (guest, visitor):
        each.page.goto(LINK)
    guest.tour([INVITATION, "/my/team/"])
    visitor.tour([INVITATION, "/accounts/signup/"])
    answer = visitor.page.goto("/team-invitation/gone/")
    assert answer is not None
    assert answer.status == 410
    visitor.look()
    assert [*owner.problems, *guest.problems, *visitor.problems] == []
