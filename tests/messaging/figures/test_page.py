"""The page with a shop's figures, its CSV, and who may see and contest what."""

import csv
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.factories import UserFactory
from accounts.models import User
from catalog.factories import ProductFactory, ShopFactory, ShopMemberFactory
from catalog.models import Shop
from messaging.factories import ConversationFactory
from messaging.figures import actions
from messaging.models import Contest, Message, Wait

pytestmark = pytest.mark.django_db

PEOPLE = (
    "anonymous", "shopper", "seller", "colleague", "former_colleague", "other_seller", "stranger",
    "suspended", "moderator",
)  # fmt: skip
TEAM = {"seller", "colleague"}
PAGE = "/conversations/figures/"

Tell = Callable[..., Message]


@pytest.fixture
def late(tell: Tell, shopper: User, seller: User, shop: Shop) -> Wait:
    """An answer that took two days and two hours."""
    tell(shopper, 60)
    tell(seller, 10)
    actions.catch_up(shop.pk)
    return Wait.objects.get()


def test_the_page_says_why_an_answer_is_late(late: Wait, seller: User, client_of: Any) -> None:
    page = client_of(seller).get(PAGE).text
    assert "50 h of opening hours; a day has 24 h." in page
    assert "Lucía Romero" in page
    assert f"{late.conversation.get_absolute_url()}?around=1#message-1" in page


def test_a_quiet_shop_has_a_page_too(seller: User, shop: Shop, client_of: Any) -> None:
    page = client_of(seller).get(PAGE)
    assert page.status_code == 200
    assert "None. Every answer came within a day." in page.text


def test_a_page_says_that_it_is_not_complete_yet(
    tell: Tell, seller: User, shop: Shop, client_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "CONVERSATIONS_AT_ONCE", 1)
    for hours in range(1, 14):
        talk = ConversationFactory(consumer=UserFactory(), product=ProductFactory(shop=shop))
        tell(talk.consumer, hours, talk)
    client, words = client_of(seller), "still counting older conversations"
    assert words in client.get(PAGE).text
    client.get(PAGE)
    assert words not in client.get(PAGE).text


@pytest.mark.parametrize(
    "query", ["days=8", "days=x", "shop=0", "format=csv", "format=csv&table=x"]
)
def test_an_unknown_address_does_not_exist(
    query: str, seller: User, shop: Shop, client_of: Any
) -> None:
    assert client_of(seller).get(f"{PAGE}?{query}").status_code == 404
    assert client_of(seller).get(f"{PAGE}?days=7").status_code == 200


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("summary", ["30", "1", "0", "0", "180000", "0"]),
        ("waiting", ["longer", "0"]),
        ("products", ["Speckled bowl", "1"]),
        ("colleagues", ["Marta Vidal", "1", "0"]),
    ],
)
def test_each_table_is_a_csv(
    table: str, row: list[str], late: Wait, seller: User, client_of: Any
) -> None:
    answer = client_of(seller).get(f"{PAGE}?format=csv&table={table}")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert f'filename="{table}-30.csv"' in answer["Content-Disposition"]
    assert row in list(csv.reader(StringIO(answer.text)))


def test_the_csv_of_hours_has_a_row_for_each(late: Wait, seller: User, client_of: Any) -> None:
    rows = list(csv.reader(StringIO(client_of(seller).get(f"{PAGE}?format=csv&table=hours").text)))
    assert len(rows) == 1 + 7 * 24
    assert sum(int(row[2]) for row in rows[1:]) == 1


@pytest.mark.parametrize("sign", ["=", "\uff1d"])  # narrow and wide
def test_a_cell_is_never_a_formula(sign: str, late: Wait, seller: User, client_of: Any) -> None:
    actions.contest(seller, late.pk, f"{sign}HYPERLINK(1)")
    answer = client_of(seller).get(f"{PAGE}?format=csv&table=late")
    assert f"'{sign}HYPERLINK(1)" in answer.text
    assert f",{sign}HYPERLINK" not in answer.text


def test_contesting_with_a_form(late: Wait, seller: User, colleague: User, client_of: Any) -> None:
    client, address = client_of(colleague), f"{PAGE}{late.pk}/contest/"
    refused = client.post(address, {"reason": " ", "days": "30"})
    assert refused.status_code == 400
    assert "Say why it should not count." in refused.text
    long = client.post(address, {"reason": "x" * 301})
    assert long.status_code == 413
    assert "x" * 301 in long.text
    for _click in range(2):
        answer = client.post(address, {"reason": "Holiday <b>", "days": "7"})
        assert answer.status_code == 302
        assert answer.url == f"{PAGE}?shop={late.shop_id}&days=7#wait-{late.pk}"
    page = client_of(seller).get(PAGE).text
    assert "Iker Sanz" in page
    assert "Holiday &lt;b&gt;" in page
    assert client.post(address, {"reason": "Again"}).status_code == 409
    assert client.post(address, {"act": "withdraw"}).status_code == 302
    assert not Contest.objects.filter(withdrawn_at=None).exists()


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("act", ["see", "see as CSV", "contest", "withdraw"])
def test_who_may_do_what(
    act: str,
    person: str,
    late: Wait,
    seller: User,
    suspended: User,
    shop: Shop,
    client_of: Any,
    request: pytest.FixtureRequest,
) -> None:
    ShopMemberFactory(shop=shop, user=suspended)  # only the suspension keeps this person out
    client = client_of(None if person == "anonymous" else request.getfixturevalue(person))
    address = f"{PAGE}{late.pk}/contest/"
    if act == "withdraw":
        actions.contest(seller, late.pk, "Holiday")
    before = list(Contest.objects.values())
    if act.startswith("see"):
        query = "&format=csv&table=late" if act == "see as CSV" else ""
        answer = client.get(f"{PAGE}?shop={shop.pk}{query}")
        done = answer.status_code == 200
        assert (str(late.conversation_id) in answer.text and "180000" in answer.text) == (
            done and act == "see as CSV"
        ) or act == "see"
    else:
        answer = client.post(address, {"act": act, "reason": "Mine"})
        done = list(Contest.objects.values()) != before
    assert done == (person in TEAM)
    if not done:
        denial = {302, 401, 403} if person in ("anonymous", "suspended") else {404}
        assert answer.status_code in denial
        assert list(Contest.objects.values()) == before


def test_a_member_of_two_shops_chooses(
    late: Wait, seller: User, shop: Shop, client_of: Any
) -> None:
    other = ShopFactory(owner=seller)
    client = client_of(seller)
    assert "Lucía Romero" in client.get(f"{PAGE}?shop={shop.pk}").text
    assert "Lucía Romero" not in client.get(f"{PAGE}?shop={other.pk}").text


def test_the_page_costs_the_same_however_much_there_is(
    late: Wait, tell: Tell, seller: User, colleague: User, shop: Shop, client_of: Any
) -> None:
    client = client_of(seller)
    counts = []
    for _ in range(2):
        for number in range(4):
            talk = ConversationFactory(consumer=UserFactory(), product=ProductFactory(shop=shop))
            tell(talk.consumer, 90 + number, talk)
            tell(colleague, number, talk)
        client.get(PAGE)  # reads what is new
        with CaptureQueriesContext(connection) as asked:
            assert client.get(PAGE).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 36, counts
