"""The one queue of reports: all kinds, one row per item, and how often reporters are right."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.factories import UserFactory
from accounts.models import User
from catalog.models import Product
from messaging.factories import ReportFactory
from messaging.models import Conversation, Decision, MutedReporter, Report
from messaging.moderation import actions as moderation
from messaging.reports import ignored_reporters
from messaging.reports.actions import report_product, report_shop
from notifications.models import News
from tests.rulings import rule
from tests.staff.rows import fill
from tests.unread import unread_count
from trato.audit.models import AuditEntry
from trato.errors import AlreadyDone

pytestmark = pytest.mark.django_db

LIST = "/admin/messaging/report/"
DECIDE = "/admin/messaging/decision/decide/"
HIDE = {
    "measure": "hide", "days": "", "seen": 0, "ground": "terms", "clause": "No ivory",
    "explanation": "It is some", "reason": "Ivory",
}  # fmt: skip


def listed(client: Any, query: str = "") -> list[int]:
    page = client.get(f"{LIST}{query}").text
    return [int(key) for key in re.findall(r"report/(\d+)/change/[^>]*>\d+<", page)]


@pytest.fixture
def reports(shopper: User, conversation: Conversation) -> dict[str, Report]:
    """An open report of each kind except messages."""
    product: Any = conversation.product
    return {
        "conversation": ReportFactory(reporter=shopper, conversation=conversation),
        "product": ReportFactory(reporter=shopper, product=product),
        "shop": ReportFactory(reporter=shopper, shop=product.shop),
        "person": ReportFactory(reporter=shopper, person=UserFactory(name="Rita Mora")),
    }


def test_the_queue_has_all_kinds_and_is_filtered_by_them(
    reports: dict[str, Report], reported: Report, moderator: User, client_of: Any
) -> None:
    client = client_of(moderator)
    assert set(listed(client)) == {reported.pk, *(row.pk for row in reports.values())}
    for kind, row in {**reports, "message": reported}.items():
        assert listed(client, f"?about={kind}") == [row.pk]
        assert client.get(f"{LIST}{row.pk}/change/").status_code == 200


def test_a_hundred_reports_of_one_thing_are_one_row(
    product: Product, moderator: User, client_of: Any
) -> None:
    reporters = UserFactory.create_batch(100)
    rows = [ReportFactory(reporter=person, product=product) for person in reporters]
    other = ReportFactory(reporter=reporters[0], shop=product.shop)
    client = client_of(moderator)
    assert listed(client) == [rows[0].pk, other.pk]
    page = client.get(LIST).text
    assert '<td class="field-how_many">100</td>' in page
    moderation.resolve_report(moderator, rows[40].pk, "upheld", "Fake")
    assert listed(client) == [other.pk]
    assert Report.objects.filter(outcome="upheld").count() == 100
    closed = AuditEntry.objects.filter(verb="report.upheld").values_list("subject", flat=True)
    assert set(closed) == {f"report:{row.pk}" for row in rows}
    assert News.objects.filter(subject_kind="report").count() == 100
    for row in (rows[0], rows[40], rows[99]):
        with pytest.raises(AlreadyDone):
            moderation.resolve_report(moderator, row.pk, "dismissed", "Again")


def test_a_later_report_of_a_closed_thing_is_open(
    product: Product, shopper: User, stranger: User, moderator: User, client_of: Any
) -> None:
    first = report_product(shopper, product, "scam", "")
    moderation.resolve_report(moderator, first.pk, "dismissed", "Fine")
    second = report_product(stranger, product, "scam", "")
    assert listed(client_of(moderator)) == [second.pk]


# -- what can be done ------------------------------------------------------------------------


def test_a_product_is_taken_off_sale_and_allowed_again(
    product: Product, shopper: User, seller: User, moderator: User, client_of: Any
) -> None:
    row = report_product(shopper, product, "forbidden", "")
    staff, shop = client_of(moderator), client_of(seller)
    hide = f"{DECIDE}?report={row.pk}&measure=hide"
    assert hide.replace("&", "&amp;") in staff.get(f"{LIST}{row.pk}/change/").text
    assert staff.get(hide).context["form"].initial["measure"] == "hide"
    assert staff.post(hide, HIDE).status_code == 302
    product.refresh_from_db()
    assert (product.is_published, product.is_hidden) == (False, True)
    assert client_of(None).get(product.get_absolute_url()).status_code == 404
    decision = Decision.objects.get()
    assert (decision.person, decision.product, decision.scope) == (seller, product, "product")
    news = News.objects.get(subject_kind="decision")
    assert news.words.title == "We took a product of yours off sale"
    assert f"It is about the product “{product.title}”." in news.words.text
    page = shop.get(f"/conversations/standing/{decision.pk}/").text
    for words in (product.title, "Ivory", "No ivory", "Send the appeal"):
        assert words in page
    # Its shop can't publish it, either way.
    shop.post(f"/my/products/{product.slug}/publish/", {"published": "1"})
    product.refresh_from_db()
    assert not product.is_published
    assert "Taken off sale by our staff" in shop.get("/my/products/").text
    undo = f"/admin/messaging/decision/{decision.pk}/undo/"
    assert undo in staff.get(f"{LIST}{row.pk}/change/").text
    assert staff.post(undo, {"reason": "It is bone"}).status_code == 302
    shop.post(f"/my/products/{product.slug}/publish/", {"published": "1"})
    product.refresh_from_db()
    assert product.is_published
    verbs = AuditEntry.objects.order_by("pk").values_list("verb", "subject")
    subject = f"decision:{decision.pk}"
    assert list(verbs) == [("decision.hide", subject), ("decision.undone", subject)]


def test_deciding_hides_the_product_and_says_so_to_the_reporter(
    product: Product, shopper: User, seller: User, moderator: User, client_of: Any
) -> None:
    row = report_product(shopper, product, "counterfeit", "")
    before = unread_count(shopper.pk)
    answer = client_of(moderator).post(f"{DECIDE}?report={row.pk}", HIDE)
    assert answer.status_code == 302
    row.refresh_from_db()
    product.refresh_from_db()
    assert (row.outcome, row.done, product.is_hidden) == ("upheld", "hidden", True)
    assert unread_count(shopper.pk) == before + 1
    page = client_of(shopper).get(row.get_absolute_url()).text
    assert f"We took the product “{product.title}” off sale." in page
    assert moderator.name not in page
    assert "Ivory" not in page


def test_a_product_is_taken_off_sale_after_its_report_was_closed(
    product: Product, shopper: User, seller: User, moderator: User, client_of: Any
) -> None:
    row = report_product(shopper, product, "counterfeit", "")
    moderation.resolve_report(moderator, row.pk, "dismissed", "Fine")
    staff, hide = client_of(moderator), f"{DECIDE}?product={product.pk}&measure=hide"
    assert hide.replace("&", "&amp;") in staff.get(f"{LIST}{row.pk}/change/").text
    assert staff.post(hide, HIDE).status_code == 302
    product.refresh_from_db()
    assert (product.is_hidden, Decision.objects.get().source) == (True, "look")


@pytest.mark.parametrize("name", ["helper", "seller", "shopper"])
def test_nobody_else_takes_products_off_sale_or_mutes(
    name: str, request: Any, product: Product, stranger: User, client_of: Any
) -> None:
    row, person = report_product(stranger, product, "scam", ""), request.getfixturevalue(name)
    owner = product.shop.members.get(memberships__role="owner")
    for act in ("mute", "unmute"):
        client_of(person).post(f"{LIST}{row.pk}/{act}/", {"reason": "Mine"})
    client_of(person).post(f"{DECIDE}?report={row.pk}", HIDE)
    with pytest.raises(PermissionDenied):
        rule(person, owner.pk, "hide", "Mine", product_id=product.pk, report_id=row.pk)
    with pytest.raises(PermissionDenied):
        ignored_reporters.mute(person, stranger.pk, "Mine")
    product.refresh_from_db()
    assert product.is_published
    assert not MutedReporter.objects.exists()
    assert not AuditEntry.objects.exists()


# -- reporters -------------------------------------------------------------------------------


def test_the_list_says_how_often_a_reporter_was_right(
    product: Product, shopper: User, moderator: User, client_of: Any
) -> None:
    for outcome in ("upheld", "upheld", "dismissed"):
        row = ReportFactory(reporter=shopper, person=UserFactory())
        moderation.resolve_report(moderator, row.pk, outcome, "Clear")
    row = ReportFactory(reporter=shopper, product=product)
    other = ReportFactory(reporter=UserFactory(), shop=product.shop)
    client = client_of(moderator)
    for page in (client.get(LIST), client.get(f"{LIST}{row.pk}/change/")):
        assert "2 of 3 times" in page.text
    assert "first report" in client.get(f"{LIST}{other.pk}/change/").text


def test_a_muted_reporters_reports_are_accepted_and_set_aside(
    product: Product, shopper: User, stranger: User, moderator: User, client_of: Any
) -> None:
    first = report_product(shopper, product, "scam", "")
    client = client_of(moderator)
    assert client.post(f"{LIST}{first.pk}/mute/", {"reason": "Noise"}).status_code == 302
    answer = client_of(shopper).post(
        f"{product.shop.get_absolute_url()}report/", {"reason": "scam"}, follow=True
    )
    assert "received your report" in answer.text  # as before
    second = Report.objects.latest("pk")
    assert listed(client) == []
    assert listed(client, "?state=aside") == [first.pk, second.pk]
    theirs = report_product(stranger, product, "scam", "")
    assert listed(client) == [theirs.pk]
    assert client.post(f"{LIST}{first.pk}/unmute/", {"reason": "Sorry"}).status_code == 302
    assert listed(client) == [first.pk, second.pk]
    verbs = AuditEntry.objects.order_by("pk").values_list("verb", "subject")
    subject = f"user:{shopper.pk}"
    assert list(verbs) == [("reporter.muted", subject), ("reporter.unmuted", subject)]


def test_muting_needs_a_reason_and_is_done_once(shopper: User, moderator: User) -> None:
    with pytest.raises(ValidationError):
        ignored_reporters.mute(moderator, shopper.pk, " ")
    with pytest.raises(AlreadyDone):
        ignored_reporters.unmute(moderator, shopper.pk, "Not muted")
    assert not MutedReporter.objects.exists()
    ignored_reporters.mute(moderator, shopper.pk, "Noise")
    with pytest.raises(AlreadyDone):
        ignored_reporters.mute(moderator, shopper.pk, "Noise")
    assert AuditEntry.objects.count() == 1


def test_deciding_also_closes_what_was_set_aside(
    product: Product, shopper: User, stranger: User, moderator: User
) -> None:
    ignored_reporters.mute(moderator, shopper.pk, "Noise")
    aside = report_shop(shopper, product.shop, "scam", "")
    row = report_shop(stranger, product.shop, "scam", "")
    moderation.resolve_report(moderator, row.pk, "upheld", "Right after all")
    aside.refresh_from_db()
    assert (aside.is_set_aside, aside.outcome) == (True, "upheld")


def test_the_list_costs_the_same_for_many(
    moderator: User, client_of: Any, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    client = client_of(moderator)
    fill(1)
    client.get(LIST)
    fill(4)
    with django_assert_max_num_queries(12):
        client.get(f"{LIST}?state=all")
