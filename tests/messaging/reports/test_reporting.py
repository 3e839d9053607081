"""Reports by people with an account, and the receipt they get."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.factories import UserFactory
from accounts.models import User
from catalog.factories import ProductFactory
from catalog.models import Product
from messaging.factories import ConversationFactory, ReportFactory
from messaging.models import Conversation, Report
from notifications.models import Notification
from tests.said import say
from tests.unread import unread_count

pytestmark = pytest.mark.django_db

KINDS = ("message", "conversation", "product", "shop", "person")


@pytest.fixture
def addresses(conversation: Conversation, seller: User) -> dict[str, str]:
    """The URLs where the shopper reports something of each kind."""
    say(seller, conversation, "Pay me directly")
    at = conversation.get_absolute_url()
    product: Any = conversation.product
    return {
        "message": f"{at}messages/1/report/",
        "conversation": f"{at}report/",
        "product": f"{product.get_absolute_url()}report/",
        "shop": f"{product.shop.get_absolute_url()}report/",
        "person": f"{at}people/{seller.pk}/report/",
    }


@pytest.mark.parametrize("kind", KINDS)
def test_a_report_of_each_kind_gets_a_receipt(
    kind: str, addresses: dict[str, str], shopper: User, client_of: Any
) -> None:
    client, before = client_of(shopper), unread_count(shopper.pk)
    page = client.get(addresses[kind])
    offered = [value for value, _label in page.context["form"].fields["reason"].choices]
    assert offered == [value for value, _label in Report.reasons_of(kind)]
    form = {"reason": "illegal", "words": "It is\r\nwrong"}
    answer = client.post(addresses[kind], form, follow=True)
    report = Report.objects.get()
    assert (report.kind, report.reporter, report.words) == (kind, shopper, "It is\nwrong")
    assert report.about_id == getattr(report, f"{kind}_id")
    assert answer.redirect_chain == [(report.get_absolute_url(), 302)]
    for words in ("We&#x27;ve received your report", "Against the law", "Our staff will look"):
        assert words in answer.text
    # It is among the notifications, but not unread: the person has just seen the page.
    news = Notification.objects.get(recipient=shopper, news__subject_kind="report").news
    assert news.words.title == "We've received your report"
    assert unread_count(shopper.pk) == before
    assert report.get_absolute_url() in client.get("/conversations/reports/").text


@pytest.mark.parametrize("kind", KINDS)
def test_a_repeated_report_is_one_and_other_words_are_refused(
    kind: str, addresses: dict[str, str], shopper: User, client_of: Any
) -> None:
    client = client_of(shopper)
    for _ in range(2):
        assert client.post(addresses[kind], {"reason": "scam"}).status_code == 302
    refused = client.post(addresses[kind], {"reason": "other"})
    assert refused.status_code == 409
    assert "already reported this" in refused.text
    assert Report.objects.get().reason == "scam"


@pytest.mark.parametrize(("kind", "reason"), [("message", "counterfeit"), ("product", "abuse")])
def test_a_reason_of_another_kind_is_refused(
    kind: str, reason: str, addresses: dict[str, str], shopper: User, client_of: Any
) -> None:
    answer = client_of(shopper).post(addresses[kind], {"reason": reason})
    assert answer.status_code == 400
    assert not Report.objects.exists()


def test_reports_of_all_kinds_count_together(
    addresses: dict[str, str], shopper: User, client_of: Any, settings: Any
) -> None:
    settings.REPORTS_PER_HOUR = 2
    answers = [
        client_of(shopper).post(addresses[kind], {"reason": "scam"}).status_code for kind in KINDS
    ]
    assert answers == [302, 302, 429, 429, 429]
    assert Report.objects.count() == 2


def test_nobody_reports_their_own_shop_or_what_nobody_sees(
    product: Product, seller: User, shopper: User, client_of: Any
) -> None:
    draft = ProductFactory(shop=product.shop, unpublished=True)
    denied = [
        (seller, product.get_absolute_url()),
        (seller, product.shop.get_absolute_url()),
        (shopper, draft.get_absolute_url()),
        (None, draft.get_absolute_url()),
        (shopper, "/products/nothing/"),
        (shopper, "/shops/nothing/"),
    ]
    for person, thing in denied:
        client = client_of(person)
        assert client.get(f"{thing}report/").status_code == 404, thing
        assert client.post(f"{thing}report/", {"reason": "scam"}).status_code == 404, thing
    assert not Report.objects.exists()
    allowed = f"{product.shop.get_absolute_url()}report/"
    assert client_of(shopper).post(allowed, {"reason": "scam"}).status_code == 302


def test_a_shopper_reports_only_those_of_the_shop_who_have_written(
    conversation: Conversation, seller: User, colleague: User, shopper: User, client_of: Any
) -> None:
    say(seller, conversation, "Pay me directly")
    client, at = client_of(shopper), conversation.get_absolute_url()
    page = client.get(f"{at}report/").text
    assert f"{at}people/{seller.pk}/report/" in page
    for person in (colleague, shopper, UserFactory()):
        address = f"{at}people/{person.pk}/report/"
        assert address not in page
        assert client.post(address, {"reason": "scam"}).status_code == 404
    assert not Report.objects.exists()
    assert client.get(f"{at}people/{2**63}/report/").status_code == 404
    assert client.post(f"{at}people/{seller.pk}/report/", {"reason": "scam"}).status_code == 302


def test_a_seller_reports_the_shopper_and_no_colleague(
    conversation: Conversation, seller: User, colleague: User, shopper: User, client_of: Any
) -> None:
    say(colleague, conversation, "Hello")
    client, at = client_of(seller), conversation.get_absolute_url()
    denied = client.post(f"{at}people/{colleague.pk}/report/", {"reason": "scam"})
    assert denied.status_code == 404
    assert client.post(f"{at}people/{shopper.pk}/report/", {"reason": "scam"}).status_code == 302
    assert Report.objects.get().person == shopper


def test_the_reported_side_learns_nothing(
    addresses: dict[str, str], shopper: User, seller: User, client_of: Any
) -> None:
    client, theirs = client_of(shopper), client_of(seller)
    before = unread_count(seller.pk)
    for address in addresses.values():
        client.post(address, {"reason": "scam", "words": "Zigzag"})
    assert unread_count(seller.pk) == before
    for report in Report.objects.all():
        assert theirs.get(report.get_absolute_url()).status_code == 404
        assert client.get(report.get_absolute_url()).status_code == 200
    for page in ("/conversations/reports/", "/notifications/", "/conversations/"):
        assert "Zigzag" not in theirs.get(page).text
    assert "None yet" in theirs.get("/conversations/reports/").text


def test_a_report_is_about_one_thing(shopper: User, conversation: Conversation) -> None:
    for things in ({}, {"conversation": conversation, "person": shopper}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ReportFactory(reporter=shopper, **things)
    ReportFactory(reporter=shopper, conversation=conversation)
    with pytest.raises(IntegrityError), transaction.atomic():
        ReportFactory(reporter=shopper, conversation=conversation)
    assert Report.objects.count() == 1


def test_a_report_keeps_the_title_that_was_reported(
    addresses: dict[str, str], shopper: User, product: Product, client_of: Any
) -> None:
    client, title = client_of(shopper), product.title
    client.post(addresses["product"], {"reason": "illegal"})
    Product.objects.update(title="A secret plan", published_at=None)
    report = Report.objects.get()
    for address in (report.get_absolute_url(), "/conversations/reports/"):
        page = client.get(address).text
        assert title in page
        assert "A secret plan" not in page


def test_the_list_of_ones_reports_costs_the_same_for_many(
    shopper: User, client_of: Any, django_assert_max_num_queries: Any
) -> None:
    client = client_of(shopper)
    for _ in range(8):
        product = ProductFactory()
        talk = ConversationFactory(consumer=UserFactory(), product=product)
        ReportFactory(reporter=shopper, product=product)
        ReportFactory(reporter=shopper, shop=product.shop)
        ReportFactory(reporter=shopper, conversation=talk)
    client.get("/conversations/reports/")
    with django_assert_max_num_queries(6):
        page = client.get("/conversations/reports/")
    assert page.text.count('<li class="row">') == 24
