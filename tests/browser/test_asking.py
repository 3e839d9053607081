"""Ask from a product page before logging in: the text is kept, then sent once."""

import pytest
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from playwright.sync_api import Page, Route, expect

from accounts.models import User
from catalog.factories import ProductFactory
from catalog.models import Product
from messaging.models import Conversation, Message
from tests.browser.acts import Person
from tests.whole import only_whole, some_of

QUESTION = "Does it come in blue?\n\nAnd in green?"


@pytest.fixture(params=["with JavaScript", "without"])
def visitor(request: pytest.FixtureRequest, person: Person) -> Page:
    return person(None, java_script_enabled=request.param == "with JavaScript")


def ask(page: Page, product: Product) -> None:
    page.goto(product.get_absolute_url())
    page.fill("#ask-body", QUESTION)
    page.click(".ask button.button--primary")
    expect(page.locator(".notice")).to_contain_text("We've saved your question")


def sent_once(page: Page) -> None:
    expect(page.locator(".message__body")).to_have_text([QUESTION])
    page.reload()
    expect(page.locator(".message__body")).to_have_text([QUESTION])
    assert Message.objects.count() == Conversation.objects.count() == 1


def test_a_visitor_writes_first_logs_in_and_finds_the_question_sent_once(
    visitor: Page, shopper: User, product: Product
) -> None:
    EmailAddress.objects.create(user=shopper, email=shopper.email, verified=True, primary=True)
    ask(visitor, product)
    visitor.fill("input[name=login]", shopper.email)
    visitor.fill("input[name=password]", "wrong")
    visitor.press("input[name=password]", "Enter")
    expect(visitor.locator(".notice").first).to_be_visible()
    assert not Message.objects.exists()
    visitor.fill("input[name=password]", "trato-demo")
    visitor.press("input[name=password]", "Enter")
    sent_once(visitor)
    assert Message.objects.get().sender == shopper


@only_whole
def test_a_visitor_writes_first_signs_up_and_finds_the_question_sent_once(
    visitor: Page, product: Product
) -> None:
    ask(visitor, product)
    visitor.click("main a[href*=signup]")
    expect(visitor.locator(".notice")).to_contain_text("We've saved your question")
    visitor.fill("input[name=name]", "Ana Prieto")
    visitor.fill("input[name=email]", "ana@example.com")
    visitor.fill("input[name=password1]", "a-good-long-one")
    visitor.click("main form.signup button")
    assert not Message.objects.exists()
    # The email with the link is in another process; this is the same link.
    address = EmailAddress.objects.get(email="ana@example.com")
    visitor.goto(f"/accounts/confirm-email/{EmailConfirmationHMAC.create(address).key}/")
    visitor.click("main form button")
    sent_once(visitor)
    assert Message.objects.get().sender.email == "ana@example.com"


@only_whole
def test_who_confirms_the_address_elsewhere_finds_the_question_sent_after_logging_in(
    person: Person, shopper: User, product: Product
) -> None:
    address = EmailAddress.objects.create(user=shopper, email=shopper.email, primary=True)
    visitor, phone = person(None), person(None)
    ask(visitor, product)
    phone.goto(f"/accounts/confirm-email/{EmailConfirmationHMAC.create(address).key}/")
    phone.click("main form button")
    for field in ("password1", "password2"):  # the email was opened in another browser
        phone.fill(f"input[name={field}]", "slow-orchard-72")
    phone.press("input[name=password2]", "Enter")
    phone.wait_for_url("**/conversations/")
    visitor.goto("/accounts/login/")  # through the header, not through the link that led here
    visitor.fill("input[name=login]", shopper.email)
    visitor.fill("input[name=password]", "slow-orchard-72")
    visitor.press("input[name=password]", "Enter")
    sent_once(visitor)


def test_two_clicks_on_send_ask_once(person: Person, shopper: User, product: Product) -> None:
    page = person(shopper)
    page.goto(product.get_absolute_url())
    page.get_by_role("button", name="Is this still available?").click()
    expect(page.locator("#ask-body")).to_have_value("Is this still available?")
    page.locator(".ask button.button--primary").dblclick()
    expect(page.locator(".message__body")).to_have_text(["Is this still available?"])
    assert Message.objects.count() == Conversation.objects.count() == 1


@only_whole
def test_a_question_that_was_sent_does_not_stand_on_the_products_page_again(
    person: Person, shopper: User, product: Product
) -> None:
    page = person(shopper)
    page.route("**/js/bundles/conversation.js", lambda route: route.abort())  # which would drop it
    page.goto(product.get_absolute_url())
    # The same text again is another question: a script may load too late to notice the first.
    for asked, send in enumerate(("form => form.submit()", "form => form.requestSubmit()"), 1):
        expect(page.locator("trato-ask:defined")).to_be_visible()
        expect(page.locator("#ask-body")).to_have_value("")
        page.fill("#ask-body", "Does it float?")
        page.locator(".ask form").evaluate(send)
        expect(page.locator(".message__body")).to_have_text(["Does it float?"] * asked)
        page.goto(product.get_absolute_url())
    expect(page.locator("trato-ask:defined")).to_be_visible()
    expect(page.locator("#ask-body")).to_have_value("")


@only_whole
@pytest.mark.parametrize("java_script", some_of([True, False], 1))
def test_going_back_and_asking_something_else_asks_both(
    java_script: bool, person: Person, shopper: User, product: Product
) -> None:
    page = person(shopper, java_script_enabled=java_script)
    page.goto(product.get_absolute_url())
    for number, body in enumerate(("First", "Second"), start=1):
        page.fill("#ask-body", body)
        page.click(".ask button.button--primary")
        expect(page.locator(".message__body")).to_have_count(number)
        page.go_back()
    bodies = Message.objects.order_by("sequence").values_list("body", flat=True)
    assert list(bodies) == ["First", "Second"]


@only_whole
@pytest.mark.parametrize("java_script", some_of([True, False], 1))
def test_other_words_after_an_answer_that_was_lost_are_asked_too(
    java_script: bool, person: Person, shopper: User, product: Product
) -> None:
    page = person(shopper, java_script_enabled=java_script)
    page.goto(product.get_absolute_url())

    def lose(route: Route) -> None:
        route.fetch()  # the server has received it
        route.fulfill(status=204)  # the form stays where it was

    page.route("**/contact/", lose)
    page.fill("#ask-body", "First")
    with page.expect_response("**/contact/"):
        page.click(".ask button.button--primary", no_wait_after=True)
    page.unroute("**/contact/")
    page.fill("#ask-body", "Second")
    page.click(".ask button.button--primary")
    expect(page.locator(".message__body")).to_have_text(["First", "Second"])


def test_questions_of_two_tabs_are_both_sent_after_one_login(
    visitor: Page, shopper: User, product: Product
) -> None:
    EmailAddress.objects.create(user=shopper, email=shopper.email, verified=True, primary=True)
    other = ProductFactory()
    second = visitor.context.new_page()
    ask(visitor, product)
    ask(second, other)
    second.fill("input[name=login]", shopper.email)
    second.fill("input[name=password]", "trato-demo")
    second.press("input[name=password]", "Enter")
    expect(second.locator(".message__body")).to_have_text([QUESTION])
    visitor.reload()  # the login page now knows about it
    expect(visitor.locator(".message__body")).to_have_text([QUESTION])
    asked = Message.objects.values_list("conversation__product", flat=True)
    assert sorted(asked) == sorted([product.pk, other.pk])
