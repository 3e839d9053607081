"""Accessibility of the pages for visitors, shoppers and sellers."""

import uuid
from datetime import timedelta

from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.utils import timezone

from accounts.factories import UserFactory
from accounts.models import User
from catalog.factories import ProductFactory
from catalog.models import Product, Shop
from messaging import actions
from messaging.editing import actions as editing
from messaging.factories import ConversationFactory, MessageFactory
from messaging.models import Conversation, LastActive, Nudge, Side
from messaging.presence.actions import note_active
from messaging.reactions.actions import react
from notifications.factories import NotificationFactory
from tests.browser.acts import open_thread, write
from tests.browser.inspector import Inspect, languages, submit_unchecked
from tests.browser.lines import Line
from tests.rulings import remove_message
from tests.said import say
from tests.whole import only_whole


@only_whole
@languages
def test_the_pages_of_a_visitor(
    locale: str, inspect: Inspect, shopper: User, product: Product
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
            "/accounts/confirm-email/broken/",
        ]
    )  # fmt: skip
    visitor.tour(["/accounts/inactive/"], status=403)
    for name in ("login", "signup"):
        visitor.page.goto(f"/accounts/{name}/")
        submit_unchecked(visitor.page, f"form.{name}")
        visitor.look()  # with validation errors
    visitor.page.goto(product.get_absolute_url())
    visitor.page.fill("#ask-body", "Is it still there?")
    visitor.page.click(".ask button.button--primary")
    visitor.look()  # the login page, with the kept question
    assert visitor.problems == []


@languages
def test_the_pages_of_a_shopper(
    locale: str,
    inspect: Inspect,
    shopper: User,
    seller: User,
    moderator: User,
    product: Product,
    conversation: Conversation,
) -> None:
    newcomer = inspect(UserFactory(name="Ana Prieto"), locale=locale)
    newcomer.tour(["/conversations/", "/notifications/"])
    assert newcomer.problems == []

    for number in range(60):
        MessageFactory(conversation=conversation, body=f"See https://example.com/{number}.")
    MessageFactory(conversation=conversation, sender=seller, body="Call me at 555 123")
    answer = MessageFactory(conversation=conversation, sender=seller, body="It is 9 cm high.")
    remove_message(moderator, answer.pk, "Contact data")
    product.price += 100
    product.save()
    ago = timezone.now() - timedelta(days=2)
    Conversation.objects.filter(pk=conversation.pk).update(waiting_since=ago)
    Nudge.objects.create(
        conversation=conversation, side=Side.SELLER, sender=seller, sent_at=timezone.now()
    )
    note_active([seller.pk])
    LastActive.objects.update(active_at=timezone.now() + timedelta(hours=1))  # for the whole tour
    thread = conversation.get_absolute_url()
    quiet = ConversationFactory(consumer=shopper, product=ProductFactory()).get_absolute_url()
    visit = inspect(shopper, locale=locale)
    visit.tour(
        [
            thread, f"{thread}?before=10", f"{thread}search/?words=see", quiet,
            f"{thread}messages/61/report/",
            "/conversations/", "/conversations/?q=nothing+like+it", "/conversations/?unread=1",
            product.get_absolute_url(), "/my/shop/open/", "/my/team/", "/accounts/profile/",
            "/accounts/logout/",
        ]
    )  # fmt: skip
    line = Line(visit.page)
    open_thread(visit.page, conversation)
    visit.page.locator(".presence:visible").wait_for()
    write(visit.page, "A bell: \a")  # refused
    visit.page.locator(".message__failed:visible").wait_for()
    line.cut(requests=False)
    write(visit.page, "Waiting")
    visit.page.fill("#composer-body", "x" * 4001)
    visit.look()
    assert visit.problems == []


@only_whole
@languages
def test_the_first_steps_of_a_shop(
    locale: str, inspect: Inspect, shop: Shop, seller: User, colleague: User
) -> None:
    visit = inspect(seller, locale=locale)
    visit.tour(["/my/products/", "/conversations/", "/my/shop/open/"])
    product = ProductFactory(shop=shop, unpublished=True)
    visit.tour(["/my/products/", f"/my/products/{product.slug}/", product.get_absolute_url()])
    ProductFactory(shop=shop)
    visit.tour(["/my/products/", "/conversations/"])
    assert visit.problems == []
    agent = inspect(colleague, locale=locale)
    agent.tour([f"/my/shop/{shop.pk}/"])
    assert agent.problems == []


@languages
def test_the_pages_of_a_seller(
    locale: str,
    inspect: Inspect,
    shopper: User,
    seller: User,
    colleague: User,
    product: Product,
    conversation: Conversation,
) -> None:
    ProductFactory(shop=product.shop, unpublished=True)
    ProductFactory(shop=product.shop, stock=0)
    MessageFactory(conversation=conversation)
    NotificationFactory(
        recipient=seller, news__subject_id=conversation.pk, news__title="Lucía Romero",
        news__excerpt="Is it still there?", news__url=conversation.get_absolute_url(),
    )  # fmt: skip
    NotificationFactory(
        recipient=seller, news__subject_kind="team_joined", news__title="Iker Sanz",
        news__excerpt="Barro y Sal", news__url="/my/team/",
    )  # fmt: skip
    visit = inspect(seller, locale=locale)
    visit.tour(
        [
            "/notifications/", "/notifications/?notices=1",
            "/conversations/", conversation.get_absolute_url(), "/my/products/",
            "/my/products/?state=sold_out", "/my/products/new/", f"/my/products/{product.slug}/",
            "/my/team/", product.get_absolute_url(), f"/my/shop/{product.shop_id}/",
        ]
    )  # fmt: skip
    visit.page.goto(f"/my/shop/{product.shop_id}/")
    visit.page.fill("[name=slug]", "open")
    submit_unchecked(visit.page, "form.shop-form")
    visit.look()
    visit.page.goto("/my/products/new/")
    submit_unchecked(visit.page, "main form[enctype]")
    visit.look()
    visit.page.click(".menu > summary")
    visit.look()
    assert visit.problems == []


@only_whole
@languages
def test_a_messages_menu_and_page_and_what_the_composer_is_about(
    locale: str, inspect: Inspect, conversation: Conversation, shopper: User, seller: User
) -> None:
    said = say(shopper, conversation, "Is it glzed?")
    editing.edit(shopper, conversation.pk, 1, "Is it glazed?")
    actions.send(seller, conversation.pk, uuid.uuid4(), "Yes", quote=1)
    react(shopper, conversation.pk, 2, "🙏")
    visit = inspect(shopper, locale=locale)
    visit.tour([f"{conversation.get_absolute_url()}messages/{number}/" for number in (1, 2)])
    visit.tour([f"{conversation.get_absolute_url()}export/"])
    open_thread(visit.page, conversation)
    visit.page.locator("#message-2 .message__menu summary").focus()
    visit.page.keyboard.press("Enter")
    visit.page.locator("#message-2 [data-do=quote]").wait_for()
    visit.look()
    visit.page.locator(f"#message-{said.sequence} .message__menu summary").focus()
    visit.page.keyboard.press("Enter")
    visit.page.locator(f"#message-{said.sequence} [data-do=quote]").click()
    visit.page.locator(".composer__about").wait_for()
    visit.look()
    assert visit.problems == []
