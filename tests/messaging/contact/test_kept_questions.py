"""Questions that visitors ask before they log in: all are kept, and all are sent, once."""

import html
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts.models import User
from catalog.factories import ProductFactory
from catalog.models import Product, Shop
from messaging.models import Conversation, KeptQuestion, Message
from tests.threads import in_threads

pytestmark = pytest.mark.django_db


def ask(client: Any, subject: Product | Shop, body: str, client_id: str = "") -> Any:
    form = {"body": body, "client_id": client_id or str(uuid.uuid4())}
    return client.post(f"{subject.get_absolute_url()}contact/", form)


def log_in(client: Client, user: User) -> None:
    client.force_login(user, backend=django_settings.AUTHENTICATION_BACKENDS[0])


def return_from_login(client: Client, subject: Product | Shop) -> Any:
    """Open the URL that the login page returns to."""
    return client.get(f"{subject.get_absolute_url()}contact/")


def said() -> set[tuple[int | None, str]]:
    return set(Message.objects.values_list("conversation__product", "body"))


@pytest.fixture
def products(product: Product) -> list[Product]:
    """Products of three shops."""
    return [product, ProductFactory(), ProductFactory()]


def test_all_questions_of_all_tabs_are_sent_after_one_login(
    products: list[Product], shop: Shop, shopper: User, client_of: Any
) -> None:
    client = client_of(None)
    for one in products:
        assert "/accounts/login/" in ask(client, one, f"About {one.pk}").headers["Location"]
    ask(client, shop, "About you")
    log_in(client, shopper)
    answer = return_from_login(client, products[1])
    assert said() == {*((one.pk, f"About {one.pk}") for one in products), (None, "About you")}
    assert answer.headers["Location"] == (
        Conversation.objects.get(product=products[1]).get_absolute_url()
    )
    page = html.unescape(client.get(answer.headers["Location"]).text)
    notices = page.partition('class="notices"')[2].partition("</div>")[0]
    for title in (products[0].title, products[2].title, shop.name):
        assert f"“{title}”" in notices
    for one in products:  # the other tabs
        address = Conversation.objects.get(product=one).get_absolute_url()
        assert return_from_login(client, one).headers["Location"] == address
    assert Message.objects.count() == 4
    assert not KeptQuestion.objects.exists()


@pytest.mark.parametrize("target", ["/conversations/", ""])
def test_a_login_by_whichever_way_sends_them(
    target: str, product: Product, shopper: User, client_of: Any
) -> None:
    from allauth.account.models import EmailAddress

    EmailAddress.objects.create(user=shopper, email=shopper.email, verified=True, primary=True)
    client = client_of(None)
    ask(client, product, "Blue?")
    form = {"login": shopper.email, "password": "trato-demo", "next": target}
    answer = client.post("/accounts/login/", form, follow=True)
    assert "Blue?" in answer.text
    assert said() == {(product.pk, "Blue?")}


def test_other_words_of_one_form_are_another_question_and_the_same_are_not(
    product: Product, shopper: User, client_of: Any
) -> None:
    client, client_id = client_of(None), str(uuid.uuid4())
    for body in ("One\r\ntwo", "Other", "One\ntwo", "Other"):
        ask(client, product, body, client_id)
    log_in(client, shopper)
    return_from_login(client, product)
    assert said() == {(product.pk, "One\ntwo"), (product.pk, "Other")}
    assert Message.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_tabs_that_ask_at_the_same_moment_are_one_visitor(
    products: list[Product], shopper: User, client_of: Any
) -> None:
    """There is no session yet: each response brings another cookie, and the browser keeps one."""
    todo = list(products[:2])

    def tab() -> Client:
        client: Client = client_of(None)
        client.cookies["csrftoken"] = "t" * 32
        ask(client, todo.pop(), "At once")
        return client

    for client in in_threads(2, tab):
        log_in(client, shopper)
        return_from_login(client, products[0])
        assert said() == {(one.pk, "At once") for one in products[:2]}
    assert Message.objects.count() == 2


def test_nobody_else_sends_them(
    product: Product, shopper: User, stranger: User, client_of: Any
) -> None:
    client = client_of(None)
    ask(client, product, "Mine")
    return_from_login(client_of(stranger), product)
    ask(client_of(stranger), product, "Theirs")
    assert said() == {(product.pk, "Theirs")}
    log_in(client, shopper)
    return_from_login(client, product)
    assert Message.objects.get(body="Mine").sender == shopper


def test_one_too_many_is_refused_with_its_words_and_the_others_wait(
    products: list[Product], shopper: User, client_of: Any, settings: Any
) -> None:
    settings.KEPT_QUESTIONS_MAX = 2
    client, client_id = client_of(None), str(uuid.uuid4())
    for one in products[:2]:
        ask(client, one, "Blue?", client_id)
    refused = ask(client, products[2], "And this?")
    assert refused.status_code == 429
    assert "And this?" in refused.text
    assert ask(client, products[0], "Blue?", client_id).status_code == 302  # it is already waiting
    log_in(client, shopper)
    return_from_login(client, products[0])
    assert len(said()) == 2


@pytest.mark.parametrize(("body", "status"), [("x" * 4001, 413), ("a\x07b", 400)])
def test_what_cannot_be_sent_is_refused_before_the_login(
    body: str, status: int, product: Product, client_of: Any
) -> None:
    answer = ask(client_of(None), product, body)
    assert answer.status_code == status
    assert not KeptQuestion.objects.exists()


def test_a_question_about_a_withdrawn_product_comes_back_with_its_words(
    products: list[Product], shopper: User, client_of: Any
) -> None:
    client, gone = client_of(None), products[0]
    for one in products[:2]:
        ask(client, one, f"About {one.pk}")
    Product.objects.filter(pk=gone.pk).update(published_at=None)
    log_in(client, shopper)
    page = return_from_login(client, gone)
    assert page.status_code == 404
    assert f"About {gone.pk}</textarea>" in page.text
    assert f'action="{gone.shop.get_absolute_url()}contact/"' in page.text
    kept = KeptQuestion.objects.get()
    answer = ask(client, gone.shop, "About you, then", str(kept.client_id))
    assert answer.status_code == 302
    assert said() == {(None, "About you, then"), (products[1].pk, f"About {products[1].pk}")}
    assert not KeptQuestion.objects.exists()


def test_what_cannot_be_sent_can_be_discarded(
    product: Product, shopper: User, client_of: Any
) -> None:
    client = client_of(None)
    ask(client, product, "Blue?")
    Product.objects.update(published_at=None)
    log_in(client, shopper)
    assert "Discard this question" in return_from_login(client, product).text
    form = {"client_id": str(KeptQuestion.objects.get().client_id), "discard": "1"}
    client.post(f"{product.shop.get_absolute_url()}contact/", form)
    assert not KeptQuestion.objects.exists()
    assert not Message.objects.exists()


def test_a_question_to_ones_own_shop_is_shown_once_more(
    product: Product, seller: User, client_of: Any
) -> None:
    client = client_of(None)
    ask(client, product, "To whom am I talking?")
    log_in(client, seller)
    page = return_from_login(client, product)
    assert page.status_code == 403
    assert "To whom am I talking?" in page.text
    assert not Message.objects.exists()


def test_too_many_conversations_let_the_rest_wait(
    products: list[Product], shopper: User, client_of: Any, settings: Any
) -> None:
    settings.CONVERSATIONS_PER_HOUR = 1
    client = client_of(None)
    for one in products[:2]:
        ask(client, one, f"About {one.pk}")
    log_in(client, shopper)
    page = return_from_login(client, products[0])
    assert page.status_code == 429
    assert f"About {products[1].pk}</textarea>" in page.text
    assert said() == {(products[0].pk, f"About {products[0].pk}")}
    assert KeptQuestion.objects.get().product == products[1]


def test_questions_that_no_session_leads_to_are_deleted(product: Product, client_of: Any) -> None:
    ask(client_of(None), product, "Old")
    KeptQuestion.objects.update(created_at=timezone.now() - timedelta(days=31))
    ask(client_of(None), product, "New")
    call_command("purge_expired", "--delete")
    assert KeptQuestion.objects.get().body == "New"


def test_who_has_asked_before_goes_on_about_a_withdrawn_product(
    product: Product, conversation: Conversation, shopper: User, stranger: User, client_of: Any
) -> None:
    Product.objects.update(published_at=None)
    assert ask(client_of(shopper), product, "Still there?").status_code == 302
    refused = ask(client_of(stranger), product, "Still there?")
    assert refused.status_code == 404
    assert "Still there?" in refused.text
    assert Message.objects.count() == 1


def test_a_visitor_may_ask_a_shop_that_nobody_works_for(client_of: Any) -> None:
    page = client_of(None).get(ProductFactory().get_absolute_url())
    assert 'id="ask-body"' in page.text
